"""What a talk remembers beside the complaint under way: what was set aside, what was filed, what waits for a plain yes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import TypeAdapter

from actions.complaint.draft import Draft, File, Question
from bot.places import SharedPlace
from bot.understanding.place import Place

KEPT = 8
"""Drafts set aside, and filed ones, that are remembered; the oldest go first."""
AMENDABLE = timedelta(hours=24)
"""How long after filing a case is corrected in its fields; later words are added to it (docs/dialogue.md)."""

Why = Literal["cancelled", "interrupted", "later", "stale"]
What = Literal["erase", "withdraw", "amend", "link"]


@dataclass(frozen=True, slots=True)
class Shelved:
    """A draft that was set aside.

    Attributes:
        draft: As it was.
        why: ``cancelled`` by the citizen, ``interrupted`` by another matter, ``later`` because matters are told one by one,
            ``stale`` after days of silence. What was interrupted or waits is taken up again by the bot itself.
    """

    draft: Draft
    why: Why


@dataclass(frozen=True, slots=True)
class Filed:
    """A case that was filed in this talk.

    Attributes:
        number: What its citizen asks by: case number, or the tracking code of an anonymous case.
        draft: As it was confirmed; what a later correction starts from.
        at: When it was filed.
    """

    number: str
    draft: Draft
    at: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that is done at the next plain yes, and forgotten at anything else.

    Attributes:
        what: ``erase`` all data, ``withdraw`` or ``amend`` a case, ``link`` this channel to another by a code.
        number: The case, or the code.
        field: For ``amend``: the question whose new answer is awaited.
    """

    what: What
    number: str = ""
    field: Question | None = None


@dataclass(frozen=True, slots=True)
class Loose:
    """A file that waits for the matter it belongs to.

    Attributes:
        file: Which.
        at: When it came.
        place: Where a photo says it was taken, as :class:`bot.attachments.Received` has it.
    """

    file: File
    at: datetime
    place: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """A location that was shared: the point, the place it tells (None: not to be said in words), and when."""

    shared: SharedPlace
    place: Place | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Guessed:
    """A danger that may have been spoken of where nothing was heard surely; only a yes in the very next message makes words of it.

    Attributes:
        words: What was guessed.
        inbox_id: The message it was guessed in.
    """

    words: str
    inbox_id: int


@dataclass(frozen=True, slots=True)
class Talk:
    """The slot ``talk``; it lives with the engine's memory of the conversation, sealed like it.

    Attributes:
        shelved: Drafts set aside, the newest last.
        filed: Cases of this talk, the newest last.
        pending: What the last turn asked to confirm.
        handover: A person was asked for and has not handed back yet.
        alerted: It was the bot that called, because of a danger.
        files: Files that wait for a matter.
        located: A location that waits for one.
        unheard: Voice notes in a row that gave no words.
        guessed: A danger that the last message may have told.
    """

    shelved: tuple[Shelved, ...] = ()
    filed: tuple[Filed, ...] = ()
    pending: Pending | None = None
    handover: bool = False
    alerted: bool = False
    files: tuple[Loose, ...] = ()
    located: Located | None = None
    unheard: int = 0
    guessed: Guessed | None = None

    def shelve(self, draft: Draft, why: Why) -> Talk:
        """The talk with one draft more set aside; one without a matter is not worth it."""
        if not draft.matter:
            return self
        return replace(self, shelved=(*self.shelved, Shelved(draft, why))[-KEPT:])

    def take_back(self, *why: Why) -> tuple[Talk, Draft | None]:
        """The newest draft that was set aside for one of the reasons (any by default), taken off the shelf."""
        for index in range(len(self.shelved) - 1, -1, -1):
            one = self.shelved[index]
            if not why or one.why in why:
                rest = self.shelved[:index] + self.shelved[index + 1 :]
                return replace(self, shelved=rest), one.draft
        return self, None

    def file(self, filed: Filed) -> Talk:
        """The talk with one case more."""
        others = tuple(one for one in self.filed if one.number != filed.number)
        return replace(self, filed=(*others, filed)[-KEPT:])

    def last_filed(self, at: datetime, within: timedelta = AMENDABLE) -> Filed | None:
        """The newest case of the talk, when it was filed not longer ago than ``within``."""
        last = self.filed[-1] if self.filed else None
        return last if last is not None and at - last.at <= within else None


_ADAPTER: TypeAdapter[Talk] = TypeAdapter(Talk)


def load_talk(slot: Any) -> Talk:
    """The talk a slot holds; an empty slot is a new talk.

    Raises:
        pydantic.ValidationError: The slot was written by an incompatible version.
    """
    return _ADAPTER.validate_python(slot) if slot else Talk()


def dump_talk(talk: Talk) -> dict[str, Any]:
    """The JSON form that :func:`load_talk` reads back."""
    dumped: dict[str, Any] = _ADAPTER.dump_python(talk, mode="json", exclude_defaults=True)
    return dumped
