"""Slips in what is recognised by words: dangers, facts, phrases, labelled complaints, examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.catalogue import KINDS, LEAF_LEVEL, PLACE_FACT
from bot.catalogue.lessons import VOICES
from bot.dispatch.catalogue_rows import Files, Finding, Row, doubled, pattern

ENOUGH = 12
"""Examples a leaf should have to be recognised."""


def dangers(files: Files) -> Iterator[Finding]:
    """Dangers, the matters they may come out of, and their wordings."""
    table, patterns = files["emergencies.csv"], files["emergency_patterns.csv"]
    categories, worded = files["categories.csv"].by("code"), patterns.by("id")
    known = {row["id"] for row in table.rows if row["polarity"] == "positive"}
    yield from doubled(table, "id")
    for row in table.rows:
        code = row["category_code"]
        if code not in categories and (code or row["id"] in known):
            yield table.error(
                row, f"category {code or '(empty)'} of {row['id']} is not in categories.csv", "correct it"
            )
        if row["id"] in known and row["id"] not in worded:
            yield table.error(row, f"{row['id']} has no row in {patterns.name}", "add its wordings")
        for begins in (row["grows_from"] or "*").split("/"):
            if begins != "*" and not any(code.startswith(begins) for code in categories):
                yield table.error(row, f"no category begins with {begins}", "correct grows_from, or write *")
    for row in patterns.rows:
        if row["id"] not in known:
            yield patterns.error(
                row, f"{row['id']} is no danger of emergencies.csv", "add it or delete the row"
            )
        yield from pattern(patterns, row, "pattern")
        yield from pattern(patterns, row, "unless")


def facts(files: Files) -> Iterator[Finding]:
    """Words that answer a deciding question, and what the answer leads to."""
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
        yield from pattern(table, row, "pattern")
        yield from pattern(table, row, "asked")
        if (row["lead"] or row["category"]) and not _asked_by_a_rule(files, row):
            yield table.warning(
                row,
                f"no rule of its categories asks {row['slot']}, so the answer decides nothing",
                "name the question in clarify_slots of the rule, or correct the categories",
            )


def _asked_by_a_rule(files: Files, fact: Row) -> bool:
    beginnings = fact.items("categories")
    return fact["slot"] == PLACE_FACT or any(
        fact["slot"] in rule.items("clarify_slots")
        and (not beginnings or rule["category_code"].startswith(beginnings))
        for rule in files["dispatch_rules.csv"].rows
    )


def phrases(files: Files) -> Iterator[Finding]:
    """Phrasings of leaves."""
    table, categories = files["phrases.csv"], files["categories.csv"].by("code")
    for row in table.rows:
        category = categories.get(row["category_code"])
        if category is None or category["level"] != str(LEAF_LEVEL):
            yield table.error(
                row, f"{row['category_code']} is not a leaf of categories.csv", "correct or delete the row"
            )
        if row["kind"] and row["kind"] not in KINDS:
            yield table.error(row, f"kind {row['kind']} is unknown", f"use one of {'、'.join(KINDS)}")


def kinds(files: Files) -> Iterator[Finding]:
    """Phrasings of kinds."""
    table = files["kinds.csv"]
    for row in table.rows:
        if row["kind"] not in KINDS:
            yield table.error(row, f"kind {row['kind']} is unknown", f"use one of {'、'.join(KINDS)}")


def complaints(files: Files) -> Iterator[Finding]:
    """Labelled complaints."""
    table, categories = files["complaints.jsonl"], files["categories.csv"].by("code")
    for row in table.rows:
        if row["category"] not in categories:
            yield table.error(row, f"category {row['category']} is not in categories.csv", "correct it")


def taught(files: Files) -> Iterator[Finding]:
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
