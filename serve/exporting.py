"""Cases as lines: JSON objects, or CSV for a spreadsheet."""

from __future__ import annotations

import csv
import json
from typing import IO, Any

from bot.cases import export_cases
from bot.cases.record import CaseRecord
from bot.settings import Settings
from bot.storage import Database
from bot.storage.secrets import get_vault

COLUMNS = (
    "case_number",
    "state",
    "kind",
    "category",
    "category_path",
    "title",
    "content",
    "district",
    "street",
    "community",
    "place_text",
    "point",
    "occurred_start",
    "occurred_end",
    "urgency",
    "emergency",
    "anonymous",
    "confidential",
    "contact_name",
    "contact_phone",
    "channel",
    "created_at",
    "dispatch_kind",
    "lead_unit",
    "assist_units",
    "due_at",
    "closed_at",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def write_cases(
    settings: Settings, database_url: str, out: IO[str], *, form: str, unmasked: bool
) -> int:
    """Write every case, oldest first, in constant memory; how many there were.

    Args:
        settings: Where the master key is.
        database_url: The database.
        out: An open text file.
        form: ``csv`` or ``jsonl``.
        unmasked: With what identifies people.
    """
    count = 0
    table = csv.writer(out)
    if form == "csv":
        table.writerow(COLUMNS)
    async with Database(database_url, pool_size=2) as database, database.session() as session:
        async for record in export_cases(session, get_vault(settings), masked=not unmasked):
            if form == "csv":
                table.writerow([cell(record, column) for column in COLUMNS])
            else:
                out.write(json.dumps(record.as_json(), ensure_ascii=False, default=str) + "\n")
            count += 1
    return count


def cell(record: CaseRecord, column: str) -> str:
    """One cell. What begins like a formula gets an apostrophe before it: a citizen's words must not run in a spreadsheet."""
    value: Any
    if column.startswith("occurred_"):
        value = (record.occurred or {}).get(column.removeprefix("occurred_"))
    elif column == "assist_units":
        value = "、".join(name for _id, name in record.assist_units)
    else:
        value = getattr(record, column)
    if value is None:
        return ""
    text = str(value.isoformat() if hasattr(value, "isoformat") else value)
    return f"'{text}" if text.startswith(_FORMULA) else text
