"""What a handover is, as values that cross rooms, and the sealed form of its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import orjson

from bot.intake.text import clean
from bot.storage.sealing import open_sealed, seal

State = Literal["waiting", "taken", "handed_back", "withdrawn", "erased"]
Reason = Literal["asked", "stuck", "danger"]
OPEN: frozenset[str] = frozenset({"waiting", "taken"})

LONGEST = 4000
"""Characters kept of one text; the conversation itself is kept whole by the intake."""


@dataclass(frozen=True, slots=True)
class HandoverState:
    """What a turn needs to know: that there is an open handover, and whether a clerk has it (``taken``)."""

    id: UUID
    state: State


@dataclass(frozen=True, slots=True)
class Handover:
    """A handover without its words.

    Attributes:
        id: Its id.
        citizen_id: Whose talk it is.
        channel: Where the citizen speaks, and is answered.
        state: Where it stands.
        reason: ``asked`` by the citizen, the bot was ``stuck``, or ``danger``.
        danger: Goes before all others.
        clerk: Who has or had it.
        created_at: When it was opened.
        taken_at: When its clerk took it.
        closed_at: When it ended.
        repeated: It was open already and was only refreshed.
    """

    id: UUID
    citizen_id: UUID
    channel: str
    state: State
    reason: Reason
    danger: bool
    clerk: str | None
    created_at: datetime
    taken_at: datetime | None = None
    closed_at: datetime | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What was said before, unsealed.

    Attributes:
        summary: The matter in a sentence or two.
        fields: What is filled in, by its Chinese label.
        transcript: ``(who, words)``, oldest first; ``citizen`` and ``bot`` are known names.
    """

    summary: str
    fields: dict[str, str]
    transcript: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the queue; ``summary`` is None when its words cannot be read."""

    handover: Handover
    summary: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the conversation since the handover was opened; ``clerk`` is set when a clerk said it.

    ``untold`` says why the citizen could not be told so far: ``window_shut``, ``budget_spent``, ``blocked``, ``passive_only``,
    ``unsure`` (it may have arrived) or another code of the channel's.
    """

    by: Literal["citizen", "bot", "clerk"]
    text: str
    at: datetime
    clerk: str | None = None
    untold: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a handover, and through which clerk."""

    action: str
    clerk: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class HandoverDetail:
    """A handover as a clerk reads it.

    Attributes:
        handover: Its facts.
        words: What was said before; None when it cannot be read (the citizen was forgotten) or is no longer kept.
        conversation: What was said since, oldest first, until it ended.
        steps: What happened to it, oldest first.
        expired: Its words are no longer kept (不再保存): it ended longer ago than the installation keeps conversations.
    """

    handover: Handover
    words: Words | None
    conversation: tuple[Line, ...]
    steps: tuple[Step, ...]
    expired: bool = False


def seal_words(
    key: bytes,
    handover_id: UUID,
    summary: str,
    fields: Mapping[str, str],
    transcript: Sequence[tuple[str, str]],
) -> bytes:
    """The words of a handover under the citizen's key, bound to its id."""
    body = {
        "summary": _kept(summary),
        "fields": {_kept(label): _kept(value) for label, value in fields.items()},
        "transcript": [[_kept(who), _kept(words)] for who, words in transcript],
    }
    return seal(key, orjson.dumps(body), bound_to=f"handover {handover_id}")


def open_words(key: bytes, handover_id: UUID, sealed: bytes) -> Words:
    """The reverse of :func:`seal_words`.

    Raises:
        StorageError: The key does not open it.
    """
    body = orjson.loads(open_sealed(key, sealed, bound_to=f"handover {handover_id}"))
    return Words(
        summary=body["summary"],
        fields=body["fields"],
        transcript=tuple((who, words) for who, words in body["transcript"]),
    )


def _kept(text: str) -> str:
    return clean(text, LONGEST)
