"""A city's own cases as lessons, kept in the data folder without telephone and identity numbers and without names told as names.

Names that merely stand in a sentence (举报支书马国强) stay: the file is for its owner alone (mode 0600) and under the city's own retention.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.catalogue import Catalogue, Example
from bot.errors import ContentError
from bot.understanding.redaction import redact

FILE = "history.jsonl"
"""Name in the folder of the models."""


@dataclass(frozen=True, slots=True)
class History:
    """Labelled messages of a city, and a digest of them."""

    examples: tuple[Example, ...]
    version: str


def keep_history(folder: Path, rows: Iterable[Example]) -> int:
    """Replace the history in ``folder`` by ``rows``, without numbers and without names told as names (我叫…, …先生).

    Returns:
        How many rows were kept; the same words for the same leaf are kept once.
    """
    lines = dict.fromkeys(
        json.dumps({"text": redact(row.text), "category": row.category, "kind": row.kind}, ensure_ascii=False)
        for row in rows
    )
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=FILE, encoding="utf-8", delete=False) as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(folder / FILE)
    return len(lines)


def load_history(folder: Path, catalogue: Catalogue) -> History | None:
    """The history kept in ``folder``, or None; rows of leaves that the catalogue no longer has are left out.

    Raises:
        ContentError: The file is damaged.
    """
    path = folder / FILE
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    leaves = {leaf.code for leaf in catalogue.leaves}
    examples = []
    for line, text in enumerate(raw.decode("utf-8", "replace").split("\n"), 1):
        if not text:
            continue
        try:
            row = json.loads(text)
            example = Example(row["category"], row["text"], row["kind"])
        except (ValueError, KeyError, TypeError) as error:
            raise ContentError(
                f"{path}, line {line} is damaged: run `suda train understanding --data FILE` again."
            ) from error
        if example.category in leaves:
            examples.append(example)
    return History(tuple(examples), hashlib.sha256(raw).hexdigest()[:12])
