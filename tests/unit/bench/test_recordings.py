"""Voice notes for a measurement are as long as asked for, in a platform's coding."""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path

import pytest

from bench.recordings import CODINGS, notes_of
from bot.errors import ConfigError
from bot.speech.decode import decode

RATE = 16_000


def hum(file: Path, seconds: float) -> None:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        samples = (int(9000 * math.sin(n / 12)) for n in range(int(seconds * RATE)))
        out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


@pytest.mark.parametrize("coding", sorted(CODINGS))
def test_two_clips_make_a_note(tmp_path: Path, coding: str) -> None:
    pytest.importorskip("imageio_ffmpeg", reason="speech is not installed: make setup says why")
    for number in range(3):
        hum(tmp_path / f"{number}.wav", 1.2)
    notes = notes_of(tmp_path, coding, 2.0)
    assert len(notes) == 2
    for note in notes:
        assert decode(note).seconds == pytest.approx(2.0, abs=0.1)


def test_one_clip_is_too_few(tmp_path: Path) -> None:
    hum(tmp_path / "0.wav", 0.1)
    with pytest.raises(ConfigError, match="no two"):
        notes_of(tmp_path, "amr", 2.0)
