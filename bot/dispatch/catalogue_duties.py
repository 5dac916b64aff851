"""Slips in what is whose: categories, units, the rules that send a leaf to a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import get_args

from bot.catalogue import LEAF_LEVEL
from bot.dispatch.catalogue_rows import Files, Finding, Row, Table, doubled
from bot.dispatch.catalogue_units import check_units, reachable, routed
from bot.dispatch.decision import DispatchKind

TOGETHER = "联合双派"


def categories(files: Files) -> Iterator[Finding]:
    """Codes, levels and parents."""
    table = files["categories.csv"]
    by_code = table.by("code")
    yield from doubled(table, "code")
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


def units(files: Files) -> Iterator[Finding]:
    """Units and what stands above them."""
    table = files["units.csv"]
    yield from doubled(table, "unit_id")
    yield from doubled(files["clarify_slots.csv"], "slot")
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


def rules(files: Files) -> Iterator[Finding]:
    """Dispatch rules: units, routes, questions and days they name."""
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


def leaves(files: Files) -> Iterator[Finding]:
    """Leaves without a rule, or without one until the first that begins on a day."""
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
