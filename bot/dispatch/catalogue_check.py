"""``suda catalogue check``: every slip in the catalogue's files at once, with file, line and cure.

The loader (:mod:`bot.catalogue.files`) stops at the first slip, which is right at start and tiresome for who edits. What
has no errors here can be loaded: the check ends by loading it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

from bot.catalogue import KINDS, LEAF_LEVEL, PLACE_FACT
from bot.catalogue.files import load_catalogue
from bot.catalogue.lessons import VOICES
from bot.dispatch.catalogue_rows import Finding, Row, Table, read_complaints, read_table
from bot.dispatch.catalogue_units import check_units, reachable, routed
from bot.dispatch.decision import DispatchKind
from bot.errors import ContentError

TOGETHER = "联合双派"
_SOURCES: dict[str, tuple[str, ...]] = {
    "categories.csv": ("code", "level", "name", "parent", "path"),
    "units.csv": ("unit_id", "name", "level", "is_template", "parent"),
    "clarify_slots.csv": ("slot", "question"),
    "dispatch_rules.csv": (
        "category_code",
        "dispatch_kind",
        "lead_unit_id",
        "assist_unit_ids",
        "fallback_unit_id",
        "fact_routes",
        "legal_basis",
        "clarify_slots",
    ),
    "emergencies.csv": ("id", "polarity", "category_code", "call"),
    "emergency_patterns.csv": ("id", "pattern", "unless"),
    "fact_signals.csv": ("slot", "answer", "pattern", "asked", "categories", "lead", "assist", "category"),
}
_OPTIONAL: dict[str, tuple[str, ...]] = {
    "phrases.csv": ("category_code", "kind", "texts"),
    "kinds.csv": ("kind", "texts"),
}


EXAMPLE = ("category_code", "scene", "kind", "voice", "text")
ENOUGH = 12
"""Examples a leaf should have to be recognised."""


def _examples(folder: Path) -> list[Path]:
    return sorted((folder / "examples").glob("*.csv"))


@dataclass(frozen=True, slots=True)
class _Files:
    """All files of the folder."""

    tables: dict[str, Table]

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]


def check_catalogue(content_dir: Path) -> tuple[Finding, ...]:
    """What is wrong in ``content_dir/catalogue``, by file and line; nothing is changed, nothing raised.

    Args:
        content_dir: The folder that holds ``catalogue/``.
    """
    folder = content_dir / "catalogue"
    files = _Files(
        {name: read_table(folder, name, columns) for name, columns in _SOURCES.items()}
        | {name: read_table(folder, name, columns, optional=True) for name, columns in _OPTIONAL.items()}
        | {"complaints.jsonl": read_complaints(folder, "complaints.jsonl")}
        | {
            f"examples/{path.name}": read_table(folder, f"examples/{path.name}", EXAMPLE)
            for path in _examples(folder)
        }
    )
    found = {finding for table in files.tables.values() for finding in table.findings}
    unread = {finding.file for finding in found if finding.line <= 1}
    if unread & set(_SOURCES):
        # Every reference into a file that cannot be read would be told as broken.
        return tuple(sorted(found))
    for part in _PARTS:
        found.update(part(files))
    if not any(finding.severity == "error" for finding in found):
        try:
            load_catalogue(content_dir)
        except ContentError as error:
            found.add(Finding("catalogue", 0, "error", str(error), "correct what it names"))
    return tuple(sorted(found))


def _categories(files: _Files) -> Iterator[Finding]:
    table = files["categories.csv"]
    by_code = table.by("code")
    yield from _doubled(table, "code")
    for row in table.rows:
        code, parent = row["code"], row["parent"]
        if not re.fullmatch(r"\d{6}", code):
            yield table.error(row, f"code {code} is not six digits", "format the column as text")
        if row["level"] not in ("1", "2", "3"):
            yield table.error(row, f"level {row['level']!r} of {code} is none of 1, 2, 3", "correct it")
        elif row["level"] != "1" and parent not in by_code:
            yield table.error(
                row, f"parent {parent or '(empty)'} of {code} is no category", "name the level above"
            )
        elif row["level"] != "1" and by_code[parent]["level"] != str(int(row["level"]) - 1):
            yield table.error(
                row,
                f"parent {parent} of {code} is of level {by_code[parent]['level']}",
                "name the level right above",
            )


def _units(files: _Files) -> Iterator[Finding]:
    table = files["units.csv"]
    yield from _doubled(table, "unit_id")
    yield from _doubled(files["clarify_slots.csv"], "slot")
    yield from check_units(table)
    reached = reachable(
        table, files["dispatch_rules.csv"], files["fact_signals.csv"], files["emergencies.csv"]
    )
    for row in table.rows:
        if row["unit_id"] not in reached:
            yield table.warning(
                row,
                f"no rule can reach {row['unit_id']} {row['name']}",
                "name it in a rule or in fact_signals.csv, or delete the row",
            )


def _rules(files: _Files) -> Iterator[Finding]:
    table = files["dispatch_rules.csv"]
    units, slots = files["units.csv"].by("unit_id"), files["clarify_slots.csv"].by("slot")
    categories = files["categories.csv"].by("code")
    yield from _days(table)
    for row in table.rows:
        code, lead, assist = row["category_code"], row["lead_unit_id"], row.items("assist_unit_ids")
        if code not in categories:
            yield table.error(row, f"category {code} is not in categories.csv", "correct or delete the row")
        if not lead:
            yield table.error(row, f"{code} has no lead unit", "fill it: every matter has exactly one")
        for unit in row.items("lead_unit_id", "assist_unit_ids", "fallback_unit_id"):
            if unit not in units:
                yield table.error(row, f"unit {unit} of {code} is not in units.csv", "add or correct it")
        for slot in row.items("clarify_slots"):
            if slot not in slots:
                yield table.error(
                    row, f"question {slot} of {code} is not in clarify_slots.csv", "add or correct it"
                )
        if not row["legal_basis"]:
            yield table.error(
                row, f"{code} has no legal basis", "cite the rule that makes the lead responsible"
            )
        if row["dispatch_kind"] not in get_args(DispatchKind):
            yield table.error(
                row,
                f"dispatch_kind {row['dispatch_kind']!r} of {code} is unknown",
                f"use one of {'、'.join(get_args(DispatchKind))}",
            )
        if row["dispatch_kind"] == TOGETHER and not assist:
            yield table.error(
                row, f"{code} is {TOGETHER} with one unit", "name the second in assist_unit_ids"
            )
        if lead and lead in assist:
            yield table.error(
                row, f"{lead} both leads and assists in {code}", "delete it from assist_unit_ids"
            )
        yield from _routes(table, row, units, categories)
        if row["lead_unit"] and lead in units and row["lead_unit"] != units[lead]["name"]:
            yield table.warning(
                row,
                f"lead_unit {row['lead_unit']} is not the name of {lead} ({units[lead]['name']})",
                "the id counts: correct whichever is wrong",
            )


def _days(table: Table) -> Iterator[Finding]:
    """Days that are none, and two rules that would judge the same category from the same day."""
    first: dict[tuple[str, str], Row] = {}
    for row in table.rows:
        code, day = row["category_code"], row["effective_from"]
        try:
            date.fromisoformat(day or "2000-01-01")
        except ValueError:
            yield table.error(row, f"effective_from {day!r} of {code} is no day", "write it as 2027-01-01")
        if (before := first.setdefault((code, day), row)) is not row:
            yield table.error(
                row,
                f"ambiguous: {code} has a rule in line {before.line} already",
                "delete one of the rows, or say from which day it holds in effective_from",
            )


def _routes(table: Table, row: Row, units: dict[str, Row], categories: dict[str, Row]) -> Iterator[Finding]:
    code = row["category_code"]
    targets = routed(row["fact_routes"])
    for unit in targets.units:
        if unit not in units:
            yield table.error(row, f"fact_routes of {code} leads to {unit}, no unit", "add or correct it")
    for beginning in targets.categories:
        if not any(known.startswith(beginning) for known in categories):
            yield table.error(
                row, f"fact_routes of {code} leads to {beginning}, no category", "add or correct it"
            )
    for clause in targets.without_arrow:
        yield table.warning(
            row, f"fact_routes of {code}: {clause!r} has no →, so it is never read", "write answer→unit"
        )


def _leaves(files: _Files) -> Iterator[Finding]:
    table, ruled = files["categories.csv"], files["dispatch_rules.csv"].by("category_code")
    always = {row["category_code"] for row in files["dispatch_rules.csv"].rows if not row["effective_from"]}
    for row in table.rows:
        above = row["code"][:4] + "00"
        if row["level"] == str(LEAF_LEVEL) and row["code"] not in ruled and above not in ruled:
            yield table.error(
                row,
                f"leaf {row['code']} {row['path']} has no rule",
                f"add a row to dispatch_rules.csv for it or for {above}",
            )
        elif row["level"] == str(LEAF_LEVEL) and not {row["code"], above} & always:
            yield table.error(
                row,
                f"leaf {row['code']} {row['path']} has no rule before its first effective_from",
                "leave the row that holds until then, with an empty effective_from",
            )


def _dangers(files: _Files) -> Iterator[Finding]:
    table, patterns = files["emergencies.csv"], files["emergency_patterns.csv"]
    categories, worded = files["categories.csv"].by("code"), patterns.by("id")
    known = {row["id"] for row in table.rows if row["polarity"] == "positive"}
    yield from _doubled(table, "id")
    for row in table.rows:
        code = row["category_code"]
        if code not in categories and (code or row["id"] in known):
            yield table.error(
                row, f"category {code or '(empty)'} of {row['id']} is not in categories.csv", "correct it"
            )
        if row["id"] in known and row["id"] not in worded:
            yield table.error(row, f"{row['id']} has no row in {patterns.name}", "add its wordings")
        for begins in (row.get("grows_from") or "*").split("/"):
            if begins != "*" and not any(code.startswith(begins) for code in categories):
                yield table.error(row, f"no category begins with {begins}", "correct grows_from, or write *")
    for row in patterns.rows:
        if row["id"] not in known:
            yield patterns.error(
                row, f"{row['id']} is no danger of emergencies.csv", "add it or delete the row"
            )
        yield from _pattern(patterns, row, "pattern")
        yield from _pattern(patterns, row, "unless")


def _facts(files: _Files) -> Iterator[Finding]:
    table = files["fact_signals.csv"]
    units, slots = files["units.csv"].by("unit_id"), files["clarify_slots.csv"].by("slot")
    categories = files["categories.csv"].by("code")
    for row in table.rows:
        if row["slot"] not in slots and row["slot"] != PLACE_FACT:
            yield table.error(row, f"question {row['slot']} is not in clarify_slots.csv", "add or correct it")
        if row["category"] and row["category"] not in categories:
            yield table.error(
                row, f"category {row['category']} is not in categories.csv", "correct or delete it"
            )
        if row["lead"] and row["category"]:
            yield table.error(
                row,
                "lead and category are both filled",
                "keep one: a unit, or the category whose rule decides",
            )
        for unit in row.items("lead", "assist"):
            if unit not in units:
                yield table.error(row, f"unit {unit} is not in units.csv", "add or correct it")
        for beginning in row.items("categories"):
            if not any(code.startswith(beginning) for code in categories):
                yield table.error(row, f"no category begins with {beginning}", "correct or delete it")
        yield from _pattern(table, row, "pattern")
        yield from _pattern(table, row, "asked")
        if (row["lead"] or row["category"]) and not _asked_by_a_rule(files, row):
            yield table.warning(
                row,
                f"no rule of its categories asks {row['slot']}, so the answer decides nothing",
                "name the question in clarify_slots of the rule, or correct the categories",
            )


def _asked_by_a_rule(files: _Files, fact: Row) -> bool:
    beginnings = fact.items("categories")
    return fact["slot"] == PLACE_FACT or any(
        fact["slot"] in rule.items("clarify_slots")
        and (not beginnings or rule["category_code"].startswith(beginnings))
        for rule in files["dispatch_rules.csv"].rows
    )


def _phrases(files: _Files) -> Iterator[Finding]:
    table, categories = files["phrases.csv"], files["categories.csv"].by("code")
    for row in table.rows:
        category = categories.get(row["category_code"])
        if category is None or category["level"] != str(LEAF_LEVEL):
            yield table.error(
                row, f"{row['category_code']} is not a leaf of categories.csv", "correct or delete the row"
            )
        if row["kind"] and row["kind"] not in KINDS:
            yield table.error(row, f"kind {row['kind']} is unknown", f"use one of {'、'.join(KINDS)}")


def _kinds(files: _Files) -> Iterator[Finding]:
    table = files["kinds.csv"]
    for row in table.rows:
        if row["kind"] not in KINDS:
            yield table.error(row, f"kind {row['kind']} is unknown", f"use one of {'、'.join(KINDS)}")


def _complaints(files: _Files) -> Iterator[Finding]:
    table, categories = files["complaints.jsonl"], files["categories.csv"].by("code")
    for row in table.rows:
        if row["category"] not in categories:
            yield table.error(row, f"category {row['category']} is not in categories.csv", "correct it")


def _taught(files: _Files) -> Iterator[Finding]:
    """The examples: leaves, kinds and voices that exist, no sentence for two leaves, enough for each leaf."""
    leaves = {row["code"]: row for row in files["categories.csv"].rows if row["level"] == str(LEAF_LEVEL)}
    tables = [table for name, table in files.tables.items() if name.startswith("examples/")]
    counts: Counter[str] = Counter()
    first: dict[str, tuple[str, int, str]] = {}
    for table in tables:
        for row in table.rows:
            code, text = row["category_code"], row["text"]
            counts[code] += 1
            if code not in leaves:
                yield table.error(row, f"{code} is not a leaf of categories.csv", "correct or delete the row")
            if row["kind"] not in KINDS:
                yield table.error(row, f"kind {row['kind']} is unknown", f"use one of {'、'.join(KINDS)}")
            if row["voice"] and row["voice"] not in VOICES:
                yield table.error(row, f"voice {row['voice']} is unknown", f"use one of {', '.join(VOICES)}")
            if not text:
                yield table.error(row, "text is empty", "fill it or delete the row")
            before = first.setdefault(text, (table.name, row.line, code))
            if before[2] != code:
                yield table.warning(
                    row,
                    f"the same sentence stands in {before[0]}, line {before[1]} for {before[2]}",
                    "keep it where it belongs",
                )
    for code, row in leaves.items() if tables else ():
        if counts[code] < ENOUGH:
            yield files["categories.csv"].warning(
                row, f"{code} {row['path']} has {counts[code]} examples", f"write {ENOUGH} in examples/"
            )


_PARTS = (
    _categories,
    _units,
    _rules,
    _leaves,
    _dangers,
    _facts,
    _phrases,
    _kinds,
    _complaints,
    _taught,
)


def _again(table: Table, column: str) -> Iterator[tuple[Row, Row]]:
    """The rows whose key another row before them has, with that row."""
    first = table.by(column)
    return ((row, first[row[column]]) for row in table.rows if first[row[column]] is not row)


def _doubled(table: Table, column: str) -> Iterator[Finding]:
    for row, first in _again(table, column):
        yield table.error(
            row, f"{column} {row[column]} stands in line {first.line} already", "delete one of the rows"
        )


def _pattern(table: Table, row: Row, column: str) -> Iterator[Finding]:
    try:
        re.compile(row[column])
    except re.error as error:
        yield table.error(row, f"{column} is no regular expression: {error}", "correct it")
