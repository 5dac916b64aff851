"""Whether voice notes are heard here, and what is missing when they are not: a line of ``suda doctor``."""

from __future__ import annotations

import json
import urllib.request

from bot.errors import SudaError
from bot.findings import Finding, State
from bot.settings import Settings
from bot.speech.installed import Lack, cure_of, is_wanted, lacking
from bot.speech.settings import SpeechSettings, speech_settings
from bot.speech.weights import weights_file

PART = "speech"
PATIENCE = 5.0
"""Seconds the speech process gets to say what it hears with; while it hears it answers all the same."""


def speech_finding(settings: Settings, url: str | None = None) -> Finding:
    """What hears; without it voice notes are kept and citizens are asked to type.

    Args:
        settings: Where the data folder is.
        url: Where the speech process listens; empty when the running system has none, None when no system runs.
    """
    try:
        if not is_wanted():
            return Finding(PART, "note", "switched off with SUDA_SPEECH=off", "unset it, then suda up")
        speech = speech_settings()
        if url:
            return _process(settings, url)
        lack = lacking(speech, settings.data_dir)
    except SudaError as error:
        return Finding(PART, "bad", str(error), "correct the setting")
    if lack is not None:
        what, cure = cure_of(lack, speech)
        state: State = "bad" if lack in (Lack.ENGINE, Lack.FILE) else "note"
        return Finding(PART, state, f"{what}: voice notes are not heard", cure)
    there = f"{speech.engine}, {_model(speech, settings)}"
    if url is None:
        return Finding(PART, "ok", f"{there}, not loaded: nothing runs")
    log = settings.data_dir / "log" / "speech.log"
    return Finding(
        PART, "note", f"{there}, but the running system does without it", f"see {log}; suda up again"
    )


def _process(settings: Settings, url: str) -> Finding:
    """What a speech process says of itself."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=PATIENCE) as answer:  # noqa: S310 - our own address
            told = json.load(answer)
        threads = f"{told['threads']} thread{'s' if told['threads'] > 1 else ''}"
        return Finding(PART, "ok", f"loaded: {told['model']}, {threads}")
    except (OSError, ValueError, KeyError, TypeError):
        log = settings.data_dir / "log" / "speech.log"
        return Finding(
            PART, "note", f"{url} does not answer yet: it is being loaded", f"if it stays so: {log}"
        )


def _model(speech: SpeechSettings, settings: Settings) -> str:
    if speech.engine != "openai-whisper":
        return speech.model
    weights = weights_file(speech.model, settings.data_dir)
    return f"{weights.name} ({weights.stat().st_size // 1_000_000} MB)"
