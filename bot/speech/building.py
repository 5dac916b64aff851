"""The parts that hear, put together from the settings."""

from __future__ import annotations

import os

from bot.errors import SpeechError
from bot.settings import Settings
from bot.speech.audio import Limits
from bot.speech.recogniser import Recogniser
from bot.speech.repair import Repairer
from bot.speech.settings import SpeechSettings
from bot.speech.transcriber import Transcriber
from bot.speech.voice import VoiceFinder
from bot.speech.weights import weights_file


def build_recogniser(settings: Settings, speech: SpeechSettings) -> Recogniser:
    """Everything that hears, loaded.

    Raises:
        SpeechError: The packages or the weights are missing.
    """
    return Recogniser(
        build_transcriber(settings, speech),
        VoiceFinder(),
        Repairer.load(settings.content_dir),
        Limits(bytes=speech.largest, seconds=speech.longest),
    )


def build_transcriber(settings: Settings, speech: SpeechSettings) -> Transcriber:
    """The model that the settings name.

    Raises:
        SpeechError: The packages or the weights are missing.
    """
    # Spinning threads take from others what they wait with; read when the first parallel work begins.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if speech.engine == "faster-whisper":
        from bot.speech.faster_engine import FasterTranscriber

        return FasterTranscriber(speech.model, threads=speech.threads, beam=speech.beam)
    from bot.speech.whisper_engine import WhisperTranscriber

    weights = weights_file(speech.model, settings.data_dir)
    if not weights.is_file():
        raise SpeechError(
            f"The weights {weights} are not there: fetch them with suda speech fetch, or name a .pt file with SUDA_SPEECH_MODEL."
        )
    return WhisperTranscriber(weights, threads=speech.threads, beam=speech.beam)
