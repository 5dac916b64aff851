"""Samples from SILK, which WeChat and QQ record voice notes in and ffmpeg does not know."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from bot.errors import AudioRefused, SpeechError
from bot.speech.audio import RATE, Limits
from bot.speech.boxed import run_boxed

_CHILD = Path(__file__).with_name("silk_child.py")
_SAMPLE = 2


def silk_samples_of(content: bytes, limits: Limits) -> bytearray:
    """Decode a voice note in a process of its own; blocks, so call it in a thread.

    Returns:
        Little-endian 16-bit samples at `RATE`, one channel; at most a second more than ``limits.seconds``.

    Raises:
        AudioRefused: ``broken``.
        SpeechError: The decoder is not installed, or did not end in time.
    """
    if importlib.util.find_spec("pysilk") is None:
        raise SpeechError(
            "Speech is not installed: the decoder for SILK is missing. Run `make setup`, which brings it (package silk-python)."
        )
    most = (limits.seconds + 1) * RATE * _SAMPLE
    # Isolated: the child finds installed packages only, so it is run as a file and imports nothing of ours.
    command = [sys.executable, "-I", "-B", str(_CHILD), str(RATE)]
    output = run_boxed(command, content, limits, lambda written: len(written) > most)
    if output.code:
        raise AudioRefused(
            "broken", f"The recording (silk) is damaged: its decoder gave up with code {output.code}."
        )
    return output.content
