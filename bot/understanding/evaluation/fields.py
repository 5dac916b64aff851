"""How well each field is read: precision, recall and F1 with intervals, from counts of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.evaluation.rows import Row
from bot.understanding.model import Understanding

RESAMPLES = 1000
_SEED = 7
_LOW, _HIGH = 2.5, 97.5
"""Percentiles of the resampled figures: a 95 % interval."""

Counts = tuple[float, float, float]
"""Of one row: right, told, gold."""
Count = Callable[[Row, Understanding], Counts | None]
"""Counts of a row, or None when its gold does not say."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A rate with its 95 % interval, by resampling whole rows; None where there is nothing to divide by."""

    value: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, float | None]:
        """Rounded to four digits."""
        return {
            name: None if number is None else round(number, 4)
            for name, number in (("value", self.value), ("low", self.low), ("high", self.high))
        }


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a set.

    Attributes:
        name: Which.
        rows: How many rows say what is right.
        gold: How many things there were to find.
        precision, recall, f1: The rates; for a field that always has one value the three are its accuracy.
    """

    name: str
    rows: int
    gold: float
    precision: Figure
    recall: Figure
    f1: Figure

    def as_json(self) -> dict[str, Any]:
        """One value of ``fields`` of ``suda evaluate understanding``."""
        return {
            "rows": self.rows,
            "gold": round(self.gold, 2),
            "precision": self.precision.as_json(),
            "recall": self.recall.as_json(),
            "f1": self.f1.as_json(),
        }


def measure(
    rows: Sequence[Row],
    found: Sequence[Understanding],
    told: Sequence[Understanding | None] | None = None,
) -> list[Field]:
    """Every field, in the order of a case.

    Args:
        rows: The gold.
        found: What was understood.
        told: What was understood after the row's ``fact`` was told, where it has one.
    """
    fields = [
        _field(name, [count(row, one) for row, one in zip(rows, found, strict=True)])
        for name, count in FIELDS.items()
    ]
    if told is not None and any(told):
        pairs = [
            (row["fact"], before, after)
            for row, before, after in zip(rows, found, told, strict=True)
            if after
        ]
        fields.append(_field("lead unit, fact untold", [_leads(fact, before) for fact, before, _ in pairs]))
        fields.append(_field("lead unit, fact told", [_leads(fact, after) for fact, _, after in pairs]))
        fields.append(
            _field(
                "fact asked for",
                [(float(fact["slot"] in before.missing), 1.0, 1.0) for fact, before, _ in pairs],
            )
        )
    return fields


def _leads(fact: Row, one: Understanding) -> Counts:
    lead = one.dispatch.lead_unit_id if one.dispatch is not None else None
    return float(lead == fact["lead_unit_id"]), 1.0, 1.0


def _field(name: str, counts: Iterable[Counts | None]) -> Field:
    table = np.array([count for count in counts if count is not None], dtype=float).reshape(-1, 3)
    random = np.random.default_rng(_SEED)
    chosen = random.integers(0, max(len(table), 1), size=(RESAMPLES, len(table)))
    sums = table[chosen].sum(axis=1) if len(table) else np.zeros((RESAMPLES, 3))
    total = table.sum(axis=0)
    return Field(
        name,
        len(table),
        float(total[2]),
        *(_figure(rate(total[None])[0], rate(sums)) for rate in (_precision, _recall, _f1)),
    )


def _precision(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return _ratio(sums[:, 0], sums[:, 1])


def _recall(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return _ratio(sums[:, 0], sums[:, 2])


def _f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return _ratio(2 * sums[:, 0], sums[:, 1] + sums[:, 2])


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))


def _figure(value: float, resampled: NDArray[np.float64]) -> Figure:
    known = resampled[~np.isnan(resampled)]
    if np.isnan(value) or not len(known):
        return Figure(None, None, None)
    low, high = np.percentile(known, (_LOW, _HIGH))
    return Figure(float(value), float(low), float(high))


def _same(name: str, read: Callable[[Understanding], Any]) -> Count:
    """A field that every message has."""

    def count(row: Row, one: Understanding) -> Counts | None:
        return None if row[name] is None else (float(read(one) == row[name]), 1.0, 1.0)

    return count


def _value(name: str, read: Callable[[Understanding], Any]) -> Count:
    """A field that a message may lack: right when both have it and it is the same."""

    def count(row: Row, one: Understanding) -> Counts:
        told, gold = read(one), row[name]
        return (
            float(told is not None and told == gold),
            float(told is not None),
            float(gold is not None),
        )

    return count


def _flag(name: str, read: Callable[[Understanding], bool]) -> Count:
    """A mark that a message has or not."""

    def count(row: Row, one: Understanding) -> Counts | None:
        if row[name] is None:
            return None
        return float(read(one) and row[name]), float(read(one)), float(row[name])

    return count


def _within(name: str, read: Callable[[Understanding], Iterable[Any]]) -> Count:
    """Whether the right value is among those offered."""

    def count(row: Row, one: Understanding) -> Counts | None:
        return None if row[name] is None else (float(row[name] in list(read(one))), 1.0, 1.0)

    return count


def _level_1(row: Row, one: Understanding) -> Counts:
    return float((one.category or "")[:2] == row["category"][:2]), 1.0, 1.0


def _place_words(row: Row, one: Understanding) -> Counts:
    """Characters of the place's words, as a bag: what is shared, what was told, what gold has."""
    told = (one.place.text or "") if one.place is not None and not one.place.elsewhere else ""
    gold = row["location_text"] or ""
    shared = sum((Counter(told) & Counter(gold)).values())
    return float(shared), float(len(told)), float(len(gold))


def _time_words(row: Row, one: Understanding) -> Counts:
    gold: set[int] = set()
    if row["occurred"] is not None and row["occurred_text"]:
        at = row["text"].find(row["occurred_text"])
        gold = set(range(at, at + len(row["occurred_text"])))
    told = set(range(*one.occurred.span)) if one.occurred is not None else set()
    return float(len(gold & told)), float(len(told)), float(len(gold))


def _time_value(row: Row, one: Understanding) -> Counts:
    """The whole value: type, start, end and rule."""
    gold, told = row["occurred"], one.occurred.as_json() if one.occurred is not None else None
    right = (
        gold is not None
        and told is not None
        and all(told[name] == gold[name] for name in ("type", "start", "end", "rule"))
    )
    return float(right), float(told is not None), float(gold is not None)


def _time_part(name: str) -> Count:
    """One part of the value, where both tell a time."""

    def count(row: Row, one: Understanding) -> Counts | None:
        if row["occurred"] is None or one.occurred is None:
            return None
        return float(one.occurred.as_json()[name] == row["occurred"][name]), 1.0, 1.0

    return count


def _missing(row: Row, one: Understanding) -> Counts | None:
    if row["missing"] is None:
        return None
    gold, told = set(row["missing"]), set(one.missing)
    return float(len(gold & told)), float(len(told)), float(len(gold))


FIELDS: dict[str, Count] = {
    "kind": _same("kind", lambda one: one.kind),
    "category": _same("category", lambda one: one.category),
    "category in three": _within("category", lambda one: [likely.code for likely in one.candidates]),
    "category level 1": _level_1,
    "place words": _place_words,
    "district": _value("district", lambda one: one.district),
    "street": _value("street", lambda one: one.street),
    "time words": _time_words,
    "time value": _time_value,
    "time type": _time_part("type"),
    "time start": _time_part("start"),
    "time end": _time_part("end"),
    "time rule": _time_part("rule"),
    "phone": _value("contact_phone", lambda one: one.contact.phone if one.contact else None),
    "confidential": _flag("confidential", lambda one: one.confidential),
    "emergency": _flag("emergency", lambda one: one.emergency is not None),
    "urgency": _same("urgency", lambda one: one.urgency),
    "number of issues": _same("issue_count", lambda one: len(one.issues)),
    "missing": _missing,
    "dispatch kind": _same("dispatch_kind", lambda one: one.dispatch.kind if one.dispatch else None),
    "lead unit": _same("lead_unit_id", lambda one: one.dispatch.lead_unit_id if one.dispatch else None),
    "lead unit in three": _within(
        "lead_unit_id",
        lambda one: [likely.unit_id for likely in one.dispatch.candidates] if one.dispatch else [],
    ),
}
"""What is measured of a row, by name."""
