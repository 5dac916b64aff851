"""A recording as telephones and messengers send it, to measure how much of it is still heard."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import wave
from typing import Any

from bot.errors import SpeechError
from bot.speech.audio import RATE
from bot.speech.ffmpeg import program

CODECS = {
    "mulaw": ["-ar", "8000", "-c:a", "pcm_mulaw", "-f", "wav"],
    "amr": ["-ar", "8000", "-c:a", "libopencore_amrnb", "-b:a", "12.2k", "-f", "amr"],
    "opus": ["-c:a", "libopus", "-b:a", "16k", "-application", "voip", "-f", "ogg"],
    "mp3": ["-ar", "8000", "-c:a", "libmp3lame", "-b:a", "16k", "-f", "mp3"],
    "silk": [],
}
"""Name -> how ffmpeg writes it: the hotline, WeChat's old voice notes, Telegram at its lowest, a call recorder. SILK, WeChat's, ffmpeg cannot write."""


def sent_as(codec: str, samples: Any) -> bytes:
    """A file of that codec.

    Args:
        codec: One of `CODECS`.
        samples: int16, one channel, 16 kHz.

    Raises:
        SpeechError: There is no such codec here, or what writes it is not installed.
    """
    if codec not in CODECS:
        raise SpeechError(f"There is no codec {codec}; there are {', '.join(CODECS)}.")
    pcm: bytes = samples.astype("<i2").tobytes()
    if codec == "silk":
        return _silk(pcm)
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    with tempfile.NamedTemporaryFile() as out:  # written to a pipe, a WAV would not know its length
        command = [program(), "-nostdin", "-v", "error", "-y", "-i", "pipe:0", "-ac", "1", *CODECS[codec]]
        command.append(f"/dev/fd/{out.fileno()}")
        try:
            subprocess.run(  # noqa: S603 - the command is ours
                command, input=sound.getvalue(), check=True, pass_fds=[out.fileno()], timeout=120
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise SpeechError(f"ffmpeg cannot write {codec} on {sys.platform}.") from error
        out.seek(0)
        return bytes(out.read())


def _silk(pcm: bytes) -> bytes:
    try:
        import pysilk
    except ImportError as error:
        raise SpeechError("Speech is not installed: run make setup.") from error
    file = io.BytesIO()
    pysilk.encode(io.BytesIO(pcm), file, RATE, 24_000)
    return file.getvalue()
