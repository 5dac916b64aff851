"""What the models learn from: phrasings, examples, openings and labelled complaints of ``content/catalogue``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.catalogue.categories import KINDS, LEAF_LEVEL, Category
from bot.catalogue.rows import missing_column, read_list, read_rows
from bot.errors import ContentError

VOICES = ("typed", "spoken", "angry", "vague", "short", "long")
"""How an example is told: typed, spoken as a recogniser writes it, angry, vague, in a few words, at length."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence as a citizen would say it.

    Attributes:
        category: Leaf code; empty for an opening, of which only the kind is known.
        text: The words.
        kind: 投诉, 求助 ... as a person judged it, or empty.
        scene: What it tells of; two tellings of one event share it, so that none tests what the other taught. Empty = its own.
        voice: One of :data:`VOICES`, or empty.
        danger: Whether somebody is in danger now, where a person judged it, else None.
    """

    category: str
    text: str
    kind: str = ""
    scene: str = ""
    voice: str = ""
    danger: bool | None = None


@dataclass(frozen=True, slots=True)
class Lessons:
    """Everything the models learn from.

    Attributes:
        phrases: Short phrasings of the leaves.
        examples: Whole messages, at least a dozen a leaf.
        complaints: Labelled complaints that teach no leaf: they set how sure the model may be, and teach the kinds.
        openings: Short messages of known kind.
        dangers: Messages that tell of a danger now (``category`` holds its id of ``emergencies.csv``) and their look-alikes (empty).
        usual_kind: Leaf code -> the kind most people mean by it.
        version: Changes with any byte of it.
    """

    phrases: tuple[Example, ...]
    examples: tuple[Example, ...]
    complaints: tuple[Example, ...]
    openings: tuple[Example, ...]
    dangers: tuple[Example, ...]
    usual_kind: Mapping[str, str]
    version: str


def load_lessons(folder: Path, categories: Mapping[str, Category]) -> Lessons:
    """The lessons of a catalogue folder; each file may be absent.

    Raises:
        ContentError: A row is wrong: says which and what to do.
    """
    phrases, usual_kind = _phrases(folder / "phrases.csv", categories)
    paths = sorted((folder / "examples").glob("*.csv"))
    digest = hashlib.sha256()
    others = (
        folder / name
        for name in ("categories.csv", "phrases.csv", "kinds.csv", "complaints.jsonl", "dangers.csv")
    )
    for path in (*(other for other in others if other.exists()), *paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return Lessons(
        tuple(phrases),
        tuple(example for path in paths for example in _examples(path, categories)),
        tuple(_complaints(folder / "complaints.jsonl", categories)),
        tuple(_openings(folder / "kinds.csv")),
        tuple(_dangers(folder / "dangers.csv")),
        usual_kind,
        digest.hexdigest()[:12],
    )


def _leaf(name: str, line: int, code: str, categories: Mapping[str, Category]) -> str:
    category = categories.get(code)
    if category is None or category.level != LEAF_LEVEL:
        raise ContentError(f"{name}, line {line}: {code} is not a leaf of categories.csv.")
    return code


def _kind(name: str, line: int, kind: str) -> str:
    if kind not in KINDS:
        raise ContentError(f"{name}, line {line}: {kind} is none of {'、'.join(KINDS)}.")
    return kind


def _phrases(path: Path, categories: Mapping[str, Category]) -> tuple[list[Example], dict[str, str]]:
    found: list[Example] = []
    kinds: dict[str, str] = {}
    for line, row in read_rows(path) if path.exists() else ():
        code = _leaf(path.name, line, row["category_code"], categories)
        if row["kind"]:
            kinds[code] = row["kind"]
        found.extend(Example(code, text) for text in read_list(row["texts"], "|"))
    return found, kinds


def _examples(path: Path, categories: Mapping[str, Category]) -> Iterator[Example]:
    for line, row in read_rows(path):
        try:
            code, text, voice = row["category_code"], row["text"], row["voice"]
            scene, kind = row["scene"], row["kind"]
        except KeyError as error:
            raise missing_column(path, error) from error
        if not text:
            raise ContentError(f"{path.name}, line {line}: text is empty; fill it or delete the row.")
        if voice and voice not in VOICES:
            raise ContentError(f"{path.name}, line {line}: voice {voice} is none of {', '.join(VOICES)}.")
        code = _leaf(path.name, line, code, categories)
        yield Example(code, text, _kind(path.name, line, kind), f"{code}-{scene}" if scene else "", voice)


def _openings(path: Path) -> Iterator[Example]:
    for line, row in read_rows(path) if path.exists() else ():
        kind = _kind(path.name, line, row["kind"])
        yield from (Example("", text, kind) for text in read_list(row["texts"], "|"))


def _dangers(path: Path) -> Iterator[Example]:
    """``id,text``: the danger's row of ``emergencies.csv``, empty for what only sounds like one."""
    for line, row in read_rows(path) if path.exists() else ():
        try:
            danger, text = row["id"], row["text"]
        except KeyError as error:
            raise missing_column(path, error) from error
        if not text:
            raise ContentError(f"{path.name}, line {line}: text is empty; fill it or delete the row.")
        yield Example(danger, text, danger=bool(danger))


def _complaints(path: Path, categories: Mapping[str, Category]) -> Iterator[Example]:
    """One JSON object a line: ``{"text", "category", "kind", "danger"?}``."""
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else (), 1):
        try:
            row = json.loads(text)
            example = Example(row["category"], row["text"], row["kind"], danger=row.get("danger"))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ContentError(
                f"{path.name}, line {line}: not an object with text, category and kind."
            ) from error
        _leaf(path.name, line, example.category, categories)
        yield example
