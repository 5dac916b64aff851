"""Importing: articles from a JSON-lines export into one Markdown file each, for editors to go on from."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ContentError
from bot.knowledge.articles import parse_article

FIELDS = (
    "id",
    "title",
    "category",
    "region",
    "basis",
    "evidence",
    "effective_from",
    "reviewed_on",
    "review_by",
    "volatile",
    "changes",
    "keywords",
    "questions",
    "source",
)
"""Front matter in the order in which editors read it."""


DATES = frozenset({"effective_from", "reviewed_on", "review_by"})


def import_jsonl(source: Path, folder: Path) -> list[Path]:
    """Write every row of ``source`` as an article into ``folder``; files that are there already are not touched.

    A row has the fields of an article, ``answer`` for its text, and may have ``slug`` for the file's name and
    ``source_url`` for the note among editors.

    Raises:
        ContentError: A row is no article; rows before it have been written.
    """
    written = []
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            name = "-".join(filter(None, (row["id"], row.pop("slug", None)))) + ".md"
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ContentError(f"{source.name}, line {number}: is no JSON object with an `id`.") from error
        path = folder / name
        if any(folder.glob(f"{row['id']}-*.md")) or path.exists():
            continue
        text = article_text(row)
        parse_article(name, text)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def article_text(row: dict[str, Any]) -> str:
    """The Markdown file of one exported row."""
    fields = {**row, "source": row.get("source") or row.get("source_url")}
    head = {name: fields[name] for name in FIELDS if fields.get(name) not in (None, "", [])}
    for name in DATES & head.keys():
        head[name] = date.fromisoformat(head[name])  # a date is written without quotation marks
    front = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=100_000)
    return f"---\n{front}---\n{str(row.get('answer', '')).strip()}\n"
