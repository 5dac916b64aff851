"""``suda db``: the schema."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The database's schema.", no_args_is_help=True)
    group.command("upgrade")(upgrade)
    app.add_typer(group, name="db")


def upgrade() -> None:
    """Bring the database to the newest schema; harmless when it is there already."""
    from bot.settings import get_settings
    from bot.storage.migrate import head
    from bot.storage.migrate import upgrade as bring_up
    from serve.places import database

    with database(get_settings()) as url:
        bring_up(url)
    typer.echo(f"The database is at revision {head()}.")
