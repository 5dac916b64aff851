"""Rows of the CSV files that a city's people edit in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from bot.errors import ContentError

SEPARATOR = ";"


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
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


def read_list(cell: str, separator: str = SEPARATOR) -> tuple[str, ...]:
    """The parts of a cell that lists several things."""
    return tuple(part.strip() for part in cell.split(separator) if part.strip())


def missing_column(path: Path, column: KeyError) -> ContentError:
    """What to say of a file whose heading lacks a column."""
    return ContentError(f"{path.name}: the column {column} is missing; restore the heading row.")
