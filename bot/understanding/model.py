"""What Suda understands of one message: a tree of frozen values with the words they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.dispatch.decision import Decision, PlaceMatch
from bot.understanding.contact import Contact
from bot.understanding.emergency import Emergency
from bot.understanding.place import Place
from bot.understanding.time_value import Occurred


@dataclass(frozen=True, slots=True)
class CategoryScore:
    """A leaf of the catalogue with the probability that it is meant."""

    code: str
    name: str
    path: str
    score: float


@dataclass(frozen=True, slots=True)
class Issue:
    """One matter of a message that holds several.

    Attributes:
        text: Its words.
        summary: A few words for a person: the leaf's name, else the words themselves.
        category: The leaf, or None where the words are too few to tell.
        lead_unit_id: Who leads for it, or None.
        lead_unit: The unit's name.
        place: Where: its own words for it, else the message's.
        occurred: When, likewise.
        confidence: Probability of the leaf; no field of ``suda understand``.
    """

    text: str
    summary: str
    category: str | None
    lead_unit_id: str | None
    lead_unit: str | None
    place: Place | None = None
    occurred: Occurred | None = None
    confidence: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """One of ``issues`` of ``suda understand``."""
        return {
            "text": self.text,
            "summary": self.summary,
            "category": self.category,
            "lead_unit_id": self.lead_unit_id,
            "lead_unit": self.lead_unit,
            "location": self.place.as_json() if self.place else None,
            "occurred": self.occurred.as_json() if self.occurred else None,
        }


@dataclass(frozen=True, slots=True)
class Understanding:
    """One message as fields; every field that was read carries its words.

    Attributes:
        text: The clean text (see :mod:`bot.understanding.normalise`).
        kind: 咨询 求助 投诉 举报 建议 表扬.
        category: Leaf code, or None when it was not asked for (``with_category=False``).
        candidates: The three likeliest leaves, probabilities calibrated.
        place: Where, or None.
        occurred: When, or None.
        contact: How to reach the citizen, or None.
        anonymous: They want no identity kept at all (匿名).
        confidential: They want their identity hidden from the handling unit (保密).
        urgency: S0 danger .. S3 complex.
        emergency: A danger that is reported as happening, or None.
        vulnerable: Who is hit hard: 老人, 婴幼儿, 病人, 孕妇, 残疾人, 儿童.
        issues: The matters, at least one.
        missing: What is worth asking: location, district, street, time, contact, then ids of clarifying questions.
        dispatch: Who would be responsible, or None without a category.
        answers: What was answered to clarifying questions: slot -> words.
    """

    text: str
    kind: str
    category: str | None
    candidates: tuple[CategoryScore, ...]
    place: Place | None
    occurred: Occurred | None
    contact: Contact | None
    anonymous: bool
    confidential: bool
    urgency: str
    emergency: Emergency | None
    vulnerable: tuple[str, ...]
    issues: tuple[Issue, ...]
    missing: tuple[str, ...]
    dispatch: Decision | None
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def place_match(self) -> PlaceMatch:
        """How the street was found, else the district."""
        if self.place is None:
            return "unknown"
        return self.place.street_source or self.place.district_source or "unknown"

    @property
    def district(self) -> str | None:
        """The district's official name, where known."""
        return self.place.district if self.place else None

    @property
    def street(self) -> str | None:
        """The street's or town's official name, where known."""
        return self.place.street if self.place else None

    @property
    def confidence(self) -> float | None:
        """Probability of :attr:`category`; None without one."""
        return self.candidates[0].score if self.candidates else None

    @property
    def category_path(self) -> str | None:
        """``一级>二级>三级``, in words."""
        return self.candidates[0].path if self.candidates else None

    @property
    def advice(self) -> str | None:
        """What to tell the citizen before anything else when they are in danger: whom to call, what to do."""
        if self.emergency is None:
            return None
        return f"请立即拨打 {self.emergency.call}。{self.emergency.advice}。"

    def as_json(self) -> dict[str, Any]:
        """The object of ``suda understand`` (without the row's ``id``)."""
        return {
            "kind": self.kind,
            "category": self.category,
            "category_path": self.category_path,
            "category_candidates": [
                {"code": candidate.code, "score": round(candidate.score, 4)} for candidate in self.candidates
            ],
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "location": self.place.as_json() if self.place else None,
            "occurred": self.occurred.as_json() if self.occurred else None,
            "contact_phone": self.contact.phone if self.contact else None,
            "anonymous": self.anonymous,
            "confidential": self.confidential,
            "urgency": self.urgency,
            "emergency": self.emergency is not None,
            "advice": self.advice,
            "issue_count": len(self.issues),
            "issues": [issue.as_json() for issue in self.issues],
            "missing": list(self.missing),
            "dispatch": self.dispatch.as_json() if self.dispatch else None,
        }
