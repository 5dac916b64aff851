"""The units of the catalogue for its check: their chain upwards, their templates, and which of them any rule can reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dispatch.catalogue_rows import Finding, Row, Table

PLACES = frozenset({"区", "街道乡镇", "社区"})
"""What a place can fill into a template's name."""
COMPANY_TEMPLATE = "公共服务企业模板"
"""Templates of this level may name any sort of company: a clerk says which one it is."""
_ALWAYS_REACHED = ("D.gov", "B.hotline")
"""Who takes what has no rule, see :meth:`bot.dispatch.Dispatcher.decide`."""
_UNIT = re.compile(r"(?<![A-Za-z0-9.])(?:[A-Z]+\.[A-Za-z0-9]+|ST(?![A-Za-z0-9.]))")
_CATEGORY = re.compile(r"(?<=[→/+;])(?:\d{6}|\d{4})(?!\d)")


@dataclass(frozen=True, slots=True)
class Targets:
    """Where the cell ``fact_routes`` leads: unit ids, beginnings of category codes, and clauses that lead nowhere."""

    units: tuple[str, ...]
    categories: tuple[str, ...]
    without_arrow: tuple[str, ...]


def routed(cell: str) -> Targets:
    """Reads ``雨/污→C.drain;小区内→030110(ST);...``: numbers to call (S0+119) are no targets."""
    ends = "".join(f";→{part}" for clause in cell.split(";") for part in clause.split("→")[1:])
    clauses = (clause.strip() for clause in cell.split(";"))
    return Targets(
        tuple(_UNIT.findall(ends)),
        tuple(_CATEGORY.findall(ends)),
        tuple(clause for clause in clauses if clause and "→" not in clause),
    )


def reachable(units: Table, rules: Table, facts: Table, dangers: Table) -> frozenset[str]:
    """Ids of the units a case can come to: by a rule, a fact, a danger's number, as a template's place, or as the superior."""
    rows = units.by("unit_id")
    found: set[str] = set(_ALWAYS_REACHED)
    for rule in rules.rows:
        found.update(rule.items("lead_unit_id", "assist_unit_ids", "fallback_unit_id"))
        found.update(routed(rule["fact_routes"]).units)
    for fact in facts.rows:
        found.update(fact.items("lead", "assist"))
    for danger in dangers.rows:
        found.update(f"X.{number}" for number in re.findall(r"\d+", danger["call"]))
    found.update(unit for unit in rows if "@" in unit and unit.split("@")[0] in found)
    todo = list(found)
    while todo:
        row = rows.get(todo.pop())
        if row is not None and row["parent"] and row["parent"] not in found:
            found.add(row["parent"])
            todo.append(row["parent"])
    return frozenset(found)


def check_units(table: Table) -> Iterator[Finding]:
    """Unknown superiors, cycles upwards (told once each) and templates that cannot be filled."""
    rows = table.by("unit_id")
    for row in table.rows:
        if row["parent"] and row["parent"] not in rows:
            yield table.error(
                row, f"parent {row['parent']} of {row['unit_id']} is no unit", "add or correct it"
            )
        yield from _template(table, row)
    told: set[str] = set()
    for unit, row in rows.items():
        chain = _cycle(unit, rows)
        if chain and not told.intersection(chain):
            told.update(chain)
            yield table.error(
                row, f"cycle of parents: {' → '.join((*chain, unit))}", "correct one of the parents"
            )


def _cycle(unit: str, rows: dict[str, Row]) -> tuple[str, ...]:
    """The units from one up to itself again; empty when it is in no cycle."""
    chain = [unit]
    while (above := rows[chain[-1]]["parent"]) in rows:
        if above == unit:
            return tuple(chain)
        if above in chain:
            return ()
        chain.append(above)
    return ()


def _template(table: Table, row: Row) -> Iterator[Finding]:
    unit, name = row["unit_id"], row["name"]
    gaps = re.findall(r"\{([^{}]*)\}", name)
    if name.count("{") != len(gaps) or name.count("}") != len(gaps):
        yield table.error(row, f"the braces of {name} are not paired", "write {区} or {街道乡镇}")
        return
    if gaps and row["is_template"] != "1":
        yield table.error(row, f"{unit} {name} has a gap and is no template", "set is_template to 1")
    if not gaps and row["is_template"] == "1":
        yield table.error(row, f"template {unit} {name} has no gap", "write {区} or set is_template to 0")
    if row["level"] != COMPANY_TEMPLATE:
        for gap in gaps:
            if gap not in PLACES:
                yield table.error(
                    row,
                    f"{{{gap}}} of template {unit} is filled by nothing",
                    f"use one of {'、'.join(f'{{{place}}}' for place in sorted(PLACES))}",
                )
