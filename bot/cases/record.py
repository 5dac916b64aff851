"""A whole case, as staff, exports and tests read it: unsealed, or with what identifies people masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from bot.understanding.redaction import redact

MASK = "***"


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """Every field of a case.

    Fields that were said by a person are None when the citizen was forgotten. ``understanding`` and ``decision`` are the
    whole snapshots of ``as_json()``; masked or forgotten they hold only the facts without words.
    """

    case_number: str
    state: str
    kind: str
    channel: str
    urgency: str
    emergency: bool
    anonymous: bool
    confidential: bool
    created_at: datetime
    category: str | None
    category_path: str | None
    confidence: float | None
    catalogue_version: str | None
    district: str | None
    street: str | None
    community: str | None
    dispatch_kind: str | None
    lead_unit_id: str | None
    lead_unit: str | None
    assist_units: tuple[tuple[str, str], ...]
    dispatch_due_at: datetime | None
    dispatched_at: datetime | None
    due_at: datetime | None
    closed_at: datetime | None
    title: str | None
    content: str | None
    place_text: str | None
    point: str | None
    contact_phone: str | None
    contact_name: str | None
    occurred: dict[str, Any]
    understanding: dict[str, Any]
    decision: dict[str, Any]

    @classmethod
    def of(cls, row: Mapping[str, Any], said: dict[str, Any] | None) -> Self:
        """From a case's row and its opened text (None = not readable any more)."""
        words: dict[str, Any] = said or {}
        return cls(
            case_number=row["number"],
            confidence=row["category_confidence"],
            assist_units=tuple((unit["id"], unit["name"]) for unit in row["assist_units"]),
            occurred=words.get("occurred") or row["occurred"],
            understanding=words.get("understanding") or row["understanding"],
            decision=words.get("decision") or row["decision"],
            **dict[str, Any]({name: words.get(name) for name in _SAID}),
            **{name: row[name] for name in _COLUMNS},
        )

    def masked(self) -> CaseRecord:
        """The same without what tells who or exactly where: for exports and anybody without the right to see more."""
        return replace(
            self,
            content=None if self.content is None else redact(self.content),
            title=None if self.title is None else redact(self.title),
            place_text=None if self.place_text is None else MASK,
            point=None if self.point is None else MASK,
            contact_phone=_mask_phone(self.contact_phone),
            contact_name=None if not self.contact_name else self.contact_name[0] + "*",
            occurred={key: value for key, value in self.occurred.items() if key != "text"},
            understanding={},
            decision={},
        )

    def without_contact(self) -> CaseRecord:
        """The same without how to reach the citizen: for the time between a wish to be forgotten and its fulfilment."""
        return replace(
            self,
            content=None if self.content is None else redact(self.content),
            title=None if self.title is None else redact(self.title),
            contact_phone=None,
            contact_name=None,
            understanding={},
            decision={},
        )

    def as_json(self) -> dict[str, Any]:
        """One line of ``suda export`` and one case of ``suda chat``: the fields of ``suda understand`` and the case's own."""
        body = dict(self.understanding)
        body |= {
            "case_number": self.case_number,
            "state": self.state,
            "anonymous": self.anonymous,
            "confidential": self.confidential,
            "kind": self.kind,
            "title": self.title,
            "content": self.content,
            "channel": self.channel,
            "created_at": self.created_at.isoformat(),
            "category": self.category,
            "category_path": self.category_path,
            "confidence": self.confidence,
            "location": {
                "text": self.place_text,
                "district": self.district,
                "street": self.street,
                "community": self.community,
                "point": self.point,
            },
            "occurred": self.occurred or None,
            "contact_phone": self.contact_phone,
            "contact_name": self.contact_name,
            "urgency": self.urgency,
            "emergency": self.emergency,
            "dispatch": self.decision
            | {
                "kind": self.dispatch_kind,
                "lead_unit_id": self.lead_unit_id or self.decision.get("lead_unit_id"),
                "lead_unit": self.lead_unit or self.decision.get("lead_unit"),
                "assist_unit_ids": [unit_id for unit_id, _ in self.assist_units],
                "assist_units": [name for _, name in self.assist_units],
            },
            "due_at": None if self.due_at is None else self.due_at.isoformat(),
            "closed_at": None if self.closed_at is None else self.closed_at.isoformat(),
        }
        return body


_SAID = ("title", "content", "place_text", "point", "contact_phone", "contact_name")
_COLUMNS = (
    "state",
    "kind",
    "channel",
    "urgency",
    "emergency",
    "anonymous",
    "confidential",
    "created_at",
    "category",
    "category_path",
    "catalogue_version",
    "district",
    "street",
    "community",
    "dispatch_kind",
    "lead_unit_id",
    "lead_unit",
    "dispatch_due_at",
    "dispatched_at",
    "due_at",
    "closed_at",
)


def _mask_phone(phone: str | None) -> str | None:
    """First three and last four digits of a mobile number; of anything shorter only the last two."""
    if not phone:
        return phone
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"{MASK}{phone[-2:]}"
