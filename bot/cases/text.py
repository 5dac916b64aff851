"""What was said in a case: which of it may lie in the open, and which is sealed."""

from __future__ import annotations

from typing import Any

import orjson

from bot.cases.draft import CaseDraft
from bot.understanding.redaction import redact

_OPEN_UNDERSTANDING = (
    "kind",
    "category",
    "category_path",
    "category_candidates",
    "confidence",
    "anonymous",
    "confidential",
    "urgency",
    "emergency",
    "issue_count",
    "missing",
)
_OPEN_DECISION = (
    "kind",
    "lead_unit_id",
    "lead_unit",
    "assist_unit_ids",
    "assist_units",
    "fallback_unit_id",
    "rule",
    "rule_from",
    "basis",
    "place_match",
    "candidates",
    "clarify",
    "sla_class",
    "catalogue_version",
)
_OPEN_OCCURRED = ("type", "start", "end", "ongoing", "precision", "rule")


_NO_WORDS = frozenset(
    {
        "category",
        "code",
        "lead_unit_id",
        "assist_unit_ids",
        "missing",
        "clarify",
        "rule",
        "rule_from",
        "dispatch_due_at",
        "due_at",
        "catalogue_version",
        *_OPEN_OCCURRED,
    }
)
"""Fields of the snapshots that hold codes and moments, which look like numbers of people and are none."""


def open_facts(draft: CaseDraft) -> dict[str, dict[str, Any]]:
    """The snapshots without anybody's words: only listed fields pass, so that a new one is sealed until it is listed."""
    occurred = draft.occurred or draft.understanding.get("occurred") or {}
    return {
        "understanding": _only(draft.understanding, _OPEN_UNDERSTANDING)
        | {
            "category_candidates": [
                {"code": code, "score": score} for code, score in draft.category_candidates
            ]
        },
        # Whose it was to be is needed later: when it stops following another case, and when it is corrected.
        "decision": {"lead_unit_id": draft.lead_unit_id, "lead_unit": draft.lead_unit}
        | _only(draft.decision, _OPEN_DECISION),
        "occurred": _only(occurred, _OPEN_OCCURRED),
    }


def personal_text(draft: CaseDraft, citizen_id: str | None) -> bytes:
    """Everything that was said, as JSON to be sealed.

    An anonymous case loses name and phone here, also where they stand in the citizen's own sentences; ``citizen_id`` is
    kept in it only when progress is wanted.
    """
    body: dict[str, Any] = {
        "title": draft.title,
        "content": draft.content,
        "place_text": draft.place_text,
        "point": draft.point,
        "occurred": draft.occurred,
        "contact_phone": draft.contact_phone,
        "contact_name": draft.contact_name,
        "understanding": draft.understanding,
        "decision": draft.decision,
    }
    if draft.anonymous:
        body |= {"contact_phone": None, "contact_name": None}
        body = redacted(body)
        if isinstance(body["understanding"], dict):
            body["understanding"] |= {"contact_phone": None, "contact_name": None}
        if draft.wants_progress:
            body["citizen_id"] = citizen_id
    return dump(body)


def dump(body: Any) -> bytes:
    """JSON in UTF-8; lone surrogates, which JSON cannot hold, become a replacement mark."""
    try:
        return orjson.dumps(body)
    except TypeError:
        return orjson.dumps(_clean(body))


def _only(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def redacted(value: Any) -> Any:
    """JSON values with numbers and names of people hidden wherever words may stand; codes and moments are kept."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: inner if key in _NO_WORDS else redacted(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(inner) for inner in value]
    return value


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value
