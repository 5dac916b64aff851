"""Two channels of a call: copies and leaks are told from a second speaker."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.speech.audio import RATE
from bot.speech.crosstalk import distinct, is_leak
from bot.speech.voice import Stretch


def voice(seed: int, seconds: float = 4.0) -> NDArray[np.float64]:
    """Noise with the loudness of syllables: as unlike another seed's as two speakers are."""
    made = np.random.default_rng(seed)
    count = int(seconds * RATE)
    noise = np.convolve(made.standard_normal(count), np.hanning(12), "same")
    syllables = np.interp(np.arange(count), np.arange(0, count, RATE // 5), made.random(count // (RATE // 5)))
    shaped: NDArray[np.float64] = noise * syllables
    return shaped / np.abs(shaped).max() * 20000


def recorded(*channels: NDArray[np.float64]) -> NDArray[np.int16]:
    return np.stack(channels).round().astype(np.int16)


WHOLE = Stretch(0, 4 * RATE, 3 * RATE)


def test_the_same_sound_on_both_channels_is_one_speaker() -> None:
    said = voice(1)
    assert distinct(recorded(said, said)) == [0]
    assert distinct(recorded(said, said * 0.99)) == [0]
    assert distinct(recorded(said, voice(2))) == [0, 1]
    assert distinct(recorded(said, np.zeros_like(said))) == [0, 1]
    assert distinct(recorded(said)) == [0]


@pytest.mark.parametrize("delay", [0, 800, 3200])
@pytest.mark.parametrize("loss", [0.3, 0.05])
def test_what_leaks_from_the_other_channel_is_known(delay: int, loss: float) -> None:
    said = voice(1)
    leaked = np.roll(said, delay) * loss + voice(3) * 0.01
    both = recorded(said, leaked)
    assert is_leak(both, 1, WHOLE)
    assert not is_leak(both, 0, WHOLE)


def test_somebody_who_speaks_softly_while_the_other_speaks_is_heard() -> None:
    both = recorded(voice(1), voice(2) * 0.1)
    assert not is_leak(both, 1, WHOLE)
    answer = recorded(np.zeros(4 * RATE), voice(2))
    assert not is_leak(answer, 1, WHOLE)
    assert not is_leak(recorded(voice(1)), 0, WHOLE)
