"""Recordings as telephones and messengers send them, and as one long one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.errors import SpeechError
from bot.speech.audio import RATE
from bot.speech.codecs import CODECS, sent_as
from bot.speech.decode import decode
from bot.speech.evaluation import Recording, one_after_the_other
from tests.unit.speech import sounds

CONTAINERS = {"mulaw": "wav", "amr": "amr", "opus": "ogg", "mp3": "mp3", "silk": "silk"}


@pytest.mark.parametrize("codec", sorted(CODECS))
def test_a_recording_is_sent_as_each(codec: str) -> None:
    sounds.ffmpeg()
    audio = decode(sent_as(codec, decode(sounds.tone(2.0)).samples[0]))
    assert audio.container == CONTAINERS[codec]
    assert audio.seconds == pytest.approx(2.0, abs=0.15)
    assert sounds.pitch(audio.channel(0)) == pytest.approx(200, abs=2)


def test_another_codec_is_named_in_the_error() -> None:
    with pytest.raises(SpeechError, match=r"no codec g729; there are mulaw, amr"):
        sent_as("g729", np.zeros(10, np.int16))


def test_all_recordings_as_one(tmp_path: Path) -> None:
    sounds.ffmpeg()
    (tmp_path / "one.wav").write_bytes(sounds.tone(1.0))
    given = [Recording(tmp_path / "one.wav", words, "tones") for words in ("甲", "乙", "丙")]
    whole, audio = one_after_the_other(given)
    assert whole.words == "甲，乙，丙"
    assert 3 + 3 * 0.5 <= audio.seconds <= 3 + 3 * 2.5
    pause = np.abs(audio.samples[0, RATE + 100 : RATE + RATE // 2 - 100])
    assert 0 < pause.max() < 200
    assert np.array_equal(audio.samples, one_after_the_other(given)[1].samples)
