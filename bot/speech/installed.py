"""Whether the packages that hear are there; the text bot does without them."""

from __future__ import annotations

import os
from importlib.util import find_spec

PACKAGES = ("torch", "whisper", "silero_vad", "onnxruntime", "imageio_ffmpeg")


def is_installed() -> bool:
    """Whether they are, and ``SUDA_SPEECH`` is not ``off``."""
    wanted = os.environ.get("SUDA_SPEECH", "on").lower() != "off"
    return wanted and all(find_spec(name) is not None for name in PACKAGES)
