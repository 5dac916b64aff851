"""What speech still lacks here: packages or a model; the text bot does without them."""

from __future__ import annotations

from enum import StrEnum
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

from bot.speech.settings import SpeechSettings, speech_settings
from bot.speech.weights import MODELS, weights_file

PACKAGES = ("torch", "whisper", "silero_vad", "onnxruntime", "imageio_ffmpeg")


class Lack(StrEnum):
    """What is missing, and who can bring it."""

    PACKAGES = "packages"
    """The set-up installs them."""
    ENGINE = "engine"
    """faster-whisper, which people install by hand."""
    MODEL = "model"
    """One of openai-whisper's by name, which can be fetched."""
    FILE = "file"
    """The file or folder that ``SUDA_SPEECH_MODEL`` names."""


def is_wanted() -> bool:
    """Whether ``SUDA_SPEECH`` is not ``off``.

    Raises:
        ConfigError: A setting of speech is wrong.
    """
    return speech_settings().wanted != "off"


def is_installed() -> bool:
    """Whether all the packages are; those that another process has just installed count."""
    invalidate_caches()
    return all(find_spec(name) is not None for name in PACKAGES)


def lacking(speech: SpeechSettings, data_dir: Path) -> Lack | None:
    """The first thing that is missing; None when everything is there.

    Raises:
        SpeechError: ``SUDA_SPEECH_MODEL`` is neither a model nor a file.
    """
    if not is_installed():
        return Lack.PACKAGES
    return model_lacking(speech, data_dir)


def model_lacking(speech: SpeechSettings, data_dir: Path) -> Lack | None:
    """As :func:`lacking`, once the packages are there."""
    if speech.engine == "faster-whisper":
        if find_spec("faster_whisper") is None:
            return Lack.ENGINE
        # A plain name is one that faster-whisper fetches by itself.
        return Lack.FILE if "/" in speech.model and not Path(speech.model).expanduser().exists() else None
    if weights_file(speech.model, data_dir).is_file():
        return None
    return Lack.MODEL if speech.model in MODELS else Lack.FILE


def cure_of(lack: Lack, speech: SpeechSettings) -> tuple[str, str]:
    """What is missing, and what to do, in words for an operator."""
    if lack is Lack.PACKAGES:
        return "its packages are not installed", "suda up or make setup"
    if lack is Lack.ENGINE:
        return "faster-whisper is not installed", "see docs/speech.md, or unset SUDA_SPEECH_ENGINE"
    if lack is Lack.FILE:
        return f"there is no file {speech.model}", "correct SUDA_SPEECH_MODEL"
    brings = f"suda up or suda speech fetch ({MODELS[speech.model][1]} MB)"
    return (
        f"the model {speech.model} is not there",
        f"{brings}; without internet suda speech fetch --from FILE",
    )
