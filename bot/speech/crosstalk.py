"""Two channels of a call (numpy): the same sound twice is one speaker, and what leaks from one channel into the other was not said there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.speech.audio import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.speech.voice import Samples, Stretch

_SAME = 0.02
"""Energy of the difference of two channels, as a share of theirs, up to which they are one recording twice."""
_LOUDER = 2.0
"""A leak is quieter than what it leaks from, by at least this factor of amplitude."""
_ALIKE = 0.5
"""Correlation from which a stretch is the other channel's sound; different speech stays below 0.2."""
_DELAY = int(0.25 * RATE)
"""Samples by which a leak may come later or earlier: an echo goes around the line."""
_LONGEST = 10 * RATE
"""Samples that are compared; more tell nothing new."""


def distinct(recording: NDArray[np.int16]) -> list[int]:
    """The numbers of the channels that are not a copy of an earlier one.

    Args:
        recording: Shape (channels, n).
    """
    kept: list[int] = []
    for number in range(recording.shape[0]):
        if not any(_is_copy(recording[number], recording[other]) for other in kept):
            kept.append(number)
    return kept


def is_leak(recording: NDArray[np.int16], number: int, stretch: Stretch) -> bool:
    """Whether a stretch of a channel is what was said on another one at that time, heard through the line.

    Args:
        recording: Shape (channels, n).
        number: The stretch's channel.
        stretch: Where somebody seems to speak.
    """
    start, end = stretch.start, min(stretch.end, stretch.start + _LONGEST)
    own = recording[number, start:end].astype(np.float32)
    for other in range(recording.shape[0]):
        if other == number:
            continue
        if _loudness(recording[other, start:end].astype(np.float32)) < _LOUDER * _loudness(own):
            continue
        if _likeness(own, _around(recording[other], start, end)) > _ALIKE:
            return True
    return False


def _around(samples: NDArray[np.int16], start: int, end: int) -> Samples:
    """The samples from :data:`_DELAY` before to as much after, with silence beyond the ends of the recording."""
    found = samples[max(0, start - _DELAY) : end + _DELAY].astype(np.float32)
    after = end + _DELAY - min(samples.size, end + _DELAY)
    return np.pad(found, (max(0, _DELAY - start), after))


def _loudness(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples * samples))) if samples.size else 0.0


def _is_copy(samples: NDArray[np.int16], other: NDArray[np.int16]) -> bool:
    """Piece by piece: an hour of samples as floats would be a quarter of a gigabyte."""
    energy = difference = 0.0
    for start in range(0, samples.size, _LONGEST):
        one = samples[start : start + _LONGEST].astype(np.float32)
        two = other[start : start + _LONGEST].astype(np.float32)
        energy += float(np.dot(one, one))
        difference += float(np.dot(one - two, one - two))
    return energy > 0 and difference <= _SAME * energy


def _likeness(own: Samples, around: Samples) -> float:
    """The largest correlation of ``own`` with a piece of ``around`` as long as it, 0 to 1."""
    if own.size == 0 or around.size < own.size:
        return 0.0
    size = 1 << int(np.ceil(np.log2(own.size + around.size)))
    product = np.fft.rfft(around, size) * np.conj(np.fft.rfft(own, size))
    lags = around.size - own.size + 1
    found = np.abs(np.fft.irfft(product, size)[:lags])
    squares = np.concatenate(([0.0], np.cumsum(around.astype(np.float64) ** 2)))
    pieces = squares[own.size :][:lags] - squares[:lags]
    norms = np.sqrt(np.maximum(pieces, 1e-12) * float(np.dot(own, own)))
    return float(np.max(found / np.maximum(norms, 1e-9)))
