"""``suda serve``, ``work``, ``actions``, ``engine``: single processes, for production and for the supervisor."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    app.command("work")(work)
    app.command("actions")(actions)
    app.command("engine")(engine)


def serve() -> None:
    """Run the web server only."""
    from serve.web import run

    run()


def work() -> None:
    """Run a worker only: it takes citizens' messages to the engine and stores the replies."""
    from bot.observability.logs import configure_logging
    from bot.settings import get_settings
    from serve.places import database_url
    from serve.worker import run_worker

    settings = get_settings()
    configure_logging(level=settings.log_level, style=settings.log_format, process="worker")
    if settings.worker_metrics_port:
        from prometheus_client import start_http_server

        start_http_server(settings.worker_metrics_port, addr="127.0.0.1")
    run_worker(settings, database_url(settings))


def actions() -> None:
    """Run what the engine calls, so that the web server is free for citizens; SUDA_ACTIONS_PORT says where."""
    from serve.actions import run

    run()


def engine() -> None:
    """Become the dialogue engine (its own Python environment)."""
    import os

    from bot.settings import PROJECT, get_settings
    from serve.places import database_url
    from serve.supervisor.programs import Addresses, Plan, environment

    settings = get_settings()
    addresses = Addresses(
        settings.host, settings.port, settings.engine_url.rstrip("/"), settings.actions_port
    )
    env = environment(settings, database_url(settings), addresses)
    program = Plan(settings).engine(env, addresses)
    os.chdir(PROJECT)
    os.execve(program.command[0], list(program.command), dict(program.environment))
