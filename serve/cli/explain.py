"""``suda explain``: why a case went where it went, for a clerk."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)


def explain(
    case: str = typer.Argument(help="Case number, such as SD-4K7M-9QX2C, or tracking code."),
    json: bool = typer.Option(False, "--json", help="A JSON object also on a terminal."),
    unmasked: bool = typer.Option(False, "--unmasked", help="With the citizen's words for the place."),
) -> None:
    """Show the decision kept with a case: rule, basis, place, category, alternatives, clocks, evidence."""
    import asyncio

    from bot.settings import get_settings
    from serve.cli.output import emit, wants_json
    from serve.explaining import explain_case, sheet
    from serve.places import database

    settings = get_settings()
    with database(settings) as url:
        told = asyncio.run(explain_case(settings, url, case, unmasked=unmasked))
    if wants_json(json):
        emit(told.as_json())
        return
    from rich.console import Console

    Console(highlight=False).print(sheet(told))
