"""What was said in a recording, with how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Why = Literal["place", "unit", "word", "digits"]
NO_SPEECH = "no_speech"
"""Nobody speaks: silence, noise, music, ring-back."""
UNCLEAR = "unclear"
"""Somebody speaks, and nothing of it was understood well enough to be passed on."""


@dataclass(frozen=True, slots=True)
class Change:
    """A word put right by what is known of the city.

    Attributes:
        start: Where ``meant`` begins in the text.
        end: Where it ends.
        heard: What the model had heard.
        meant: What stands there now.
        why: Which knowledge said so: a place, a unit (承办单位), a word in its context, spoken digits.
    """

    start: int
    end: int
    heard: str
    meant: str
    why: Why

    def as_json(self) -> dict[str, Any]:
        """For output."""
        return {
            "start": self.start,
            "end": self.end,
            "heard": self.heard,
            "meant": self.meant,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech.

    Attributes:
        start: Seconds from the beginning of the recording.
        end: The same.
        text: Its words, simplified characters.
        confidence: 0 to 1: the model's mean probability of a token.
        channel: Of the recording: where two people speak on a channel each, this tells them apart.
        changes: What was put right in it.
    """

    start: float
    end: float
    text: str
    confidence: float
    channel: int = 0
    changes: tuple[Change, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For output."""
        shown: dict[str, Any] = {
            "start": round(self.start, 2),
            "end": round(self.end, 2),
            "text": self.text,
            "confidence": round(self.confidence, 3),
            "channel": self.channel,
        }
        if self.changes:
            shown["changes"] = [change.as_json() for change in self.changes]
        return shown


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard in a recording.

    Attributes:
        segments: In the order in which they were said.
        audio_seconds: Length of the recording.
        rejected: Why there is no text: :data:`NO_SPEECH`, :data:`UNCLEAR`, or a code of :class:`bot.errors.AudioRefused`; None when there is.
    """

    segments: tuple[Segment, ...]
    audio_seconds: float
    rejected: str | None = None

    @property
    def text(self) -> str:
        """All that was said."""
        return joined([segment.text for segment in self.segments])

    @property
    def confidence(self) -> float:
        """Mean of the segments', by their length; 0 without text."""
        weights = [max(segment.end - segment.start, 0.1) for segment in self.segments]
        if not weights:
            return 0.0
        return sum(
            segment.confidence * weight for segment, weight in zip(self.segments, weights, strict=True)
        ) / sum(weights)

    def as_json(self) -> dict[str, Any]:
        """In the form of ``suda transcribe``, without the file's name and the time it took."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 3),
            "rejected": self.rejected,
            "segments": [segment.as_json() for segment in self.segments],
            "audio_seconds": round(self.audio_seconds, 2),
        }


def joined(texts: Sequence[str]) -> str:
    """Texts of stretches as one: where a stretch ends without a mark, a comma stands."""
    said = [text for text in texts if text]
    parts = [text if text[-1] in "，。？！、；…" else f"{text}，" for text in said[:-1]]
    return "".join([*parts, *said[-1:]])
