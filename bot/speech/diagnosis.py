"""Whether voice notes are heard here, and what is missing when they are not: a line of ``suda doctor``."""

from __future__ import annotations

from bot.errors import SudaError
from bot.findings import Finding
from bot.settings import Settings
from bot.speech.installed import is_installed, is_wanted
from bot.speech.settings import speech_settings
from bot.speech.weights import MODELS, weights_file

PART = "speech"


def speech_finding(settings: Settings) -> Finding:
    """What hears; without it voice notes are kept and citizens are asked to type."""
    if not is_wanted():
        return Finding(PART, "note", "switched off with SUDA_SPEECH=off", "unset it, then make setup")
    if not is_installed():
        return Finding(
            PART, "note", "its packages are not installed: voice notes are not heard", "make setup"
        )
    try:
        speech = speech_settings()
        if speech.engine != "openai-whisper":
            return Finding(PART, "ok", f"{speech.engine}, {speech.model}")
        weights = weights_file(speech.model, settings.data_dir)
    except SudaError as error:
        return Finding(PART, "bad", str(error), "correct the setting")
    if weights.is_file():
        size = weights.stat().st_size // 1_000_000
        return Finding(PART, "ok", f"{speech.engine}, {weights.name} ({size} MB)")
    if speech.model in MODELS:
        size = MODELS[speech.model][1]
        return Finding(
            PART,
            "note",
            f"the model {speech.model} is not there: voice notes are not heard",
            f"suda speech fetch ({size} MB)",
        )
    return Finding(PART, "bad", f"there is no file {weights}", "correct SUDA_SPEECH_MODEL")
