"""How well understanding works on labelled complaints: field by field, learnt parts cross-validated."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.catalogue import Catalogue
from bot.clocks import default_clocks
from bot.embedding import Embedder
from bot.errors import ContentError
from bot.understanding.category import CategoryModel
from bot.understanding.model import Understanding
from bot.understanding.training import finish, material
from bot.understanding.understander import Understander
from bot.vectorcache import VectorCache

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: a share of ``of`` cases."""

    name: str
    value: float
    of: int


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Labelled complaints, one JSON object a line, in the form of ``complaints_dev.jsonl``.

    Raises:
        ContentError: a line is not such an object.
    """
    rows = []
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(text)
            _ = row["text"], row["reference_time"], row["category"]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ContentError(
                f"{path.name}, line {line}: not an object with text, reference_time, category."
            ) from error
        rows.append(row)
    return rows


def understand_held_out(
    catalogue: Catalogue, embedder: Embedder, cache: VectorCache, rows: Sequence[dict[str, Any]]
) -> list[Understanding]:
    """Every row understood by models that were not taught with it.

    The category model never sees a complaint; calibration and kinds are learnt on the labelled complaints of the
    other folds. A complaint of the content is recognised by its text without telephone number.
    """
    stuff = material(catalogue, embedder, cache)
    category = CategoryModel.train(catalogue.leaves, stuff.base, stuff.base_vectors)
    order = np.random.RandomState(0).permutation(len(rows))
    found: list[Understanding | None] = [None] * len(rows)
    for fold in range(FOLDS):
        tested = [int(row) for row in order[fold::FOLDS]]
        held_out = {_bare(rows[row]["text"]) for row in tested}
        taught = [row for row, example in enumerate(stuff.real) if _bare(example.text) not in held_out]
        understander = Understander.of(
            embedder, catalogue, finish(catalogue, stuff, category, taught), default_clocks()
        )
        for row in tested:
            at = datetime.fromisoformat(rows[row]["reference_time"])
            found[row] = understander.understand(rows[row]["text"], at=at)
    return [one for one in found if one is not None]


def measure(rows: Sequence[dict[str, Any]], found: Sequence[Understanding]) -> list[Measure]:
    """All figures of a labelled set."""
    pairs = list(zip(rows, found, strict=True))

    def share(name: str, right: Callable[[dict[str, Any], Understanding], bool]) -> Measure:
        return Measure(name, sum(right(row, one) for row, one in pairs) / len(pairs), len(pairs))

    return [
        share("kind", lambda row, one: one.kind == row["kind"]),
        share("category top-1", lambda row, one: one.category == row["category"]),
        share(
            "category top-3", lambda row, one: row["category"] in [likely.code for likely in one.candidates]
        ),
        share("category level 1", lambda row, one: (one.category or "")[:2] == row["category"][:2]),
        Measure("category calibration error", _calibration_error(pairs), len(pairs)),
        share("urgency", lambda row, one: one.urgency == row["urgency"]),
        share("emergency", lambda row, one: (one.emergency is not None) == row["emergency"]),
        share("confidential", lambda row, one: one.confidential == row["confidential"]),
        share("number of issues", lambda row, one: len(one.issues) == row["issue_count"]),
        share("lead unit top-1", lambda row, one: _lead(one) == row["lead_unit_id"]),
        share("lead unit top-3", lambda row, one: row["lead_unit_id"] in _leads(one)),
        share(
            "dispatch kind",
            lambda row, one: one.dispatch is not None and one.dispatch.kind == row["dispatch_kind"],
        ),
        share("district", lambda row, one: one.district == row["district"]),
        share("street", lambda row, one: one.street == row["street"]),
        share("phone", lambda row, one: (one.contact.phone if one.contact else None) == row["contact_phone"]),
        *_time_measures(pairs),
        *_missing_measures(pairs),
    ]


def _time_measures(pairs: Sequence[tuple[dict[str, Any], Understanding]]) -> list[Measure]:
    hits = gold = told = 0
    overlap = 0.0
    same = {"type": 0, "start": 0, "end": 0, "rule": 0, "all": 0}
    for row, one in pairs:
        gold += row["occurred"] is not None
        told += one.occurred is not None
        if row["occurred"] is None or one.occurred is None:
            continue
        at = row["text"].find(row["occurred_text"])
        wanted = set(range(at, at + len(row["occurred_text"])))
        got = set(range(*one.occurred.span))
        hits += bool(wanted & got)
        overlap += 2 * len(wanted & got) / (len(wanted) + len(got))
        value = one.occurred.as_json()
        for name in ("type", "start", "end", "rule"):
            same[name] += value[name] == row["occurred"][name]
        same["all"] += all(value[name] == row["occurred"][name] for name in ("type", "start", "end", "rule"))
    return [
        Measure("time found, F1", 2 * hits / max(gold + told, 1), gold),
        Measure("time span, character F1", overlap / max(gold, 1), gold),
        *(Measure(f"time {name} exact", count / max(gold, 1), gold) for name, count in same.items()),
    ]


def _missing_measures(pairs: Sequence[tuple[dict[str, Any], Understanding]]) -> list[Measure]:
    both = told = gold = 0
    for row, one in pairs:
        both += len(set(one.missing) & set(row["missing"]))
        told += len(one.missing)
        gold += len(row["missing"])
    return [
        Measure("missing, precision", both / max(told, 1), told),
        Measure("missing, recall", both / max(gold, 1), gold),
    ]


def _calibration_error(pairs: Sequence[tuple[dict[str, Any], Understanding]]) -> float:
    """Expected calibration error over ten bins of confidence."""
    confidence = np.array([one.confidence or 0.0 for _, one in pairs])
    right = np.array([one.category == row["category"] for row, one in pairs], dtype=float)
    bins = np.minimum((confidence * 10).astype(int), 9)
    error = 0.0
    for number in range(10):
        inside = bins == number
        if inside.any():
            error += abs(confidence[inside].mean() - right[inside].mean()) * inside.mean()
    return error


def _lead(one: Understanding) -> str | None:
    return one.dispatch.lead_unit_id if one.dispatch else None


def _leads(one: Understanding) -> list[str]:
    return [likely.unit_id for likely in one.dispatch.candidates] if one.dispatch else []


def _bare(text: str) -> str:
    """A text as it is recognised again when numbers were taken out of it."""
    return "".join(char for char in text if not char.isascii() and char not in "幺零一二三四五六七八九")[:40]
