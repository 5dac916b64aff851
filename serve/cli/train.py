"""``suda train``: learn what changed, the dialogue engine or what is kept with the content or the city's own history."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WHAT = ("engine", "understanding", "knowledge", "vectors")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train")(train)


def train(
    what: Annotated[
        str,
        typer.Argument(
            help="engine: from nlu/ and domain.yml; understanding: leaves and kinds, from the content and a city's own"
            " cases; knowledge: the ranking of articles; vectors: of content's texts."
        ),
    ] = "engine",
    questions: Annotated[
        Path | None,
        typer.Option(
            "--questions", help='knowledge: JSON lines {"query","id"} that others than the editors wrote.'
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help='understanding: JSON lines {"text","category","kind"?} of the city\'s own cases; they replace those learnt'
            " from before. Telephone and identity numbers, and names told as names, are taken out before anything is kept.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Learn what changed: the dialogue engine (the default, also done by suda up), or what is kept with the content."""
    if what == "engine":
        _train_engine()
    elif what == "understanding":
        from serve.cli.train_understanding import train_understanding

        train_understanding(data)
    elif what == "knowledge" and questions is not None:
        _train_knowledge(questions)
    elif what == "vectors":
        _pack_vectors()
    else:
        typer.echo(
            "suda train engine, suda train understanding [--data FILE], suda train vectors,"
            " or suda train knowledge --questions FILE",
            err=True,
        )
        raise typer.Exit(2)


def _train_engine() -> None:
    import subprocess

    from bot.settings import get_settings
    from serve.supervisor import training

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
    from serve.cli.output import progress_bar
    from serve.packing import pack_vectors

    content = get_settings().content_dir
    with progress_bar("vectors", hidden=False) as progress:
        packed = pack_vectors(content, get_embedder(), progress)
    for collection, number in packed.items():
        typer.echo(f"{content / FOLDER / collection}.npz: {number} vectors")
