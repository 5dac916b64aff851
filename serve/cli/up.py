"""``suda up``: everything on one machine, from one command."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("up")(up)


def up(
    port: int = typer.Option(None, "--port", help="Web port instead of SUDA_PORT.", min=1, max=65535),
    quiet: bool = typer.Option(False, "--quiet", help="Say only what goes wrong."),
) -> None:
    """Start database, engine, app and worker, print the addresses, and stop them all on Ctrl-C."""
    import asyncio
    import os

    from rich.console import Console
    from rich.markup import escape

    from bot.settings import Settings
    from serve.supervisor.instance import Running
    from serve.supervisor.speech import LEFT_OUT
    from serve.supervisor.system import System

    if port is not None:
        os.environ["SUDA_PORT"] = str(port)
    settings = Settings()
    console = Console(stderr=quiet, highlight=False, soft_wrap=True)

    def say(line: str) -> None:
        if not quiet or "unexpectedly" in line or line.startswith(LEFT_OUT):
            console.print(
                f"[green]·[/] {escape(line)}" if console.is_terminal else line, markup=console.is_terminal
            )

    def show(running: Running) -> None:
        if not quiet:
            _addresses(console, running)

    asyncio.run(System(settings, say=say, on_ready=show).run())


def _addresses(console: object, running: object) -> None:
    from rich.console import Console
    from rich.panel import Panel
    from rich.table import Table

    from serve.supervisor.instance import Running

    if not isinstance(console, Console) or not isinstance(running, Running):
        raise TypeError("a console and a running system are needed")
    rows = {
        "Chat page": f"{running.url}/",
        "API": f"{running.url}/docs",
        "Health": f"{running.url}/readyz",
        "Terminal": "suda chat",
    }
    if not console.is_terminal:
        for name, value in rows.items():
            console.print(f"{name}: {value}")
        console.print("Stop with Ctrl-C.")
        return
    table = Table.grid(padding=(0, 2))
    for name, value in rows.items():
        table.add_row(f"[bold]{name}[/]", value)
    console.print(Panel(table, title="Suda 诉达", subtitle="Ctrl-C stops everything", expand=False))
