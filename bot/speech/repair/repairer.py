"""The repair of one transcript: places, then words, then digits; every change is kept with what was heard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import ahocorasick

from bot.catalogue.rows import missing_column, read_list, read_rows
from bot.chinese import simplify
from bot.errors import ContentError
from bot.speech.repair.digits import digits
from bot.speech.repair.language import Domain
from bot.speech.repair.model import Change, Repaired, Why
from bot.speech.repair.places import Places, names_of
from bot.speech.repair.words import Words
from bot.understanding.gazetteer import Gazetteer
from bot.understanding.sounds import Sounds

_FILLED_IN = re.compile(r"\{[^}]*\}|[(（][^)）]*[)）]")
"""What differs from one unit to the next in its name ({区}市场监督管理局) and remarks behind it."""
_HEAD_LINE = re.compile(r"^(?:title:|-)\s*(?P<text>.*[\u4e00-\u9fff].*)$", re.MULTILINE)
_MARK = re.compile(r"[，。！？；、,!?;\s]")
_AT_ONCE = 400
"""Characters that are looked at together; a stretch of speech of 28 s has about 150."""
_REPEATED = 3
"""Words that the city lists count as if so many citizens had said them."""


class Repairer:
    """Puts right what a recogniser misheard, by the city's places, units and words. Without state, so fit for threads.

    Args:
        sounds: The readings of characters.
        domain: How likely characters are in what citizens say.
        places: The city's names.
        words: The words of citizens.
        units: Names of units; a change inside one is told as ``unit``.
    """

    def __init__(
        self, sounds: Sounds, domain: Domain, places: Places, words: Words, units: frozenset[str]
    ) -> None:
        self._sounds = sounds
        self._domain = domain
        self._places = places
        self._words = words
        self._units = ahocorasick.Automaton()
        for name in units:
            self._units.add_word(name, len(name))
        self._units.make_automaton()

    @classmethod
    def load(cls, content_dir: Path) -> Repairer:
        """Read a city's content.

        Args:
            content_dir: Holds ``speech``, ``gazetteer``, ``catalogue`` and ``knowledge``.

        Raises:
            ContentError: A file is missing or wrong.
        """
        sounds = Sounds(content_dir / "speech" / "syllables.tsv")
        names = names_of(Gazetteer(content_dir / "gazetteer"), sounds)
        listed = list(dict.fromkeys(_listed(content_dir)))
        units = frozenset(_units(content_dir))
        domain = Domain(
            chain(
                _sentences(content_dir / "catalogue"),
                _questions(content_dir / "knowledge"),
                listed * _REPEATED,
                units,
            )
        )
        places = Places(sounds, names, domain)
        return cls(sounds, domain, places, Words(sounds, domain, [*listed, *units]), units)

    def repair(self, text: str) -> Repaired:
        """Put right what was misheard.

        Args:
            text: A transcript or a part of it, of any length; traditional characters are read as simplified ones.

        Returns:
            The text and its changes; a text without any comes back as it was.
        """
        pieces: list[str] = []
        changes: list[Change] = []
        length = 0
        for part in _parts(text):
            repaired = self._repair(part)
            changes += [
                replace(change, start=change.start + length, end=change.end + length)
                for change in repaired.changes
            ]
            pieces.append(repaired.text)
            length += len(repaired.text)
        return Repaired("".join(pieces), tuple(changes))

    def _repair(self, text: str) -> Repaired:
        heard = simplify(text)
        if heard.isascii():
            return Repaired(text, ())
        placed = self._places.repair(heard)
        held = {index for index, pair in enumerate(zip(heard, placed, strict=True)) if pair[0] != pair[1]}
        for start, end in self._places.known(placed):
            if end - start >= 3 or held & set(range(start, end)):
                held |= set(range(start, end))
        worded = self._words.repair(placed, held)
        changes = [*_runs(heard, placed, "place"), *self._named(_runs(placed, worded, "word"), worded)]
        return _with_digits(text, worded, changes)

    def _named(self, changes: Iterator[Change], text: str) -> Iterator[Change]:
        """The changes, those inside the name of a unit told as such."""
        found = list(changes)
        units = [(last + 1 - size, last + 1) for last, size in self._units.iter(text)] if found else []
        for change in found:
            inside = any(start < change.end and change.start < end for start, end in units)
            yield replace(change, why="unit") if inside else change


def _parts(text: str) -> Iterator[str]:
    """A text in parts of bounded length, cut behind marks where there are any: no text costs more than its length."""
    start = 0
    while len(text) - start > _AT_ONCE:
        marks = [found.end() for found in _MARK.finditer(text, start, start + _AT_ONCE)]
        end = marks[-1] if marks else start + _AT_ONCE
        yield text[start:end]
        start = end
    yield text[start:]


def _runs(before: str, after: str, why: Why) -> Iterator[Change]:
    """Where two texts of one length differ, neighbouring characters together."""
    start = None
    for index in range(len(before) + 1):
        differs = index < len(before) and before[index] != after[index]
        if differs and start is None:
            start = index
        elif not differs and start is not None:
            yield Change(start, index, before[start:index], after[start:index], why)
            start = None


def _with_digits(text: str, worded: str, changes: list[Change]) -> Repaired:
    """The final text: digits written as such, the other changes moved to where they stand then."""
    spans = digits(worded)
    pieces: list[str] = []
    done: list[Change] = []
    at = length = 0
    moves: list[tuple[int, int]] = []
    for start, end, meant in spans:
        pieces += [worded[at:start], meant]
        length += start - at
        done.append(Change(length, length + len(meant), text[start:end], meant, "digits"))
        length += len(meant)
        at = end
        moves.append((end, length - end))
    pieces.append(worded[at:])
    for change in changes:
        if any(start < change.end and change.start < end for start, end, _ in spans):
            continue
        move = next((by for end, by in reversed(moves) if end <= change.start), 0)
        done.append(
            Change(
                change.start + move,
                change.end + move,
                text[change.start : change.end],
                change.meant,
                change.why,
            )
        )
    return Repaired("".join(pieces), tuple(sorted(done, key=lambda change: change.start)))


def _sentences(folder: Path) -> Iterator[str]:
    """What citizens say, from the catalogue's examples and phrases."""
    files = sorted((folder / "examples").glob("*.csv"))
    if not files:
        raise ContentError(
            f"{folder / 'examples'} holds no .csv file; restore the examples of the catalogue."
        )
    for path in files:
        yield from _cells(path, "text")
    yield from _cells(folder / "dangers.csv", "text")
    for path in (folder / "phrases.csv", folder / "kinds.csv"):
        for cell in _cells(path, "texts"):
            yield from read_list(cell, "|")


def _questions(folder: Path) -> Iterator[str]:
    """What citizens ask: titles, keywords and questions from the heads of the articles."""
    for path in sorted(folder.glob("*.md")):
        head = path.read_text(encoding="utf-8").split("---", 2)[1:2]
        for found in _HEAD_LINE.finditer("".join(head)):
            yield found["text"]


def _listed(content_dir: Path) -> Iterator[str]:
    """Words of the hotline and of the catalogue's categories."""
    for cell in _cells(content_dir / "speech" / "words.csv", "words"):
        yield from read_list(cell, "|")
    for cell in _cells(content_dir / "catalogue" / "categories.csv", "keywords"):
        yield from read_list(cell, ",")
    yield from _cells(content_dir / "catalogue" / "categories.csv", "name")


def _units(content_dir: Path) -> Iterator[str]:
    for _, row in read_rows(content_dir / "catalogue" / "units.csv"):
        try:
            names = (row["name"], *read_list(row["aliases"]))
        except KeyError as error:
            raise missing_column(content_dir / "catalogue" / "units.csv", error) from error
        yield from (plain for name in names if len(plain := _FILLED_IN.sub("", name)) >= 3)


def _cells(path: Path, column: str) -> Iterator[str]:
    for _, row in read_rows(path):
        try:
            yield row[column]
        except KeyError as error:
            raise missing_column(path, error) from error
