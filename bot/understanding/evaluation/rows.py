"""Labelled complaints, one JSON object a line: good rows are kept, bad ones told with their line, the rest is processed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import ContentError
from bot.understanding.readable import why_unreadable

Row = dict[str, Any]
Complain = Callable[[int, str], None]
"""Told ``(line, what is wrong and what to do)``."""

REQUIRED = ("text", "category", "kind", "reference_time")
OPTIONAL: Row = {
    "id": None,
    "location_text": None,
    "location_precision": None,
    "district": None,
    "street": None,
    "occurred_text": None,
    "occurred": None,
    "urgency": None,
    "emergency": None,
    "dispatch_kind": None,
    "lead_unit_id": None,
    "contact_phone": None,
    "confidential": None,
    "missing": None,
    "issue_count": None,
}
"""Gold fields of the form of ``complaints_dev.jsonl``."""


FIRST_YEAR = 2000
TYPES: dict[str, type] = {
    "location_text": str,
    "district": str,
    "street": str,
    "occurred_text": str,
    "occurred": dict,
    "urgency": str,
    "emergency": bool,
    "dispatch_kind": str,
    "lead_unit_id": str,
    "contact_phone": str,
    "confidential": bool,
    "missing": list,
    "issue_count": int,
    "fact": dict,
}
NAMES = {str: "a string", dict: "an object", bool: "true or false", list: "a list", int: "a number"}


def read_rows(path: Path, complain: Complain | None = None, *, leaves: Iterable[str] = ()) -> list[Row]:
    """The usable rows of a file; ``line`` in each is its line number.

    Args:
        path: JSON lines in the form of ``complaints_dev.jsonl``.
        complain: Told of each line that cannot be used; without it the first one raises.
        leaves: Known categories; a row of another one is bad. Empty = any.

    Raises:
        ContentError: The file cannot be read, or a line is bad and nobody is told.
    """
    known = frozenset(leaves)
    rows = []
    try:
        raw_lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise ContentError(f"{path} cannot be read: {error.strerror}.") from error
    for line, raw in enumerate(raw_lines, 1):
        if not raw.strip():
            continue
        try:
            rows.append(_row(raw, known) | {"line": line})
        except ValueError as error:
            if complain is None:
                raise ContentError(f"{path.name}, line {line}: {error}.") from error
            complain(line, str(error))
    return rows


def _row(raw: bytes, known: frozenset[str]) -> Row:
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8; save the file as UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError("not JSON; write one object on the line") from error
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - what is wrong with a row is a ValueError here
    for name in REQUIRED:
        if not isinstance(value.get(name), str) or not value[name].strip():
            raise ValueError(f'the field "{name}" is missing or empty')
    if why := why_unreadable(value["text"]):
        raise ValueError(why)
    if known and value["category"] not in known:
        raise ValueError(f"category {value['category']} is no leaf of the catalogue")
    for name, kind in TYPES.items():
        if value.get(name) is not None and not isinstance(value[name], kind):
            raise ValueError(f'the field "{name}" must be {NAMES[kind]}')
    fact = value.get("fact")
    if fact is not None and not all(
        isinstance(fact.get(name), str) for name in ("slot", "answer", "lead_unit_id")
    ):
        raise ValueError('the field "fact" must hold slot, answer and lead_unit_id')
    if not _is_moment(value["reference_time"]):
        raise ValueError('"reference_time" must look like 2026-11-23T15:00:00+08:00')
    return OPTIONAL | value


def _is_moment(text: str) -> bool:
    """A moment with its zone, in this century, for which a city can have rules."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return moment.tzinfo is not None and FIRST_YEAR <= moment.year < FIRST_YEAR + 100
