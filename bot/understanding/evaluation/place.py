"""Measure how well places are found, on complaints with gold fields."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.understanding.place import Place, find_place


@dataclass(frozen=True, slots=True)
class PlaceScores:
    """Rates between 0 and 1 over all rows, and the rows that failed.

    Attributes:
        rows: How many rows were read.
        district: District equal to gold, both may be none.
        street: The same for the street.
        street_said: Street right where gold has one.
        street_invented: A street given where gold has none.
        text_exact: ``location_text`` equal to gold, both may be none.
        text_f1: Mean character F1 of ``location_text``; 1 where both are none, 0 where one is.
        precision: Specific or vague as in gold (an area counts as specific).
        failures: ``(id, what, gold, found)``.
    """

    rows: int
    district: float
    street: float
    street_said: float
    street_invented: float
    text_exact: float
    text_f1: float
    precision: float
    failures: tuple[tuple[str, str, str | None, str | None], ...] = field(repr=False)


def character_f1(gold: str | None, found: str | None) -> float:
    """F1 over characters as a bag; 1.0 when both are None, 0.0 when one is."""
    if not gold or not found:
        return 1.0 if not gold and not found else 0.0
    common = sum((Counter(gold) & Counter(found)).values())
    return 2 * common / (len(gold) + len(found))


def evaluate(rows: Iterable[dict[str, Any]], find: Callable[[str], Place | None] = find_place) -> PlaceScores:
    """Score ``find`` on rows with ``text`` and the gold fields of ``complaints_dev.jsonl``."""
    count: Counter[str] = Counter()
    f1 = 0.0
    failures: list[tuple[str, str, str | None, str | None]] = []
    for row in rows:
        place = find(row["text"])
        found = {
            "district": place.district if place else None,
            "street": place.street if place else None,
            "location_text": place.text if place and not place.elsewhere else None,
            "location_precision": _class(place),
        }
        count["rows"] += 1
        count["with_street"] += row["street"] is not None
        f1 += character_f1(row["location_text"], found["location_text"])
        for name, value in found.items():
            if value == row[name]:
                count[name] += 1
                count["street_said"] += name == "street" and value is not None
            else:
                failures.append((row["id"], name, row[name], value))
                count["street_invented"] += name == "street" and row["street"] is None
    total = count["rows"] or 1
    return PlaceScores(
        rows=count["rows"],
        district=count["district"] / total,
        street=count["street"] / total,
        street_said=count["street_said"] / (count["with_street"] or 1),
        street_invented=count["street_invented"] / ((count["rows"] - count["with_street"]) or 1),
        text_exact=count["location_text"] / total,
        text_f1=f1 / total,
        precision=count["location_precision"] / total,
        failures=tuple(failures),
    )


def evaluate_file(path: Path) -> PlaceScores:
    """Score :func:`find_place` on a JSON-lines file."""
    with path.open(encoding="utf-8") as file:
        return evaluate(json.loads(line) for line in file)


def _class(place: Place | None) -> str | None:
    if place is None or place.text is None or place.elsewhere:
        return None
    return "vague" if place.precision == "vague" else "specific"
