"""``suda evaluate``: how good knowledge and understanding are on questions and complaints with known answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_JSON = typer.Option(False, "--json", help="One JSON object also on a terminal.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Measure on kept questions and complaints.", no_args_is_help=True)
    group.command("knowledge")(knowledge)
    group.command("understanding")(understanding)
    app.add_typer(group, name="evaluate")


def knowledge(
    file: Annotated[
        Path | None,
        typer.Argument(
            help='JSON lines {"query","id"}; the content\'s own questions by default.',
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    mistakes: bool = typer.Option(False, "--mistakes", help="Also every question that went wrong."),
    json: bool = _JSON,
) -> None:
    """Right article first, in the first three; answered rightly, wrongly, refused. A question never answers itself."""
    from bot.clock import in_city, now
    from bot.knowledge.evaluation import Question, evaluate, read_questions
    from bot.settings import get_settings
    from serve.parts import build_knowledge

    settings = get_settings()
    base = build_knowledge(settings)
    if file is not None:
        questions = read_questions(file)
    else:
        own = [Question(text, article.id) for article in base.articles for text in article.questions]
        questions = (*own, *_unanswerable(settings.content_dir))
    report = evaluate(base, questions, on=in_city(now()).date())
    _report(_plain(report, drop=() if mistakes else ("mistakes",)), json)


def understanding(
    file: Annotated[
        Path, typer.Argument(help="JSON lines of complaints with gold fields.", exists=True, dir_okay=False)
    ],
    json: bool = _JSON,
) -> None:
    """Field by field, and places; no complaint is understood by a model that was taught with it."""
    from bot.embedding import get_embedder
    from bot.settings import get_settings
    from bot.understanding.evaluation import measure, read_rows, understand_held_out
    from bot.understanding.evaluation_place import evaluate_file
    from bot.vectorcache import VectorCache
    from bot.vectorpack import FOLDER
    from serve.parts import build_catalogue

    settings = get_settings()
    rows = read_rows(file)
    cache = VectorCache(settings.data_dir / "models", settings.content_dir / FOLDER)
    found = understand_held_out(build_catalogue(settings), get_embedder(), cache, rows)
    figures = {one.name: {"value": round(one.value, 4), "of": one.of} for one in measure(rows, found)}
    _report(figures | {"places": _plain(evaluate_file(file), drop=("failures",))}, json)


def _unanswerable(content: Path) -> list[Any]:
    from bot.knowledge.base import read_lines
    from bot.knowledge.evaluation import Question

    return [Question(text, None) for text in read_lines(content / "knowledge" / "unanswerable.txt")]


def _plain(report: Any, drop: tuple[str, ...]) -> dict[str, Any]:
    from dataclasses import asdict

    return {name: value for name, value in asdict(report).items() if name not in drop}


def _report(values: dict[str, Any], json: bool) -> None:
    from serve.cli.output import emit, wants_json

    if wants_json(json):
        emit(values)
        return
    from rich.console import Console
    from rich.pretty import Pretty

    Console().print(Pretty(values, expand_all=True))
