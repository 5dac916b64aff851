"""``suda catalogue``: the city's categories, units and rules, as a clerk edits them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.dispatch.catalogue_rows import Finding


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The city's categories, units and dispatch rules.")
    group.callback(no_args_is_help=True)(lambda: None)
    group.command("check")(check)
    app.add_typer(group, name="catalogue")


def check(json: bool = typer.Option(False, "--json", help="JSON lines also on a terminal.")) -> None:
    """Find every slip in the catalogue's files: file, line, what and cure. Exit code 2 when there are errors."""
    from dataclasses import asdict

    from bot.dispatch.catalogue_check import check_catalogue
    from bot.settings import get_settings
    from serve.cli.output import BAD_INPUT, emit, wants_json

    found = check_catalogue(get_settings().content_dir)
    if wants_json(json):
        for finding in found:
            emit(asdict(finding))
    else:
        _show(found)
    errors = sum(finding.severity == "error" for finding in found)
    typer.echo(f"{errors} errors, {len(found) - errors} warnings", err=True)
    if errors:
        raise typer.Exit(BAD_INPUT)


def _show(found: tuple[Finding, ...]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not found:
        return
    table = Table("", "file", "line")
    for heading in ("what is wrong", "what to do"):
        # Chinese has no spaces to break at; without folding, long names would be cut.
        table.add_column(heading, overflow="fold")
    for finding in found:
        style = "red" if finding.severity == "error" else "yellow"
        cells = (finding.severity, finding.file, str(finding.line or "—"), finding.what, finding.cure)
        table.add_row(*(Text(cell) for cell in cells), style=style)
    Console(highlight=False).print(table)
