"""Labelled complaints understood by models that were not taught with them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from bot.catalogue import Catalogue
from bot.clocks import Clocks
from bot.embedding import Embedder
from bot.understanding.evaluation.rows import Row
from bot.understanding.history import History
from bot.understanding.model import Understanding
from bot.understanding.training import finish, material, train_category
from bot.understanding.understander import Understander
from bot.vectorcache import VectorCache

FOLDS = 5
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU milliseconds of one message: half of them take less than ``median``, 95 of 100 less than ``p95``."""

    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Heldout:
    """What was understood of each row, and what it cost.

    Attributes:
        found: One for one with the rows.
        with_embedding: The cost as it is in the running system.
        without_embedding: The same when the vectors are known already.
        alternative: The understanding after the row's ``fact`` was told, where it has one.
    """

    found: list[Understanding]
    with_embedding: Timing
    without_embedding: Timing
    alternative: list[Understanding | None]


def understand_held_out(
    catalogue: Catalogue,
    embedder: Embedder,
    cache: VectorCache,
    rows: Sequence[Row],
    *,
    clocks: Clocks,
    history: History | None = None,
    progress: Progress | None = None,
) -> Heldout:
    """Every row understood by models that were not taught with it.

    An example or a piece of history with the row's words is left out of the lessons of all folds; labelled complaints, which weigh
    the signals and teach the kinds, only of the row's own fold. Words are compared without numbers.
    """
    stuff = material(catalogue, embedder, cache, history=history)
    tested_words = {bare(row["text"]) for row in rows}
    taught = [
        number
        for number, example in enumerate(stuff.examples.examples)
        if bare(example.text) not in tested_words
    ]
    category = train_category(catalogue, stuff, taught)
    order = np.random.RandomState(0).permutation(len(rows))
    found: dict[int, Understanding] = {}
    alternative: dict[int, Understanding] = {}
    costs: list[tuple[float, float]] = []
    for fold in range(FOLDS):
        tested = [int(row) for row in order[fold::FOLDS]]
        held_out = {bare(rows[row]["text"]) for row in tested}
        known = [
            number
            for number, example in enumerate(stuff.complaints.examples)
            if bare(example.text) not in held_out
        ]
        models = finish(catalogue, stuff, category, known, taught)
        understander = Understander.of(embedder, catalogue, models, clocks)
        for row in tested:
            found[row], cost = _timed(understander, rows[row])
            costs.append(cost)
            fact = rows[row].get("fact")
            if fact:
                at = datetime.fromisoformat(rows[row]["reference_time"])
                answers = {fact["slot"]: fact["answer"]}
                alternative[row] = understander.understand(rows[row]["text"], at=at, answers=answers)
            if progress is not None:
                progress(len(found), len(rows))
    table = np.array(costs, dtype=float).reshape(-1, 2)
    return Heldout(
        [found[row] for row in range(len(rows))],
        _timing(table[:, 0]),
        _timing(table[:, 1]),
        [alternative.get(row) for row in range(len(rows))],
    )


def bare(text: str) -> str:
    """A text as it is recognised again when numbers were taken out of it."""
    return "".join(
        char for char in text if "\u4e00" <= char <= "\u9fff" and char not in "幺零一二三四五六七八九"
    )[:40]


def _timed(understander: Understander, row: Row) -> tuple[Understanding, tuple[float, float]]:
    """Twice: the second time the embedder remembers the vectors, which is the cost without it."""
    at = datetime.fromisoformat(row["reference_time"])
    start = time.thread_time()
    understander.understand(row["text"], at=at)
    middle = time.thread_time()
    found = understander.understand(row["text"], at=at)
    end = time.thread_time()
    return found, ((middle - start) * 1000, (end - middle) * 1000)


def _timing(costs: np.ndarray) -> Timing:
    if not len(costs):
        return Timing(0.0, 0.0)
    return Timing(float(np.median(costs)), float(np.percentile(costs, 95)))
