"""The city's place names, loaded once from ``content/gazetteer`` and found in a text in one pass."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import ahocorasick

from bot.errors import ContentError
from bot.settings import get_settings

Kind = Literal[
    "district", "district_stem", "street", "street_stem", "community", "area", "landmark", "road", "elsewhere"
]
_LANDMARK_KINDS: dict[str, Kind] = {
    "district": "district",
    "zone": "street",
    "area": "area",
    "station": "landmark",
    "airport": "landmark",
    "park": "landmark",
    "poi": "landmark",
    "road": "road",
    "elsewhere": "elsewhere",
}
# A street's own name in all the forms that people put behind its stem.
_STREET_FORMS = ("街道", "地区", "街道办", "街道办事处", "地区办事处", "办事处")
# Stems that end like a road yet are spoken of as an area.
_AREA_STEMS = frozenset({"金融街", "和平街", "牛街", "金顶街"})
_NUMBERED_NAME = re.compile(r"(?P<base>.{4,}(?<!大院)(?<!宿舍)(?<!小区)(?<!家属院))第[一二三四五六七八九十]+")
_QUARTERED = ("苑", "园", "里", "庄", "城", "湾")
_MUNICIPALITIES = frozenset({"天津", "上海", "重庆"})


# Names such as SOHO are found in any case; one character stays one character.
_UPPER = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one name can mean.

    Attributes:
        name: The official name: of the district, street, community or landmark.
        kind: What it is; ``*_stem`` is the short form that people say.
        district: Its district's official name; a province or city for ``elsewhere``.
        street: Its street's official name, None when it lies across several or is not known.
    """

    name: str
    kind: Kind
    district: str
    street: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in a text: the half-open span and all it can mean."""

    start: int
    end: int
    entries: tuple[Entry, ...]


class Gazetteer:
    """All names of one city.

    Args:
        folder: Holds ``districts.csv``, ``streets.csv``, ``communities.csv``, ``landmarks.csv``,
            ``everyday.csv`` and ``elsewhere.csv``.

    Raises:
        ContentError: A file is missing, a column is missing, or a row names a district or street that does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._names: dict[str, list[Entry]] = {}
        self.districts: dict[str, str] = {}
        self.streets: dict[tuple[str, str], Entry] = {}
        self.communities: list[Entry] = []
        self._load(folder)
        self.everyday = frozenset(row["name"] for row in _rows(folder / "everyday.csv", ("name",)))
        automaton = ahocorasick.Automaton()
        for name, entries in self._names.items():
            automaton.add_word(name.translate(_UPPER), (len(name), tuple(dict.fromkeys(entries))))
        automaton.make_automaton()
        self._automaton = automaton

    def _load(self, folder: Path) -> None:
        for row in _rows(folder / "districts.csv", ("name", "stem")):
            self.districts[row["name"]] = row["stem"]
            self._add(row["name"], Entry(row["name"], "district", row["name"]))
            self._add(row["stem"], Entry(row["name"], "district_stem", row["name"]))
        for row in _rows(folder / "streets.csv", ("name", "stem", "district", "aliases")):
            self._known(folder / "streets.csv", row, street=False)
            entry = Entry(row["name"], "street", row["district"], row["name"])
            self.streets[row["name"], row["district"]] = entry
            forms = {row["name"], *(alias for alias in row["aliases"].split(";") if alias)}
            forms |= {row["stem"] + form for form in _STREET_FORMS}
            for form in sorted(forms):
                self._add(form, entry)
            if row["stem"] != row["name"]:
                self._add(row["stem"], Entry(row["name"], "street_stem", row["district"], row["name"]))
        for row in _rows(folder / "communities.csv", ("name", "kind", "street", "district")):
            self._known(folder / "communities.csv", row, street=True)
            entry = Entry(row["name"], "community", row["district"], row["street"])
            self.communities.append(entry)
            self._add(row["name"], entry)
            if not row["name"].endswith(row["kind"]):
                self._add(row["name"] + row["kind"], entry)  # 景泰 alone may be anything, 景泰社区 is one
        self._add_numbered()
        for row in _rows(folder / "landmarks.csv", ("name", "kind", "district", "street")):
            kind = _LANDMARK_KINDS.get(row["kind"])
            if kind is None:
                raise ContentError(f"{folder / 'landmarks.csv'}: {row['name']}: unknown kind {row['kind']!r}")
            if kind != "elsewhere":
                self._known(folder / "landmarks.csv", row, street=bool(row["street"]))
            official = (
                row["district"] if kind == "district" else row["street"] if kind == "street" else row["name"]
            )
            self._add(row["name"], Entry(official, kind, row["district"], row["street"] or None))
        for row in _rows(folder / "elsewhere.csv", ("name", "stem", "level")):
            for form in {row["name"], row["stem"]}:
                self._add(form, Entry(row["name"], "elsewhere", row["name"]))

    def _add_numbered(self) -> None:
        """What people call 天通西苑第三社区: 天通西苑三区, and all of the same name 天通西苑.

        The short name tells the street only where all of them lie in one, and the district where they do in that.
        """
        owners: dict[str, list[Entry]] = {}
        for entry in self.communities:
            if numbered := _NUMBERED_NAME.fullmatch(entry.name):
                owners.setdefault(numbered["base"], []).append(entry)
                quarter = f"{numbered['base']}{entry.name[len(numbered['base']) + 1 :]}区"
                if numbered["base"].endswith(_QUARTERED) and quarter not in self._names:
                    self._add(quarter, entry)
        for base, entries in owners.items():
            if base in self._names or len({entry.district for entry in entries}) > 1:
                continue
            one_street = len({entry.street for entry in entries}) == 1
            self._add(base, entries[0] if one_street else replace(entries[0], name=base, street=None))

    def _known(self, file: Path, row: dict[str, str], *, street: bool) -> None:
        if row["district"] not in self.districts:
            raise ContentError(f"{file}: {row['name']}: no district {row['district']!r} in districts.csv")
        if street and (row["street"], row["district"]) not in self.streets:
            raise ContentError(
                f"{file}: {row['name']}: no street {row['street']!r} of {row['district']} in streets.csv"
            )

    def _add(self, name: str, entry: Entry) -> None:
        self._names.setdefault(name, []).append(entry)

    def find(self, text: str) -> Iterator[Hit]:
        """Every name in ``text``, overlapping ones too, in the order of their ends."""
        for last, (length, entries) in self._automaton.iter(text.translate(_UPPER)):
            yield Hit(last + 1 - length, last + 1, entries)

    def meanings(self, name: str) -> tuple[Entry, ...]:
        """All that ``name`` can mean; empty when it is not known."""
        return tuple(self._names.get(name, ()))

    def names(self) -> Iterator[tuple[str, tuple[Entry, ...]]]:
        """All names with their meanings."""
        for name, entries in self._names.items():
            yield name, tuple(entries)


def is_road_like(stem: str) -> bool:
    """Whether a street's stem is first of all the name of a road (学院路), so that the stem alone says little."""
    return stem not in _AREA_STEMS and stem.endswith(("路", "街"))


def _rows(file: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except OSError as error:
        raise ContentError(f"{file} cannot be read; build it with content/gazetteer/build.py") from error
    for number, row in enumerate(rows, start=2):
        missing = [column for column in columns if row.get(column) is None]
        if missing:
            raise ContentError(f"{file}, line {number}: column {missing[0]!r} is missing")
    return rows


@lru_cache(maxsize=1)
def get_gazetteer() -> Gazetteer:
    """The gazetteer of this process, from ``content/gazetteer``."""
    return Gazetteer(get_settings().content_dir / "gazetteer")
