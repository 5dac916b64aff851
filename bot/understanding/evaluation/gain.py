"""What a city's own cases add: the leaf model with and without them, on cases it did not see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np

from bot.catalogue import Catalogue
from bot.understanding.training import Known, Material, train_category

FOLDS = 5
Progress = Callable[[int, int], None]


def cross_validate(
    catalogue: Catalogue, stuff: Material, history: int, progress: Progress | None = None
) -> tuple[float, float]:
    """Share of the history's cases whose leaf comes first: without any history, and with the other four fifths of it.

    Args:
        catalogue: The leaves.
        stuff: What there is to learn from; the last ``history`` examples are the city's own.
        history: How many these are; at least one.
        progress: Told ``(done, total)`` trainings.
    """
    total = len(stuff.examples.examples)
    own = np.arange(total - history, total)
    written = list(range(total - history))
    before = _share_right(catalogue, stuff, written, own)
    if progress is not None:
        progress(1, FOLDS + 1)
    # The same words may have been filed twice: what is alike by its words stays in one fold.
    fold_of = np.array([crc32(stuff.examples.distilled[row].words.encode()) % FOLDS for row in own])
    right = 0.0
    for fold in range(FOLDS):
        tested, taught = own[fold_of == fold], own[fold_of != fold]
        if len(tested):
            right += len(tested) * _share_right(catalogue, stuff, [*written, *taught.tolist()], tested)
        if progress is not None:
            progress(fold + 2, FOLDS + 1)
    return before, right / len(own)


def _share_right(catalogue: Catalogue, stuff: Material, taught: Sequence[int], tested: np.ndarray) -> float:
    model = train_category(catalogue, stuff, taught)
    known: Known = stuff.examples.only(tested.tolist())
    likely = model.probabilities([said.words for said in known.distilled], known.vectors)
    found = [model.codes[int(row.argmax())] for row in likely]
    return float(
        np.mean([one == example.category for one, example in zip(found, known.examples, strict=True)])
    )
