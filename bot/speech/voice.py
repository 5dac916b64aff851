"""Where somebody speaks: Silero VAD over the whole recording, then stretches short enough for the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import SpeechError

RATE = 16_000
LONGEST = 28.0
"""Seconds of the longest stretch: the model sees 30."""
GAP = 1.2
"""Seconds of silence within a stretch: at a longer one the next begins."""
AROUND = 0.5
"""Seconds kept before and after speech: first and last sounds are soft. Less where others speak sooner: no sound belongs to two stretches."""
THRESHOLD = 0.5
LEAST = 0.25
"""Seconds; shorter speech is a click or a cough."""
PAUSE = 0.3
"""Seconds of silence that end speech."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a recording, in samples.

    Attributes:
        start: First sample.
        end: One after the last.
        voiced: Samples of it in which somebody speaks.
    """

    start: int
    end: int
    voiced: int


class VoiceFinder:
    """Finds speech; one a process, for one thread."""

    def __init__(self) -> None:
        try:
            from silero_vad import load_silero_vad
            from silero_vad.utils_vad import get_speech_timestamps_from_probs
        except ImportError as error:
            raise SpeechError("Speech is not installed: run make setup.") from error
        self._model: Any = load_silero_vad(sequence=True)
        self._spans: Any = get_speech_timestamps_from_probs

    def find(self, samples: Samples) -> list[Stretch]:
        """The stretches of a recording in which somebody speaks, in order.

        Args:
            samples: One channel, float32 in [-1, 1] at 16 kHz.
        """
        if samples.size == 0:
            return []
        spans = self._spans(
            self._model.audio_forward(samples),
            threshold=THRESHOLD,
            min_speech_duration_ms=int(1000 * LEAST),
            max_speech_duration_s=LONGEST - 2 * AROUND,
            min_silence_duration_ms=int(1000 * PAUSE),
            speech_pad_ms=0,
            audio_length_samples=samples.size,
        )
        return stretches([(span["start"], span["end"]) for span in spans], samples.size)


def stretches(spans: Sequence[tuple[int, int]], length: int) -> list[Stretch]:
    """Spans of speech, those close together as one, each with a little of what is around it (pure)."""
    around, gap, longest = int(AROUND * RATE), int(GAP * RATE), int(LONGEST * RATE)
    groups: list[list[tuple[int, int]]] = []
    for start, end in spans:
        fits = groups and start - groups[-1][-1][1] <= gap and end - groups[-1][0][0] + 2 * around <= longest
        if fits:
            groups[-1].append((start, end))
        else:
            groups.append([(start, end)])
    found = []
    for number, group in enumerate(groups):
        before = groups[number - 1][-1][1] if number else -length
        after = groups[number + 1][0][0] if number + 1 < len(groups) else 2 * length
        start = max(0, group[0][0] - around, (before + group[0][0]) // 2)
        end = min(length, group[-1][1] + around, (group[-1][1] + after) // 2)
        found.append(Stretch(start, end, sum(end - start for start, end in group)))
    return found
