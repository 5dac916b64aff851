"""``suda doctor``: what is configured, reachable, trained, out of date, and the cure for what is not well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.findings import Finding

_SIGNS = {"ok": "[green]✓[/]", "note": "[yellow]![/]", "bad": "[red]✗[/]"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    content: bool = typer.Option(
        False, "--content", help="Only the content files: catalogue, places, articles."
    ),
    json: bool = typer.Option(False, "--json", help="JSON lines also on a terminal."),
) -> None:
    """Look at every part; exit code 1 when something must be mended."""
    from bot.settings import get_settings
    from serve.cli.output import emit, wants_json
    from serve.diagnosis import content_findings, findings

    settings = get_settings()
    found = list(content_findings(settings) if content else findings(settings))
    if wants_json(json):
        for finding in found:
            emit(
                {"part": finding.part, "state": finding.state, "detail": finding.detail, "cure": finding.cure}
            )
    else:
        _show(found)
    if any(finding.state == "bad" for finding in found):
        raise typer.Exit(1)


def _show(found: list[Finding]) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE, show_header=True)
    for title in ("", "Part", "What is", "What to do"):
        table.add_column(title)
    for finding in found:
        table.add_row(_SIGNS[finding.state], finding.part, escape(finding.detail), escape(finding.cure))
    Console().print(table)
