"""The rows of the catalogue's files as a clerk left them, however wrong: for the check, which must see every slip at once."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong in the catalogue.

    Attributes:
        file: Name of the file.
        line: Its line, from 1 (the heading); 0 = the file as a whole.
        severity: ``error`` = cases would be judged wrongly or not at all; ``warning`` = somebody should look.
        what: What is wrong.
        cure: What to do.
    """

    file: str
    line: int
    severity: Severity
    what: str
    cure: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its line number; a cell that does not exist is empty."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def items(self, *columns: str) -> tuple[str, ...]:
        """The parts of cells that list several things, between semicolons."""
        parts = (part.strip() for column in columns for part in self[column].split(";"))
        return tuple(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file, and what was wrong with reading it."""

    name: str
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...] = ()

    def by(self, column: str) -> dict[str, Row]:
        """The first row for each value of a column."""
        found: dict[str, Row] = {}
        for row in self.rows:
            if row[column]:
                found.setdefault(row[column], row)
        return found

    def error(self, row: Row, what: str, cure: str) -> Finding:
        """A finding of this file that must be cured."""
        return Finding(self.name, row.line, "error", what, cure)

    def warning(self, row: Row, what: str, cure: str) -> Finding:
        """A finding of this file that somebody should look at."""
        return Finding(self.name, row.line, "warning", what, cure)


def read_table(folder: Path, name: str, columns: tuple[str, ...], *, optional: bool = False) -> Table:
    """One CSV file; what cannot be read is a finding, never an exception.

    Args:
        folder: The folder ``catalogue``.
        name: The file.
        columns: Which it must have; the first may not be empty.
        optional: It may be absent.
    """
    path = folder / name
    if optional and not path.exists():
        return Table(name, ())
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _parsed(name, csv.DictReader(file), columns)
    except OSError as error:
        finding = Finding(name, 0, "error", f"cannot be read: {error.strerror}", "restore the file")
    except UnicodeDecodeError:
        finding = Finding(name, 0, "error", "is not UTF-8", "save it as 'CSV UTF-8' in the spreadsheet")
    except csv.Error as error:
        finding = Finding(name, 0, "error", f"is not CSV: {error}", "save it as 'CSV UTF-8' again")
    return Table(name, (), (finding,))


def _parsed(name: str, reader: csv.DictReader[str], columns: tuple[str, ...]) -> Table:
    heading = [column.strip() for column in reader.fieldnames or ()]
    missing = [column for column in columns if column not in heading]
    if missing:
        what = f"the column {', '.join(missing)} is missing"
        return Table(name, (), (Finding(name, 1, "error", what, "restore the heading row"),))
    rows, findings = [], []
    for cells in reader:
        line = reader.line_num
        if None in cells or None in cells.values():
            what = "the row has not as many cells as the heading"
            cure = "put a cell that contains a comma in double quotes"
            findings.append(Finding(name, line, "error", what, cure))
            continue
        row = Row(line, {key.strip(): value.strip() for key, value in cells.items()})
        if not row[columns[0]]:
            findings.append(
                Finding(name, line, "error", f"{columns[0]} is empty", "fill it or delete the row")
            )
            continue
        rows.append(row)
    if not rows and not findings:
        findings.append(Finding(name, 0, "error", "has no rows", "restore the file"))
    return Table(name, tuple(rows), tuple(findings))


def read_complaints(folder: Path, name: str) -> Table:
    """The labelled complaints, one JSON object a line; the file may be absent."""
    path = folder / name
    if not path.exists():
        return Table(name, ())
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read: {type(error).__name__}"
        return Table(name, (), (Finding(name, 0, "error", what, "restore the file, as UTF-8"),))
    rows, findings = [], []
    for line, value in _objects(text):
        if isinstance(value, dict) and all(isinstance(value.get(key), str) for key in _COMPLAINT):
            rows.append(Row(line, {key: value[key] for key in _COMPLAINT}))
        else:
            what = "is not an object with text, category and kind"
            findings.append(Finding(name, line, "error", what, "correct or delete the line"))
    return Table(name, tuple(rows), tuple(findings))


_COMPLAINT = ("category", "text", "kind")


def _objects(text: str) -> Iterator[tuple[int, Any]]:
    for line, part in enumerate(text.splitlines(), 1):
        try:
            yield line, json.loads(part)
        except json.JSONDecodeError:
            yield line, None


@dataclass(frozen=True, slots=True)
class Files:
    """All files of the folder."""

    tables: dict[str, Table]

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]


def again(table: Table, column: str) -> Iterator[tuple[Row, Row]]:
    """The rows whose key another row before them has, with that row."""
    first = table.by(column)
    return ((row, first[row[column]]) for row in table.rows if first[row[column]] is not row)


def doubled(table: Table, column: str) -> Iterator[Finding]:
    """Rows whose ``column`` says what an earlier one says."""
    for row, first in again(table, column):
        yield table.error(
            row, f"{column} {row[column]} stands in line {first.line} already", "delete one of the rows"
        )


def pattern(table: Table, row: Row, column: str) -> Iterator[Finding]:
    """A cell that is no regular expression."""
    try:
        re.compile(row[column])
    except re.error as error:
        yield table.error(row, f"{column} is no regular expression: {error}", "correct it")
