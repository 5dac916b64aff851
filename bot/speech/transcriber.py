"""What every speech model is to Suda: a stretch of speech in, words and how sure they are out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.speech.voice import Samples

PROMPT = "以下是普通话的句子。"
"""Simplified characters and marks: what the model is made to believe it has written before."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a model heard in one stretch.

    Attributes:
        text: Its words as the model writes them.
        logprob: Mean log probability of its tokens.
        no_speech: Probability that nobody spoke.
        compression: How much shorter its words become when compressed: of repeated words very much.
    """

    text: str
    logprob: float
    no_speech: float
    compression: float


class Transcriber(Protocol):
    """A speech model; used by one thread at a time.

    Attributes:
        name: What it is, for an operator.
    """

    name: str

    def hear(self, samples: Samples, *, thorough: bool = False) -> Heard:
        """The words of one stretch of at most 30 seconds.

        Args:
            samples: One channel, float32 in [-1, 1] at 16 kHz.
            thorough: Take more time: the first hearing was not good enough.
        """
        ...
