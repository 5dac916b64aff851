"""``suda serve``, ``work``, ``engine``, ``train``: single processes, for production and for the supervisor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    app.command("work")(work)
    app.command("engine")(engine)
    app.command("train")(train)


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


def engine() -> None:
    """Become the dialogue engine (its own Python environment)."""
    import os

    from bot.settings import PROJECT, get_settings
    from serve.places import database_url
    from serve.supervisor.programs import Addresses, Plan, environment

    settings = get_settings()
    addresses = Addresses(settings.host, settings.port, settings.engine_url.rstrip("/"))
    env = environment(settings, database_url(settings), addresses)
    program = Plan(settings).engine(env, addresses)
    os.chdir(PROJECT)
    os.execve(program.command[0], list(program.command), dict(program.environment))


def train(
    what: Annotated[
        str,
        typer.Argument(
            help="engine: from nlu/ and domain.yml; knowledge: the ranking of articles; vectors: of content's texts."
        ),
    ] = "engine",
    questions: Annotated[
        Path | None,
        typer.Option(
            "--questions", help='knowledge: JSON lines {"query","id"} that others than the editors wrote.'
        ),
    ] = None,
) -> None:
    """Learn what changed: the dialogue engine (the default, also done by suda up), or what is kept with the content."""
    import subprocess

    from bot.settings import get_settings
    from serve.supervisor import training

    if what == "knowledge" and questions is not None:
        _train_knowledge(questions)
        return
    if what == "vectors":
        _pack_vectors()
        return
    if what != "engine":
        typer.echo(
            "suda train engine, suda train vectors, or suda train knowledge --questions FILE", err=True
        )
        raise typer.Exit(2)
    program = training.program(get_settings().data_dir)
    done = subprocess.run(program.command, env=dict(program.environment), cwd=program.folder, check=False)
    raise typer.Exit(done.returncode)


def _train_knowledge(questions: Path) -> None:
    from bot.embedding import get_embedder
    from bot.knowledge.fitting import fit_content
    from bot.settings import get_settings
    from bot.vectorcache import VectorCache

    settings = get_settings()
    fitted = fit_content(
        settings.content_dir, questions, get_embedder(), VectorCache(settings.data_dir / "cache")
    )
    target = settings.content_dir / "knowledge" / "ranking.json"
    target.write_text(fitted.model_dump_json(indent=2) + "\n", encoding="utf-8")
    typer.echo(f"The ranking is in {target}.")


def _pack_vectors() -> None:
    from bot.embedding import get_embedder
    from bot.settings import get_settings
    from bot.vectorpack import FOLDER
    from serve.packing import pack_vectors

    content = get_settings().content_dir
    for collection, number in pack_vectors(content, get_embedder()).items():
        typer.echo(f"{content / FOLDER / collection}.npz: {number} vectors")
