"""``suda export``: the cases as CSV or JSON lines, personal data masked unless asked otherwise."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


def export(
    output: str = typer.Option("-", "--output", "-o", help="File to write; - is standard output."),
    form: str = typer.Option("jsonl", "--format", "-f", help="csv or jsonl."),
    unmasked: bool = typer.Option(
        False, "--unmasked", help="With phones, names and words as they were said."
    ),
) -> None:
    """Write every case, oldest first."""
    import asyncio
    import contextlib
    import os
    import sys
    from pathlib import Path

    from bot.settings import get_settings
    from serve.exporting import write_cases
    from serve.places import database

    if form not in ("csv", "jsonl"):
        typer.echo("--format must be csv or jsonl", err=True)
        raise typer.Exit(2)
    settings = get_settings()
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(database(settings))
        if output == "-":
            out = sys.stdout
        else:
            descriptor = os.open(Path(output), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            out = stack.enter_context(
                os.fdopen(descriptor, "w", encoding="utf-8-sig" if form == "csv" else "utf-8", newline="")
            )
        count = asyncio.run(write_cases(settings, url, out, form=form, unmasked=unmasked))
    typer.echo(f"{count} cases", err=True)
