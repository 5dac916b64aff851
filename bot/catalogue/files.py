"""Reads the catalogue from the CSV files a clerk edits, and says file, row and cure where one is wrong."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TypeVar

from bot.catalogue import LEAF_LEVEL, PLACE_FACT, Catalogue, Category, Danger, Fact, Rule, Slot, Unit
from bot.catalogue.lessons import load_lessons
from bot.catalogue.rows import missing_column, read_list, read_rows
from bot.errors import ContentError

JUDGING = (
    "categories.csv",
    "clarify_slots.csv",
    "dispatch_rules.csv",
    "emergencies.csv",
    "emergency_patterns.csv",
    "fact_signals.csv",
    "units.csv",
)
"""The files that judge a case; their version is kept with it. What teaches the models (examples) changes no rule."""

T = TypeVar("T")


def load_catalogue(content_dir: Path) -> Catalogue:
    """Read and check the folder ``catalogue`` of a city's content.

    Args:
        content_dir: The folder that holds ``catalogue/``.

    Raises:
        ContentError: a file is missing or unreadable, or a row refers to what does not exist.
    """
    folder = content_dir / "catalogue"
    categories = load_categories(content_dir)
    units = _unique(folder / "units.csv", "unit_id", _unit)
    slots = load_slots(content_dir)
    rules = _rules(folder / "dispatch_rules.csv")
    _check_rules(folder / "dispatch_rules.csv", rules, categories, units, slots)
    dangers = _dangers(folder, categories)
    facts = _facts(folder / "fact_signals.csv", slots, units, categories)
    return Catalogue(
        categories,
        units,
        rules,
        slots,
        dangers,
        facts,
        load_lessons(folder, categories),
        _version(folder / name for name in JUDGING),
    )


def load_categories(content_dir: Path) -> dict[str, Category]:
    """The categories by code: for who only names them.

    Raises:
        ContentError: The file is missing or unreadable, or a row is wrong.
    """
    return _unique(content_dir / "catalogue" / "categories.csv", "code", _category)


def load_slots(content_dir: Path) -> dict[str, Slot]:
    """The clarifying questions by id: for who only puts them.

    Raises:
        ContentError: The file is missing or unreadable, or a row is wrong.
    """
    return _unique(content_dir / "catalogue" / "clarify_slots.csv", "slot", _slot)


def _version(paths: Iterable[Path]) -> str:
    """A digest that changes with any byte of the files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _unique(path: Path, key: str, build: Callable[[dict[str, str]], T]) -> dict[str, T]:
    """The rows as values by their key column; a missing column or a doubled key is an error."""
    found: dict[str, T] = {}
    for line, row in read_rows(path):
        try:
            name = row[key]
            value = build(row)
        except KeyError as error:
            raise missing_column(path, error) from error
        except ValueError as error:
            raise ContentError(f"{path.name}, line {line}: {error}.") from error
        if not name:
            raise ContentError(f"{path.name}, line {line}: {key} is empty; fill it or delete the row.")
        if name in found:
            raise ContentError(
                f"{path.name}, line {line}: {key} {name} stands twice; delete one of the rows."
            )
        found[name] = value
    if not found:
        raise ContentError(f"{path.name} has no rows; restore the file.")
    return found


def _category(row: dict[str, str]) -> Category:
    if not re.fullmatch(r"\d{6}", row["code"]):
        raise ValueError(f"code {row['code']!r} is not six digits; format the column as text")
    return Category(
        code=row["code"],
        level=int(row["level"]),
        name=row["name"],
        parent=row["parent"],
        path=row["path"],
        kind_hints=read_list(row["kind_hints"], ","),
        urgency=row["urgency_default"] or "S2",
        seasonal=row["seasonal"],
        keywords=read_list(row["keywords"], ","),
    )


def _unit(row: dict[str, str]) -> Unit:
    return Unit(
        id=row["unit_id"],
        name=row["name"],
        aliases=read_list(row["aliases"]),
        level=row["level"],
        is_template=row["is_template"] == "1",
        phone=row["phone"],
        parent=row["parent"],
    )


def _slot(row: dict[str, str]) -> Slot:
    return Slot(id=row["slot"], question=row["question"], answers=row["answer_kind"], effect=row["effect"])


def _rules(path: Path) -> dict[str, tuple[Rule, ...]]:
    """The rows of each category, the oldest first; one row a category and day."""
    found: dict[str, dict[date, Rule]] = {}
    for line, row in read_rows(path):
        try:
            rule = _rule(row)
        except KeyError as error:
            raise missing_column(path, error) from error
        except ValueError as error:
            raise ContentError(f"{path.name}, line {line}: {error}.") from error
        if not rule.category:
            raise ContentError(
                f"{path.name}, line {line}: category_code is empty; fill it or delete the row."
            )
        if rule.effective_from in found.setdefault(rule.category, {}):
            raise ContentError(
                f"{path.name}, line {line}: {rule.category} has two rules from the same day;"
                " delete one or give it another effective_from."
            )
        found[rule.category][rule.effective_from] = rule
    if not found:
        raise ContentError(f"{path.name} has no rows; restore the file.")
    return {code: tuple(by_day[day] for day in sorted(by_day)) for code, by_day in found.items()}


def _day(cell: str) -> date:
    try:
        return date.fromisoformat(cell) if cell else date.min
    except ValueError as error:
        raise ValueError(f"effective_from {cell!r} is no day such as 2027-01-01") from error


def _rule(row: dict[str, str]) -> Rule:
    return Rule(
        category=row["category_code"],
        kind=row["dispatch_kind"],
        lead=row["lead_unit_id"],
        assist=read_list(row["assist_unit_ids"]),
        fallback=row["fallback_unit_id"],
        fact_routes=row["fact_routes"],
        basis=row["legal_basis"],
        basis_quality=row["confidence"],
        clarify=read_list(row["clarify_slots"]),
        notes=row["notes"],
        effective_from=_day(row.get("effective_from", "")),
    )


def _check_rules(
    path: Path,
    rules: dict[str, tuple[Rule, ...]],
    categories: dict[str, Category],
    units: dict[str, Unit],
    slots: dict[str, Slot],
) -> None:
    for rule in (rule for rows in rules.values() for rule in rows):
        code = rule.category
        if code not in categories:
            raise ContentError(
                f"{path.name}, category {code}: not in categories.csv; correct the code or delete the row."
            )
        if not rule.lead:
            raise ContentError(f"{path.name}, category {code}: no lead unit; every matter has exactly one.")
        for unit in (rule.lead, *rule.assist, *((rule.fallback,) if rule.fallback else ())):
            if unit not in units:
                raise ContentError(
                    f"{path.name}, category {code}: unit {unit} is not in units.csv; add or correct it."
                )
        for slot in rule.clarify:
            if slot not in slots:
                raise ContentError(
                    f"{path.name}, category {code}: question {slot} is not in clarify_slots.csv."
                )
    for code, category in categories.items():
        if category.level == LEAF_LEVEL and code not in rules and code[:4] + "00" not in rules:
            raise ContentError(
                f"{path.name}: no rule for {code} {category.path}; add a row for it or for {code[:4]}00."
            )


def _grows_from(line: int, row: dict[str, str], categories: dict[str, Category]) -> tuple[str, ...]:
    """The beginnings of codes in ``grows_from``; none for ``*`` and for files from before there was such a column."""
    said = (row.get("grows_from") or "*").split("/")
    for code in said:
        if code != "*" and not any(known.startswith(code) for known in categories):
            raise ContentError(
                f"emergencies.csv, line {line}: no category begins with {code}; correct grows_from, or write *."
            )
    return () if "*" in said else tuple(said)


def _dangers(folder: Path, categories: dict[str, Category]) -> tuple[Danger, ...]:
    """The dangers of ``emergencies.csv`` with the wordings of ``emergency_patterns.csv``."""
    patterns: dict[str, tuple[list[re.Pattern[str]], list[re.Pattern[str]]]] = {}
    source = folder / "emergency_patterns.csv"
    for line, row in read_rows(source):
        try:
            said = re.compile(row["pattern"])
            unless = re.compile(row["unless"]) if row["unless"] else None
        except re.error as error:
            raise ContentError(f"{source.name}, line {line}: {error}; correct the pattern.") from error
        both = patterns.setdefault(row["id"], ([], []))
        both[0].append(said)
        both[1].append(unless or re.compile(r"(?!)"))
    found = []
    for line, row in read_rows(folder / "emergencies.csv"):
        if row["polarity"] != "positive":
            continue
        if row["category_code"] not in categories:
            raise ContentError(
                f"emergencies.csv, line {line}: category {row['category_code']} is not in categories.csv."
            )
        said_unless = patterns.pop(row["id"], None)
        if said_unless is None:
            raise ContentError(
                f"emergencies.csv, line {line}: {row['id']} has no row in {source.name}; add its wordings."
            )
        found.append(
            Danger(
                id=row["id"],
                name=row["class"],
                category=row["category_code"],
                call=row["call"],
                advice=row["advice_to_citizen"],
                patterns=tuple(said_unless[0]),
                unless=tuple(said_unless[1]),
                grows_from=_grows_from(line, row, categories),
            )
        )
    if patterns:
        raise ContentError(
            f"{source.name}: {', '.join(sorted(patterns))} is not in emergencies.csv; add or delete it."
        )
    return tuple(found)


def _facts(
    path: Path, slots: dict[str, Slot], units: dict[str, Unit], categories: dict[str, Category]
) -> tuple[Fact, ...]:
    found = []
    for line, row in read_rows(path):
        if row["slot"] not in slots and row["slot"] != PLACE_FACT:
            raise ContentError(
                f"{path.name}, line {line}: question {row['slot']} is not in clarify_slots.csv."
            )
        for unit in read_list(f"{row['lead']};{row['assist']}"):
            if unit not in units:
                raise ContentError(
                    f"{path.name}, line {line}: unit {unit} is not in units.csv; add or correct it."
                )
        if row["category"] and row["category"] not in categories:
            raise ContentError(
                f"{path.name}, line {line}: category {row['category']} is not in categories.csv."
            )
        try:
            # An empty cell means "only when asked", not "always".
            pattern = re.compile(row["pattern"] or "(?!)")
            asked = re.compile(row["asked"]) if row["asked"] else None
        except re.error as error:
            raise ContentError(f"{path.name}, line {line}: {error}; correct the pattern.") from error
        found.append(
            Fact(
                row["slot"],
                row["answer"],
                pattern,
                read_list(row["categories"]),
                row["lead"],
                read_list(row["assist"]),
                row["category"],
                asked,
            )
        )
    return tuple(found)
