"""Whether the packages that hear are there; the text bot does without them."""

from __future__ import annotations

import os
from importlib.util import find_spec

PACKAGES = ("torch", "whisper", "silero_vad", "onnxruntime", "imageio_ffmpeg")


def is_wanted() -> bool:
    """Whether ``SUDA_SPEECH`` is not ``off``."""
    return os.environ.get("SUDA_SPEECH", "on").lower() != "off"


def is_installed() -> bool:
    """Whether all the packages are."""
    return all(find_spec(name) is not None for name in PACKAGES)
