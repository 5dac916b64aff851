"""Training of what is learnt: the leaf of a matter and the kind of a request; seconds, kept under ``var/models``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.catalogue import Catalogue, Example
from bot.embedding import Embedder
from bot.understanding.category import FORM, CategoryModel, Lesson, Matrix, Weights, combine, fit_weights
from bot.understanding.danger import DangerLesson, DangerModel
from bot.understanding.distilling import Distilled, distil
from bot.understanding.history import History
from bot.understanding.kind import KindLessons, KindModel
from bot.understanding.normalise import normalise
from bot.vectorcache import Progress, VectorCache

LEAST_COMPLAINTS = 50
"""Labelled complaints from which the weights of the signals are fitted; below, the usual ones stand."""
ASKING = frozenset({"咨询", "建议", "表扬"})
PAST = re.compile(
    r"昨天|前天|上周|上个?月|上礼拜|去年|以前|之后|事后|那次|赔偿|鉴定|什么时候|怎么申请|请问|想问|\d+月\d+"
)
"""What in an example of an urgent leaf says that the danger is over, or that it is a question."""
HARMLESS_WEIGHT = 0.3
"""How much an ordinary example counts against danger: there are fifteen times as many."""


@dataclass(frozen=True, slots=True)
class Models:
    """What understanding learnt."""

    category: CategoryModel
    kind: KindModel
    danger: DangerModel | None


@dataclass(frozen=True, slots=True)
class Known:
    """Labelled messages as the models see them, with vectors of their matters, one for one."""

    examples: list[Example]
    distilled: list[Distilled]
    vectors: Matrix

    def only(self, rows: Sequence[int]) -> Known:
        """The rows with these numbers."""
        chosen = list(rows)
        return Known(
            [self.examples[row] for row in chosen],
            [self.distilled[row] for row in chosen],
            self.vectors[chosen],
        )


@dataclass(frozen=True, slots=True)
class Material:
    """Everything to learn from, with sentence vectors.

    Attributes:
        base: Names, keywords and phrasings of the catalogue, as lessons.
        base_vectors: Their vectors, ``(len(base), d)``.
        examples: Whole messages written for the leaves, and a city's own history.
        complaints: Labelled complaints, which teach no leaf.
        openings: Short messages of known kind.
        dangers: Messages that tell of danger now, and their look-alikes.
    """

    base: list[Lesson]
    base_vectors: Matrix
    examples: Known
    complaints: Known
    openings: Known
    dangers: Known


def material(
    catalogue: Catalogue,
    embedder: Embedder,
    cache: VectorCache,
    progress: Progress | None = None,
    history: History | None = None,
) -> Material:
    """Collect what there is to learn from; vectors come from ``cache`` where they are known."""
    lessons = catalogue.lessons
    base = _base(catalogue)
    groups = (
        [*lessons.examples, *(history.examples if history is not None else ())],
        list(lessons.complaints),
        list(lessons.openings),
        list(lessons.dangers),
    )
    distilled = [[distil(example.text) for example in group] for group in groups]
    texts = [lesson.matter for lesson in base] + [one.matter for group in distilled for one in group]
    vectors = cache.vectors("understanding", texts, embedder, progress=progress)
    known, start = [], len(base)
    for group, said in zip(groups, distilled, strict=True):
        known.append(Known(group, said, vectors[start : start + len(group)]))
        start += len(group)
    return Material(base, vectors[: len(base)], *known)


def _base(catalogue: Catalogue) -> list[Lesson]:
    lessons = []
    for leaf in catalogue.leaves:
        for text in (leaf.path.replace(">", " "), f"{leaf.name}：{'，'.join(leaf.keywords)}"):
            lessons.append(Lesson(text, text, leaf.code))
    lessons.extend(Lesson(one.text, one.text, one.category) for one in catalogue.lessons.phrases)
    return lessons


def train_category(catalogue: Catalogue, stuff: Material, rows: Sequence[int] | None = None) -> CategoryModel:
    """The leaf model, from names, keywords, phrasings and the examples ``rows`` (all by default)."""
    known = stuff.examples if rows is None else stuff.examples.only(rows)
    lessons = [
        *stuff.base,
        *(
            Lesson(said.words, said.matter, example.category)
            for example, said in zip(known.examples, known.distilled, strict=True)
        ),
    ]
    vectors = np.concatenate([stuff.base_vectors, known.vectors])
    return CategoryModel.train([leaf.code for leaf in catalogue.leaves], lessons, vectors)


def train(catalogue: Catalogue, stuff: Material) -> Models:
    """Learn both models from everything."""
    category = train_category(catalogue, stuff)
    return finish(catalogue, stuff, category, range(len(stuff.complaints.examples)))


def finish(
    catalogue: Catalogue,
    stuff: Material,
    category: CategoryModel,
    rows: Sequence[int],
    taught: Sequence[int] | None = None,
) -> Models:
    """Weigh the signals of a category model on the complaints ``rows``, which it never saw, and learn kinds and dangers.

    Args:
        catalogue: The leaves.
        stuff: What to learn from.
        category: The leaf model.
        rows: The complaints that may be seen.
        taught: The examples that may be seen, all by default.
    """
    complaints = stuff.complaints.only(rows)
    signals = _signals(category, complaints)
    if len(complaints.examples) >= LEAST_COMPLAINTS:
        index = {code: number for number, code in enumerate(category.codes)}
        truth = np.array([index[example.category] for example in complaints.examples])
        category.weights = fit_weights(signals, truth)
    else:
        category.weights = Weights()
    # The examples teach no kinds: they vary a leaf's kind on purpose, more than people do (0.868 of 325 right with them, 0.877).
    groups = [_kind_lessons(complaints, combine(signals, category.weights))]
    if stuff.openings.examples:
        likely = combine(_signals(category, stuff.openings), category.weights)
        groups.append(_kind_lessons(stuff.openings, likely))
    middle = stuff.base_vectors.mean(axis=0)
    kind = KindModel.train(catalogue, middle, *groups)
    return Models(category, kind, train_danger(catalogue, stuff, complaints, taught))


def train_danger(
    catalogue: Catalogue, stuff: Material, complaints: Known, taught: Sequence[int] | None = None
) -> DangerModel | None:
    """What tells danger now from what only sounds like it.

    Taught by the dangers and look-alikes that were written for it, by labelled complaints, and by the examples: those of leaves
    that are always urgent speak for danger unless they tell of the past or ask; those of leaves no danger belongs to speak
    against it. A city's own history teaches no danger: it may be ten times the rest, and nobody judged it for that.
    """
    written = len(catalogue.lessons.examples)
    allowed = range(written) if taught is None else [row for row in taught if row < written]
    touched = {danger.category for danger in catalogue.dangers}
    urgent = {leaf.code for leaf in catalogue.leaves if leaf.urgency == "S0"}
    lessons: list[DangerLesson] = []
    vectors: list[Matrix] = []

    def add(known: Known, row: int, *, danger: bool, name: str = "", weight: float = 1.0) -> None:
        lessons.append(DangerLesson(known.distilled[row].words, danger, name, weight))
        vectors.append(known.vectors[row])

    for row, example in enumerate(stuff.dangers.examples):
        add(stuff.dangers, row, danger=bool(example.danger), name=example.category)
    for row, example in enumerate(complaints.examples):
        if example.danger is not None:
            add(complaints, row, danger=example.danger)
    for row in allowed:
        example = stuff.examples.examples[row]
        if example.category in urgent & touched:
            if example.kind in ASKING:
                add(stuff.examples, row, danger=False)
            elif not PAST.search(example.text):
                add(stuff.examples, row, danger=True)
        elif example.category not in touched:
            add(stuff.examples, row, danger=False, weight=HARMLESS_WEIGHT)
    if not stuff.dangers.examples:
        return None
    return DangerModel.train(lessons, np.stack(vectors), [danger.id for danger in catalogue.dangers])


def _signals(category: CategoryModel, known: Known) -> Matrix:
    if not known.examples:
        return np.zeros((2, 0, len(category.codes)), dtype=np.float32)
    return category.signals([one.words for one in known.distilled], known.vectors)


def _kind_lessons(known: Known, leaves: Matrix) -> KindLessons:
    return KindLessons(
        [normalise(example.text).text for example in known.examples],
        leaves,
        known.vectors,
        [example.kind for example in known.examples],
    )


def fingerprint(catalogue: Catalogue, embedder: Embedder, history: History | None = None) -> str:
    """What a kept model was learnt from; other lessons, another embedder, history or form train anew."""
    told = history.version if history is not None else ""
    return hashlib.sha256(
        f"{FORM} {catalogue.lessons.version} {embedder.version} {told}".encode()
    ).hexdigest()
