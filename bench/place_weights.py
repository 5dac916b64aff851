"""Fit the weights of `bot/speech/repair/place_signs.py` anew, for another city's gazetteer and examples.

python -m bench.place_weights            about a minute of CPU; prints the weights of the signs as JSON

Names of the gazetteer are put into the catalogue's examples in the place of those that stand there, and misheard
(`bench/mishearing.py`); a guess is right when it is what was said. Right sentences and the articles of the knowledge base are
looked at as well: in them every guess is wrong. The model of what citizens say is learnt from the other half of the examples.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from bench.mishearing import Mishearing
from bench.repairing import name_spans
from bot.catalogue.rows import read_rows
from bot.settings import get_settings
from bot.speech.repair.language import Domain
from bot.speech.repair.place_signs import SIGNS
from bot.speech.repair.places import Places, names_of
from bot.understanding.gazetteer import Gazetteer
from bot.understanding.sounds import Sounds
from serve.cli.output import emit, utf8_output

LONGEST = 90
"""Characters of a sentence that are looked at."""
RIGHT_WEIGHT = 3.0
"""What a guess in a right sentence counts; people say more that is heard right than that is not."""
FRAMES = ("我住在{}小区", "{}附近", "我家在{}社区", "{}这边", "在{}上班", "{}{}社区", "从{}到{}的路上", "就在{}对面", "{}的居民", "{}村里", "{}派出所")  # fmt: skip


class Sentences:
    """Sentences with names, right and misheard, by a seed."""

    def __init__(self, content: Path, gazetteer: Gazetteer, texts: list[str], seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self._gazetteer = gazetteer
        self._texts = texts
        self._ears = Mishearing(content / "speech" / "syllables.tsv", seed)
        self._pool: dict[str, list[str]] = {}
        for name, entries in gazetteer.names():
            if 2 <= len(name) <= 8 and entries[0].kind != "elsewhere":
                self._pool.setdefault(entries[0].kind, []).append(name)

    def misheard(self) -> Iterator[tuple[str, str]]:
        """What was said and what was heard, two for each text."""
        for text in self._texts:
            yield self._heard(self._with_others(text))
            frame = self._random.choice(FRAMES)
            names = [self._random.choice(self._pool[self._random.choice(list(self._pool))]) for _ in range(2)]
            yield self._heard((frame.format(*names) + text, names[: frame.count("{}")]))

    def _heard(self, said: tuple[str, list[str]]) -> tuple[str, str]:
        text, names = said
        return text, self._ears.hear(text, names)

    def _with_others(self, text: str) -> tuple[str, list[str]]:
        pieces, names, at = [], [], 0
        for start, end in name_spans(text, self._gazetteer):
            kind = self._gazetteer.meanings(text[start:end])[0].kind
            keep = kind == "district" or kind not in self._pool or self._random.random() < 0.2
            names.append(text[start:end] if keep else self._random.choice(self._pool[kind]))
            pieces += [text[at:start], names[-1]]
            at = end
        return "".join([*pieces, text[at:]]), names


def fit(
    texts: Annotated[int, typer.Option(min=100, help="Sentences to learn from.")] = 6000,
    seed: int = 5,
) -> None:
    """Print the weights."""
    from sklearn.linear_model import LogisticRegression

    utf8_output()
    content = get_settings().content_dir
    files = sorted((content / "catalogue" / "examples").glob("*.csv"))
    examples = [row["text"][:LONGEST] for file in files for _, row in read_rows(file)]
    random.Random(seed).shuffle(examples)  # noqa: S311
    half = len(examples) // 2
    gazetteer, sounds = Gazetteer(content / "gazetteer"), Sounds(content / "speech" / "syllables.tsv")
    places = Places(sounds, names_of(gazetteer, sounds), Domain(examples[:half]))
    learnt = examples[half : half + texts]
    articles = [line for file in sorted((content / "knowledge").glob("*.md")) for line in _body(file)]
    pairs = [(text, text, RIGHT_WEIGHT) for text in [*learnt, *articles]]
    pairs += [(*pair, 1.0) for pair in Sentences(content, gazetteer, learnt, seed).misheard()]
    rows, right, weights = [], [], []
    for said, heard, weight in pairs:
        guesses, signs = places.guesses(heard)
        rows.append(signs)
        right += [said[start:end] == name for start, end, name in guesses]
        weights += [weight] * len(guesses)
    model = LogisticRegression(fit_intercept=False, max_iter=3000)
    model.fit(np.concatenate(rows), right, sample_weight=weights)
    emit({sign: round(float(weight), 2) for sign, weight in zip(SIGNS, model.coef_[0], strict=True)})


def _body(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").split("---")[-1].splitlines() if len(line) > 10]


if __name__ == "__main__":
    typer.run(fit)
