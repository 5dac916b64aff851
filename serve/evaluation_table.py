"""The figures of ``suda evaluate understanding`` for a person at a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from bot.catalogue import Catalogue


def show(report: dict[str, Any], catalogue: Catalogue) -> None:
    """Print the tables: fields with intervals, calibration, worst categories, cost."""
    console = Console()
    fields = Table(title=f"{report['rows']} complaints, {report['bad_rows']} lines left out")
    for heading in ("field", "rows", "precision", "recall", "F1"):
        fields.add_column(heading, justify="left" if heading == "field" else "right")
    for name, field in report["fields"].items():
        fields.add_row(
            name, str(field["rows"]), *(_figure(field[kind]) for kind in ("precision", "recall", "f1"))
        )
    console.print(fields)
    sure = Table(title=f"calibration error {report['calibration']['error']:.3f}")
    for heading in ("messages", "confidence", "right"):
        sure.add_column(heading, justify="right")
    for one in report["calibration"]["bins"]:
        sure.add_row(str(one["rows"]), f"{one['confidence']:.2f}", f"{one['accuracy']:.2f}")
    console.print(sure)
    worst = Table(title="categories missed most")
    for heading in ("category", "missed", "taken for"):
        worst.add_column(heading)
    for one in report["worst_categories"]:
        others = "; ".join(f"{_named(code, catalogue)} {times}" for code, times in one["taken_for"].items())
        worst.add_row(_named(one["category"], catalogue), f"{one['missed']} of {one['rows']}", others)
    console.print(worst)
    for name, cost in report["cpu_ms"].items():
        console.print(
            f"CPU a message, {name.replace('_', ' ')}: {cost['median']:.1f} ms, p95 {cost['p95']:.1f} ms"
        )


def _figure(figure: dict[str, float | None]) -> str:
    if figure["value"] is None:
        return "-"
    return f"{figure['value']:.3f} ({figure['low']:.3f} - {figure['high']:.3f})"


def _named(code: str, catalogue: Catalogue) -> str:
    known = catalogue.categories.get(code)
    return f"{code} {known.name}" if known else code
