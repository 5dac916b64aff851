"""A complaint under way: everything the citizen has said so far, in fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import TypeAdapter

from actions.complaint.abuse import without_abuse
from bot.places import SharedPlace
from bot.understanding import Occurred
from bot.understanding.place import Place

Question = Literal["description", "place", "occurred", "contact", "confirmed"]
"""What the form may ask, in its order; also the names of its slots."""

QUESTIONS: tuple[Question, ...] = ("description", "place", "occurred", "contact", "confirmed")


@dataclass(frozen=True, slots=True)
class File:
    """A photo, file or voice note that is kept: its attachment id and what it was sent as."""

    id: int
    kind: str


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """One of several matters of a draft.

    Attributes:
        text: Its words.
        title: The category's last name.
        place: Its own place where the matters lie apart, else None: the draft's.
        occurred: Its own time where it has one, else None: the draft's.
    """

    text: str
    title: str
    place: Place | None = None
    occurred: Occurred | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of one complaint before it is filed.

    It lives in the engine's slot ``draft`` between turns, sealed with the rest of the talk.

    Attributes:
        matter: What was said of the matter, one entry an utterance, in order.
        kind: 咨询 求助 投诉 举报 建议 表扬, or None while the matter is unknown.
        title: The category's last name, for the read-back.
        place: Where, merged from all that was said.
        place_settled: The citizen can say no more, or was asked often enough.
        occurred: When.
        occurred_unknown: The citizen does not know.
        phone: How to reach the citizen.
        name: What the citizen is called.
        phone_declined: The citizen will not leave a number.
        anonymous: No identity is to be kept.
        confidential: Identity is kept but hidden from the unit.
        correcting: The citizen said something is wrong and was asked what.
        dangers: Ids of the dangers the citizen was advised on.
        no_danger: The citizen said that what had sounded of danger is none.
        failed: How often an answer to each question was of no use.
        category: The leaf the citizen chose where several were offered, else None.
        answers: What was answered to clarifying questions: slot -> words.
        deciding: The clarifying question (or the choice of a category) put with the read-back, or None.
        offered: The leaves offered for choice.
        decided_by: What was put that way so far; nothing is asked twice.
        decided_for: The leaf it was asked for.
        issues: The matters when there are several, each to be a case of its own.
        alike: Number of the open case of the same matter that the read-back spoke of.
        alike_own: Whether that one is the citizen's own.
        asked_alike: It was looked for; once a draft is enough.
        files: What was sent for it, in order.
        shared: The location that the citizen shared for it.
        suggested: Where a photo says it was taken; asked about while the place is not known.
        follows: The citizen follows that case instead of having one of their own handled.
        doubts: Fields that were heard with doubt -> the words in doubt; each is asked about before it is filed.
        doubted: Fields that were asked about so, one entry a time.
        misheard: Words that were not what the citizen said, by field; the right ones take their place in the matter.
        read_to: Inbox id up to which the talk has been read into this draft.
    """

    matter: tuple[str, ...] = ()
    kind: str | None = None
    title: str = ""
    place: Place | None = None
    place_settled: bool = False
    occurred: Occurred | None = None
    occurred_unknown: bool = False
    phone: str | None = None
    name: str | None = None
    phone_declined: bool = False
    anonymous: bool = False
    confidential: bool = False
    correcting: bool = False
    dangers: tuple[str, ...] = ()
    no_danger: bool = False
    failed: dict[str, int] = field(default_factory=dict)
    category: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    deciding: str | None = None
    offered: tuple[str, ...] = ()
    decided_by: tuple[str, ...] = ()
    decided_for: str | None = None
    issues: tuple[IssueDraft, ...] = ()
    alike: str | None = None
    alike_own: bool = False
    asked_alike: bool = False
    files: tuple[File, ...] = ()
    shared: SharedPlace | None = None
    suggested: Place | None = None
    follows: bool = False
    doubts: dict[str, str] = field(default_factory=dict)
    doubted: tuple[str, ...] = ()
    misheard: dict[str, str] = field(default_factory=dict)
    read_to: int = 0

    @property
    def content(self) -> str:
        """The matter in the citizen's own words without abuse, answers to clarifying questions last."""
        return _joined((*self.matter, *self.answers.values()))

    @property
    def matter_told(self) -> str:
        """The matter without the answers: what its category is read from."""
        return _joined(self.matter)

    def fail(self, question: Question) -> Draft:
        """The draft after one more answer to ``question`` that was of no use."""
        return replace(self, failed={**self.failed, question: self.failures(question) + 1})

    def failures(self, question: Question) -> int:
        """How many answers to ``question`` were of no use so far."""
        return self.failed.get(question, 0)


def _joined(parts: Iterable[str]) -> str:
    return "；".join(without_abuse(part).strip("。；;,， ") for part in parts if part.strip())


_ADAPTER: TypeAdapter[Draft] = TypeAdapter(Draft)


def load(slot: Any) -> Draft:
    """The draft a slot holds; an empty slot is an empty draft.

    Raises:
        pydantic.ValidationError: The slot was written by an incompatible version.
    """
    return _ADAPTER.validate_python(slot) if slot else Draft()


def dump(draft: Draft) -> dict[str, Any]:
    """The JSON form that :func:`load` reads back."""
    dumped: dict[str, Any] = _ADAPTER.dump_python(draft, mode="json", exclude_defaults=True)
    return dumped
