"""``suda catalogue check``: every slip in the catalogue's files at once, with file, line and cure.

The loader (:mod:`bot.catalogue.files`) stops at the first slip, which is right at start and tiresome for who edits. What
has no errors here can be loaded: the check ends by loading it.
"""

from __future__ import annotations

from pathlib import Path

from bot.catalogue.files import load_catalogue
from bot.dispatch import catalogue_duties as duties
from bot.dispatch import catalogue_words as words
from bot.dispatch.catalogue_rows import Files, Finding, read_complaints, read_table
from bot.errors import ContentError

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
_EXAMPLE = ("category_code", "scene", "kind", "voice", "text")
_OPTIONAL: dict[str, tuple[str, ...]] = {
    "phrases.csv": ("category_code", "kind", "texts"),
    "kinds.csv": ("kind", "texts"),
}


def _examples(folder: Path) -> list[Path]:
    return sorted((folder / "examples").glob("*.csv"))


_PARTS = (
    duties.categories,
    duties.units,
    duties.rules,
    duties.leaves,
    words.dangers,
    words.facts,
    words.phrases,
    words.kinds,
    words.complaints,
    words.taught,
)


def check_catalogue(content_dir: Path) -> tuple[Finding, ...]:
    """What is wrong in ``content_dir/catalogue``, by file and line; nothing is changed, nothing raised.

    Args:
        content_dir: The folder that holds ``catalogue/``.
    """
    folder = content_dir / "catalogue"
    files = Files(
        {name: read_table(folder, name, columns) for name, columns in _SOURCES.items()}
        | {name: read_table(folder, name, columns, optional=True) for name, columns in _OPTIONAL.items()}
        | {"complaints.jsonl": read_complaints(folder, "complaints.jsonl")}
        | {
            f"examples/{path.name}": read_table(folder, f"examples/{path.name}", _EXAMPLE)
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
