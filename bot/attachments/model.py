"""What is said of a file: when it comes, when it is kept, and how much of it is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

Kind = Literal["photo", "voice", "video", "file"]
Scan = Literal["off", "clean", "unscanned"]
"""``off``: no scanner is set; ``unscanned``: it could not say, and is asked again later."""

KINDS: frozenset[str] = frozenset({"photo", "voice", "video", "file"})
MOST = 9
"""Files of one message, and of one case; WeChat lets people choose nine at a time."""
PHOTO_LIMIT = 10_000_000
OTHER_LIMIT = 20_000_000
"""Bytes: what WeChat and Telegram let through (domain.md section 9)."""

AWAY = "away"
TOO_MANY = "too_many"
"""Reasons of our own beside those of :class:`bot.errors.MediaRefused`: it could not be fetched in time; there are enough."""


def limit_of(kind: str) -> int:
    """Bytes from which a file of a kind is refused."""
    return PHOTO_LIMIT if kind == "photo" else OTHER_LIMIT


def kind_of(medium: Mapping[str, Any]) -> Kind:
    """The kind that a channel gave; what it does not know is a file."""
    kind = medium.get("kind")
    return cast("Kind", kind) if kind in KINDS else "file"


@dataclass(frozen=True, slots=True)
class Received:
    """A file of a message, as the dialogue is told of it (``metadata["attachments"]``).

    Attributes:
        kind: What it was sent as.
        id: The attachment; None when it is not kept.
        code: Why it is not kept, in a word of ours; None when it is.
        place: Where a photo says it was taken: ``{"latitude", "longitude", "system"}``. A hint, never a fact.
    """

    kind: Kind
    id: int | None = None
    code: str | None = None
    place: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The form that :meth:`from_json` reads back."""
        return {"kind": self.kind, "id": self.id, "code": self.code, "place": self.place}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Received:
        """The reverse of :meth:`as_json`."""
        return cls(kind_of(body), body.get("id"), body.get("code"), body.get("place"))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is kept with a case, for staff.

    Attributes:
        id: Its number.
        kind: What it was sent as.
        media_type: What it is, by its content.
        size: Bytes as it is kept.
        name: The sender's name for it, or empty.
        has_thumbnail: Whether there is a small picture of it.
        scan: What the scanner said.
        added_at: When it came to the case.
    """

    id: int
    kind: Kind
    media_type: str
    size: int
    name: str
    has_thumbnail: bool
    scan: Scan
    added_at: datetime

    def as_json(self) -> dict[str, Any]:
        """One entry of ``GET /api/cases/{number}/attachments``."""
        return {
            "id": self.id,
            "kind": self.kind,
            "media_type": self.media_type,
            "size": self.size,
            "name": self.name,
            "has_thumbnail": self.has_thumbnail,
            "scan": self.scan,
            "added_at": self.added_at.isoformat(),
        }
