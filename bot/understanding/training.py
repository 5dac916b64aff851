"""Training of what is learnt: the leaf of a matter and the kind of a request; seconds, kept under ``var/models``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.catalogue import Catalogue, Example
from bot.embedding import Embedder
from bot.understanding.category import FORM, CategoryModel, Lesson, Matrix, fit_temperature, lessons_of
from bot.understanding.essence import essence
from bot.understanding.kind import KindModel
from bot.understanding.place import find_place
from bot.vectorcache import Progress, VectorCache

FOLDS = 5
REAL_WEIGHT = 1.5
"""A real complaint teaches more than a phrasing written for its leaf."""


@dataclass(frozen=True, slots=True)
class Models:
    """What understanding learnt."""

    category: CategoryModel
    kind: KindModel


@dataclass(frozen=True, slots=True)
class Material:
    """Everything to learn from, with sentence vectors.

    Attributes:
        base: Names, keywords and phrasings of the catalogue.
        base_vectors: Their vectors, ``(len(base), d)``.
        real: Labelled complaints.
        texts: Their essence, one for one.
        real_vectors: The vectors of the essences.
    """

    base: list[Lesson]
    base_vectors: Matrix
    real: list[Example]
    texts: list[str]
    real_vectors: Matrix


def material(
    catalogue: Catalogue, embedder: Embedder, folder: Path, progress: Progress | None = None
) -> Material:
    """Collect what the catalogue offers to learn from; vectors come from the cache in ``folder`` where they are known."""
    base = lessons_of(catalogue)
    real = [example for example in catalogue.examples if example.real]
    texts = [distil(example.text) for example in real]
    vectors = VectorCache(folder).vectors(
        "understanding", [*(lesson.text for lesson in base), *texts], embedder, progress=progress
    )
    return Material(base, vectors[: len(base)], real, texts, vectors[len(base) :])


def distil(text: str) -> str:
    """The essence of a complaint as the understander would see it."""
    place = find_place(text)
    return essence(text, [place.span] if place else [])


def train(catalogue: Catalogue, stuff: Material, rows: Sequence[int] | None = None) -> Models:
    """Learn both models; probabilities are calibrated and kinds learnt on complaints that were held out.

    Args:
        catalogue: The leaves.
        stuff: What to learn from.
        rows: The complaints that may be seen; all by default.
    """
    rows = range(len(stuff.real)) if rows is None else rows
    held_out = held_out_scores(catalogue, stuff, rows)
    category = fit_category(catalogue, stuff, rows)
    category.temperature = fit_temperature(category, held_out, [stuff.real[row].category for row in rows])
    kind = KindModel.train(
        catalogue,
        [stuff.texts[row] for row in rows],
        category.probabilities(held_out),
        [stuff.real[row].kind for row in rows],
    )
    return Models(category, kind)


def fit_category(catalogue: Catalogue, stuff: Material, rows: Sequence[int]) -> CategoryModel:
    """The category model learnt from the catalogue and from the complaints with these row numbers."""
    real = [Lesson(stuff.texts[row], stuff.real[row].category, REAL_WEIGHT) for row in rows]
    vectors = np.concatenate([stuff.base_vectors, stuff.real_vectors[list(rows)]])
    return CategoryModel.train(catalogue.leaves, [*stuff.base, *real], vectors)


def held_out_scores(catalogue: Catalogue, stuff: Material, rows: Sequence[int]) -> Matrix:
    """Scores of each of the complaints ``rows`` by a model that saw only the others, ``(rows, leaves)``."""
    scores = np.zeros((len(rows), len(catalogue.leaves)), dtype=np.float32)
    for fold in range(FOLDS):
        tested = list(rows[fold::FOLDS])
        if tested:
            model = fit_category(catalogue, stuff, [row for row in rows if row not in set(tested)])
            scores[fold::FOLDS] = model.scores(
                [stuff.texts[row] for row in tested], stuff.real_vectors[tested]
            )
    return scores


def fingerprint(catalogue: Catalogue, embedder: Embedder) -> str:
    """What a kept model was learnt from; another catalogue, embedder or form trains anew."""
    return hashlib.sha256(f"{FORM} {catalogue.version} {embedder.version}".encode()).hexdigest()
