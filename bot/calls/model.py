"""What a call is, as values that cross rooms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from bot.cases import CaseDraft

CHANNEL = "voice"
"""Name of the channel that calls come by, in cases and identities."""

Speaker = Literal["caller", "operator", "unknown"]
State = Literal["open", "draft", "empty", "filed", "continued", "dropped", "erased"]
WAITING: frozenset[str] = frozenset({"draft", "empty"})
"""A clerk can decide now; ``empty``: nobody spoke in it."""
OPEN: frozenset[str] = WAITING | {"open"}
REASONS: frozenset[str] = frozenset({"no_request", "answered", "repeated", "nuisance", "other"})
"""Why a clerk makes no case of a call."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech in a call.

    Attributes:
        key: Its name within the call, such as the transcription engine's own id of it.
        speaker: Who speaks; ``unknown`` where nobody could tell (one channel).
        start: Seconds from the beginning of the call.
        until: The same.
        text: What was said.
        confidence: 0 to 1, or None where the engine gives none.
        final: Whether the engine has finished with it; a partial one may still change.
        channel: Of a recording, else None.
    """

    key: str
    speaker: Speaker
    start: float
    until: float
    text: str
    confidence: float | None = None
    final: bool = True
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call that is told of.

    Attributes:
        external_id: The call centre's id of it: what has the same id is the same call.
        source: ``recording`` or ``live``.
        started_at: When it began; relative times ("昨天") count from here.
        caller: The number that called, digits only, or None where it is withheld.
        caller_channel: On which channel of its recording the caller speaks (0 = left), or None where that has to be found out.
    """

    external_id: str
    source: Literal["recording", "live"]
    started_at: datetime
    caller: str | None = None
    caller_channel: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call without its words.

    Attributes:
        id: Ours.
        external_id: The call centre's.
        citizen_id: Who called.
        source: ``recording`` or ``live``.
        state: ``open`` while more is to come or to be heard; ``draft`` waits for a clerk; ``empty``: nobody spoke; ``filed``, ``continued`` by
            its citizen, ``dropped`` by a clerk, ``erased`` with its citizen.
        danger: Somebody may be in danger: first in the queue.
        mixed: The speakers could not be told apart.
        rejected: Why nothing could be heard, else None.
        revision: How often what was said has changed; a clerk decides on one of them.
        edited: A clerk has changed the draft.
        cases: Numbers of the cases made of it.
        started_at: When it began.
        ended_at: When it ended, or None.
        closed_at: When it was decided.
        known: It was there before.
    """

    id: UUID
    external_id: str
    citizen_id: UUID
    source: str
    state: State
    danger: bool
    mixed: bool
    rejected: str | None
    revision: int
    edited: bool
    cases: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None
    closed_at: datetime | None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """One matter of a call: the case it would be, and what is still missing of it.

    Attributes:
        case: As it would be filed.
        missing: ``content``, ``location``, ``district``, ``street``, ``time``, ``contact``, and ids of clarifying questions.
        reasons: Why it goes to its unit, one sentence each.
        occurred: When, in the caller's words.
        candidates: ``(code, path, score)`` of the likeliest categories, best first.
    """

    case: CaseDraft
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    occurred: str | None = None
    candidates: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What was made of a call (草稿).

    Attributes:
        parts: Its matters, at least one unless nothing was said.
        advice: What to tell somebody in danger, else None.
    """

    parts: tuple[Part, ...] = ()
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class PartTold:
    """One matter as a clerk wants it.

    Attributes:
        content: The matter.
        place: Where, in words.
        occurred: When, in words.
        category: Its code, or None: judged from the words.
    """

    content: str
    place: str = ""
    occurred: str = ""
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a draft is made of.

    Attributes:
        words: What the caller said.
        at: When.
        phone: Where the citizen can be reached: the number that called, or what a clerk wrote.
        parts: The matters as a clerk wants them; none: found in the words.
        name: What the citizen is called.
        anonymous: No identity is to be kept.
        confidential: Identity is hidden from the unit.
    """

    words: str
    at: datetime
    phone: str | None = None
    parts: tuple[PartTold, ...] = ()
    name: str | None = None
    anonymous: bool = False
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Alarm:
    """A danger that is told of in a call.

    Attributes:
        name: In the field's words, such as 燃气泄漏.
        advice: What the caller is to do at once, and whom to call.
    """

    name: str
    advice: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a call, and through which clerk."""

    action: str
    clerk: str | None
    detail: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the clerks' list; ``summary`` is None when its words cannot be read."""

    call: Call
    summary: str | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallDetail:
    """A call as a clerk reads it.

    Attributes:
        call: Its facts.
        readable: False when its words cannot be read or are no longer kept.
        segments: What was said, in order of time.
        draft: What was made of it, or None.
        caller: The number that called, or None.
        recordings: Attachment ids of its recordings.
        steps: What happened, oldest first.
        late: What the caller said after the draft was edited by a clerk.
    """

    call: Call
    readable: bool
    segments: tuple[Segment, ...]
    draft: Draft | None
    caller: str | None
    recordings: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()
    late: tuple[str, ...] = field(default=())


def draft_json(draft: Draft) -> dict[str, Any]:
    """A draft for programs: ``suda understand``'s fields of each matter, what is missing, and why it goes where it goes."""
    return {
        "advice": draft.advice,
        "parts": [
            dict(part.case.understanding)
            | {
                "content": part.case.content,
                "title": part.case.title,
                "missing": list(part.missing),
                "reasons": list(part.reasons),
                "lead_unit": part.case.lead_unit,
                "lead_unit_id": part.case.lead_unit_id,
                "dispatch_kind": part.case.dispatch_kind,
            }
            for part in draft.parts
        ],
    }
