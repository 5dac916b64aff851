"""Open benchmark: seven classes of real messages to a city government, macro-F1 by five-fold.

python -m bench.teddy FILE              the segmented training rows, JSON lines {"text","label"}, plain or gzipped
python -m bench.teddy FILE --vectors    with sentence vectors too (a quarter of an hour of CPU the first time)

The rows are contest data without a licence: they are read from where they lie; with --vectors their vectors stay in the
system's temporary folder for the next run. "Published peers
stand at 0.86-0.92" counts repeated messages on both sides of a fold; ``--without-repeats`` leaves one of each.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from bot.understanding.category import CategoryModel, Lesson
from serve.cli.output import emit, utf8_output, wants_json

FOLDS = 5
SEED = 0
OPENING = 12
"""Words of the opening, which people use as a title: the class is told there."""
OPENING_WEIGHT = 0.5
VECTOR_WEIGHT = 1.5
READ = 200
"""Characters that are embedded."""


@dataclass(frozen=True)
class Rows:
    """The messages, their labels and, where wanted, their vectors."""

    texts: list[str]
    labels: np.ndarray
    vectors: np.ndarray | None

    @property
    def openings(self) -> list[str]:
        """The first words of each."""
        return [" ".join(text.split()[:OPENING]) for text in self.texts]


Method = Callable[[Rows, np.ndarray, np.ndarray], np.ndarray]
"""Rows, numbers of the taught, numbers of the tested -> labels of the tested."""


def bench(
    file: Annotated[Path, typer.Argument(help="JSON lines, plain or gzipped.", exists=True, dir_okay=False)],
    vectors: Annotated[bool, typer.Option("--vectors", help="Methods with sentence vectors too.")] = False,
    without_repeats: Annotated[bool, typer.Option("--without-repeats")] = False,
    json_lines: Annotated[
        bool, typer.Option("--json", help="One JSON object a method also on a terminal.")
    ] = False,
) -> None:
    """Macro-F1 of Suda's signals beside character TF-IDF with LinearSVC, on the same folds."""
    from sklearn.metrics import f1_score
    from sklearn.model_selection import StratifiedKFold

    utf8_output()
    rows = read(file, vectors=vectors, without_repeats=without_repeats)
    splits = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(rows.labels, rows.labels))
    baseline: np.ndarray | None = None
    for name, method in METHODS.items():
        if name.endswith("vectors") and rows.vectors is None:
            continue
        scores = np.array(
            [
                f1_score(rows.labels[tested], method(rows, taught, tested), average="macro")
                for taught, tested in splits
            ]
        )
        if baseline is None:
            baseline = scores
        report = {
            "method": name,
            "rows": len(rows.texts),
            "macro_f1": round(float(scores.mean()), 4),
            "folds": [round(float(score), 4) for score in scores],
            "better_than_first_in_folds": int((scores > baseline).sum()),
        }
        if wants_json(json_lines):
            emit(report)
        else:
            typer.echo(
                f"{report['macro_f1']:.4f}  {name:55s}"
                f"better in {report['better_than_first_in_folds']} of {FOLDS}  {report['folds']}"
            )


def read(file: Path, *, vectors: bool, without_repeats: bool) -> Rows:
    """The rows of a file."""
    opener: Any = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as lines:
        pairs = [(row["text"], row["label"]) for row in map(json.loads, lines)]
    if without_repeats:
        pairs = list(dict(pairs).items())
    texts = [text for text, _ in pairs]
    return Rows(texts, np.array([label for _, label in pairs]), _embed(texts) if vectors else None)


def _embed(texts: list[str]) -> np.ndarray:
    from bot.embedding import get_embedder
    from bot.vectorcache import VectorCache

    folder = Path(tempfile.gettempdir()) / "suda-bench-teddy"
    with typer.progressbar(length=len(texts), label="vectors") as bar:
        return VectorCache(folder).vectors(
            "teddy",
            [text.replace(" ", "")[:READ] for text in texts],
            get_embedder(),
            progress=lambda done, _: bar.update(done - bar.pos),
        )


def _grams(
    texts: list[str], taught: np.ndarray, tested: np.ndarray, *, word_bounds: bool, longest: int
) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        analyzer="char_wb" if word_bounds else "char",
        ngram_range=(1, longest),
        sublinear_tf=True,
        min_df=2,
        dtype=np.float32,
    )
    known = vectorizer.fit_transform([texts[row] for row in taught])
    return known, vectorizer.transform([texts[row] for row in tested])


def _svc(known: Any, asked: Any, labels: np.ndarray) -> np.ndarray:
    from sklearn.svm import LinearSVC

    return np.asarray(LinearSVC().fit(known, labels).predict(asked))


def _within_words(rows: Rows, taught: np.ndarray, tested: np.ndarray) -> np.ndarray:
    known, asked = _grams(rows.texts, taught, tested, word_bounds=True, longest=4)
    return _svc(known, asked, rows.labels[taught])


def _across_words(rows: Rows, taught: np.ndarray, tested: np.ndarray) -> np.ndarray:
    known, asked = _grams(rows.texts, taught, tested, word_bounds=False, longest=2)
    return _svc(known, asked, rows.labels[taught])


def _with_opening(rows: Rows, taught: np.ndarray, tested: np.ndarray, *, vectors: bool = False) -> np.ndarray:
    from scipy import sparse

    whole, whole_asked = _grams(rows.texts, taught, tested, word_bounds=True, longest=4)
    opening, opening_asked = _grams(rows.openings, taught, tested, word_bounds=True, longest=3)
    known, asked = [whole, OPENING_WEIGHT * opening], [whole_asked, OPENING_WEIGHT * opening_asked]
    if vectors and rows.vectors is not None:
        mean = rows.vectors[taught].mean(axis=0)
        known.append(sparse.csr_matrix(VECTOR_WEIGHT * (rows.vectors[taught] - mean)))
        asked.append(sparse.csr_matrix(VECTOR_WEIGHT * (rows.vectors[tested] - mean)))
    return _svc(sparse.hstack(known).tocsr(), sparse.hstack(asked).tocsr(), rows.labels[taught])


def _with_all(rows: Rows, taught: np.ndarray, tested: np.ndarray) -> np.ndarray:
    return _with_opening(rows, taught, tested, vectors=True)


def _leaf_model(rows: Rows, taught: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """The model that finds leaves, as it is: made for hundreds of classes with a dozen lessons each, not for this."""
    if rows.vectors is None:
        raise ValueError("the leaf model needs sentence vectors")
    codes = tuple(np.unique(rows.labels))
    lessons = [Lesson(rows.texts[row], rows.texts[row], str(rows.labels[row])) for row in taught]
    model = CategoryModel.train(codes, lessons, rows.vectors[taught])
    likely = model.probabilities([rows.texts[row] for row in tested], rows.vectors[tested])
    labels: np.ndarray = np.array(codes)[likely.argmax(axis=1)]
    return labels


METHODS: dict[str, Method] = {
    "character 1-4-grams within words, LinearSVC": _within_words,
    "character 1-2-grams, LinearSVC": _across_words,
    "Suda: characters, and those of the opening again": _with_opening,
    "Suda: the same with sentence vectors": _with_all,
    "Suda's leaf model as it is, with sentence vectors": _leaf_model,
}
"""The first is the baseline the others are compared with, fold by fold."""


if __name__ == "__main__":
    typer.run(bench)
