"""What was heard in a message's voice notes, as the dialogue is told of it (``metadata["speech"]``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Unclear:
    """A stretch in which somebody spoke and nothing is sure.

    Attributes:
        after: The sure words right before it; empty where a note begins with it.
        guess: What it may have been. Never taken for what the citizen said; it is looked through for a danger.
    """

    after: str
    guess: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was heard.

    Attributes:
        words: What is sure enough to be taken for the citizen's message; empty when nothing is.
        unclear: What else was said, in its order.
        doubtful: Half-open spans of ``words`` that were heard with little confidence or put right: a place or number in one is asked about
            before it is filed.
        rejected: Why there are no words: ``no_speech``, ``unclear``, or why the recording cannot be used.
    """

    words: str
    unclear: tuple[Unclear, ...] = ()
    doubtful: tuple[tuple[int, int], ...] = ()
    rejected: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The form that :meth:`from_json` reads back."""
        return {
            "words": self.words,
            "unclear": [{"after": one.after, "guess": one.guess} for one in self.unclear],
            "doubtful": [list(span) for span in self.doubtful],
            "rejected": self.rejected,
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Spoken:
        """The reverse of :meth:`as_json`."""
        return cls(
            str(body.get("words") or ""),
            tuple(Unclear(str(one["after"]), str(one["guess"])) for one in body.get("unclear") or ()),
            tuple((int(start), int(end)) for start, end in body.get("doubtful") or ()),
            body.get("rejected"),
        )

    def doubts(self, start: int, end: int) -> bool:
        """Whether anything of ``words[start:end]`` is doubtful."""
        return any(first < end and start < last for first, last in self.doubtful)


def together(notes: Sequence[Spoken]) -> Spoken:
    """Several voice notes of one message as one."""
    words, doubtful = "", list[tuple[int, int]]()
    for note in notes:
        if words and note.words:
            words += "，"
        doubtful += [(start + len(words), end + len(words)) for start, end in note.doubtful]
        words += note.words
    rejected = None if words else next((note.rejected for note in notes), None)
    return Spoken(words, tuple(one for note in notes for one in note.unclear), tuple(doubtful), rejected)
