"""Reads the catalogue from the CSV files a clerk edits, and says file, row and cure where one is wrong."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

from bot.catalogue import (
    KINDS,
    LEAF_LEVEL,
    PLACE_FACT,
    Catalogue,
    Category,
    Danger,
    Example,
    Fact,
    Rule,
    Slot,
    Unit,
)
from bot.errors import ContentError

SEPARATOR = ";"

T = TypeVar("T")


def load_catalogue(content_dir: Path) -> Catalogue:
    """Read and check the folder ``catalogue`` of a city's content.

    Args:
        content_dir: The folder that holds ``catalogue/``.

    Raises:
        ContentError: a file is missing or unreadable, or a row refers to what does not exist.
    """
    folder = content_dir / "catalogue"
    categories = _unique(folder / "categories.csv", "code", _category)
    units = _unique(folder / "units.csv", "unit_id", _unit)
    slots = _unique(folder / "clarify_slots.csv", "slot", _slot)
    rules = _rules(folder / "dispatch_rules.csv")
    _check_rules(folder / "dispatch_rules.csv", rules, categories, units, slots)
    dangers = _dangers(folder, categories)
    facts = _facts(folder / "fact_signals.csv", slots, units, categories)
    phrases, usual_kind = _phrases(folder / "phrases.csv", categories)
    examples = (*phrases, *_complaints(folder / "examples.jsonl", categories))
    openings = _openings(folder / "kinds.csv")
    digest = hashlib.sha256()
    for path in sorted((*folder.glob("*.csv"), *folder.glob("*.jsonl"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return Catalogue(
        categories,
        units,
        rules,
        slots,
        dangers,
        facts,
        examples,
        usual_kind,
        openings,
        digest.hexdigest()[:12],
    )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their line numbers; a byte-order mark from a spreadsheet is harmless."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                if None in row or None in row.values():
                    raise ContentError(
                        f"{path.name}, line {reader.line_num}: the row has not as many cells as the heading;"
                        " put a cell that contains a comma in double quotes."
                    )
                yield reader.line_num, {key.strip(): value.strip() for key, value in row.items()}
    except OSError as error:
        raise ContentError(
            f"{path} cannot be read: {error.strerror}. Restore the file or set content_dir."
        ) from error
    except UnicodeDecodeError as error:
        raise ContentError(f"{path.name} is not UTF-8: save it as 'CSV UTF-8' in the spreadsheet.") from error


def _unique(path: Path, key: str, build: Callable[[dict[str, str]], T]) -> dict[str, T]:
    """The rows as values by their key column; a missing column or a doubled key is an error."""
    found: dict[str, T] = {}
    for line, row in _rows(path):
        try:
            name = row[key]
            value = build(row)
        except KeyError as error:
            raise ContentError(
                f"{path.name}: the column {error} is missing; restore the heading row."
            ) from error
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


def _list(cell: str, separator: str = SEPARATOR) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(separator) if part.strip())


def _category(row: dict[str, str]) -> Category:
    if not re.fullmatch(r"\d{6}", row["code"]):
        raise ValueError(f"code {row['code']!r} is not six digits; format the column as text")
    return Category(
        code=row["code"],
        level=int(row["level"]),
        name=row["name"],
        parent=row["parent"],
        path=row["path"],
        kind_hints=_list(row["kind_hints"], ","),
        urgency=row["urgency_default"] or "S2",
        seasonal=row["seasonal"],
        keywords=_list(row["keywords"], ","),
    )


def _unit(row: dict[str, str]) -> Unit:
    return Unit(
        id=row["unit_id"],
        name=row["name"],
        aliases=_list(row["aliases"]),
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
    for line, row in _rows(path):
        try:
            rule = _rule(row)
        except KeyError as error:
            raise ContentError(
                f"{path.name}: the column {error} is missing; restore the heading row."
            ) from error
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
        assist=_list(row["assist_unit_ids"]),
        fallback=row["fallback_unit_id"],
        fact_routes=row["fact_routes"],
        basis=row["legal_basis"],
        basis_quality=row["confidence"],
        clarify=_list(row["clarify_slots"]),
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


def _dangers(folder: Path, categories: dict[str, Category]) -> tuple[Danger, ...]:
    """The dangers of ``emergencies.csv`` with the wordings of ``emergency_patterns.csv``."""
    patterns: dict[str, tuple[list[re.Pattern[str]], list[re.Pattern[str]]]] = {}
    source = folder / "emergency_patterns.csv"
    for line, row in _rows(source):
        try:
            said = re.compile(row["pattern"])
            unless = re.compile(row["unless"]) if row["unless"] else None
        except re.error as error:
            raise ContentError(f"{source.name}, line {line}: {error}; correct the pattern.") from error
        both = patterns.setdefault(row["id"], ([], []))
        both[0].append(said)
        both[1].append(unless or re.compile(r"(?!)"))
    found = []
    for line, row in _rows(folder / "emergencies.csv"):
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
    for line, row in _rows(path):
        if row["slot"] not in slots and row["slot"] != PLACE_FACT:
            raise ContentError(
                f"{path.name}, line {line}: question {row['slot']} is not in clarify_slots.csv."
            )
        for unit in _list(f"{row['lead']};{row['assist']}"):
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
                _list(row["categories"]),
                row["lead"],
                _list(row["assist"]),
                row["category"],
                asked,
            )
        )
    return tuple(found)


def _phrases(path: Path, categories: dict[str, Category]) -> tuple[list[Example], dict[str, str]]:
    """Phrasings and the usual kind of each leaf; the file may be absent, an unknown code may not."""
    found: list[Example] = []
    kinds: dict[str, str] = {}
    if not path.exists():
        return found, kinds
    for line, row in _rows(path):
        category = categories.get(row["category_code"])
        if category is None or category.level != LEAF_LEVEL:
            raise ContentError(
                f"{path.name}, line {line}: {row['category_code']} is not a leaf of categories.csv."
            )
        if row["kind"]:
            kinds[category.code] = row["kind"]
        found.extend(Example(category.code, text) for text in _list(row["texts"], "|"))
    return found, kinds


def _openings(path: Path) -> tuple[Example, ...]:
    """Short messages by their kind, such as citizens begin with; the file may be absent, an unknown kind may not."""
    if not path.exists():
        return ()
    found: list[Example] = []
    for line, row in _rows(path):
        if row["kind"] not in KINDS:
            raise ContentError(f"{path.name}, line {line}: {row['kind']} is none of {'、'.join(KINDS)}.")
        found.extend(Example("", text, row["kind"]) for text in _list(row["texts"], "|"))
    return tuple(found)


def _complaints(path: Path, categories: dict[str, Category]) -> list[Example]:
    """Labelled complaints, one JSON object a line: ``{"text", "category", "kind"}``; the file may be absent."""
    found: list[Example] = []
    if not path.exists():
        return found
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(text)
            example = Example(row["category"], row["text"], row["kind"], real=True)
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ContentError(
                f"{path.name}, line {line}: not an object with text, category and kind."
            ) from error
        if example.category not in categories:
            raise ContentError(f"{path.name}, line {line}: {example.category} is not in categories.csv.")
        found.append(example)
    return found
