"""``suda evaluate``: how good knowledge, understanding and intents are on questions, complaints and sentences with known answers."""

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
    group.command("intents")(intents)
    group.command("speech")(speech)
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
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Write the reliability plot to this PNG.", dir_okay=False)
    ] = None,
    mistakes: bool = typer.Option(False, "--mistakes", help="Also every message whose category was missed."),
    json: bool = _JSON,
) -> None:
    """Precision, recall and F1 of every field with 95 % intervals, calibration, the worst categories, CPU a message.

    No complaint is understood by a model that was taught with it. Bad lines are told and left out (exit code 2).
    """
    from bot.clocks import load_clocks
    from bot.embedding import get_embedder
    from bot.settings import get_settings
    from bot.understanding.evaluation import (
        calibrate,
        measure,
        read_rows,
        understand_held_out,
        worst_categories,
    )
    from bot.understanding.history import load_history
    from bot.vectorcache import VectorCache
    from bot.vectorpack import FOLDER
    from serve.cli.output import BadLines, progress_bar, wants_json
    from serve.parts import build_catalogue

    settings = get_settings()
    catalogue = build_catalogue(settings)
    bad = BadLines()
    rows = read_rows(file, bad.report, leaves=(leaf.code for leaf in catalogue.leaves))
    if not rows:
        bad.report(0, "no line of the file can be used")
        bad.finish()
    folder = settings.data_dir / "models"
    with progress_bar("understanding", hidden=wants_json(json)) as progress:
        held = understand_held_out(
            catalogue,
            get_embedder(),
            VectorCache(folder, settings.content_dir / FOLDER),
            rows,
            clocks=load_clocks(settings.content_dir),
            history=load_history(folder, catalogue),
            progress=progress,
        )
    calibration = calibrate(rows, held.found)
    fields = measure(rows, held.found, held.alternative)
    report = {
        "rows": len(rows),
        "bad_rows": bad.count,
        "fields": {field.name: field.as_json() for field in fields},
        "calibration": calibration.as_json(),
        "worst_categories": worst_categories(rows, held.found),
        "cpu_ms": {
            "with_embedding": _plain(held.with_embedding, drop=()),
            "without_embedding": _plain(held.without_embedding, drop=()),
        },
    }
    if mistakes:
        report["mistakes"] = [
            {"id": row["id"], "text": row["text"], "category": row["category"], "taken_for": one.category}
            for row, one in zip(rows, held.found, strict=True)
            if one.category != row["category"]
        ]
    if plot is not None:
        from serve.reliability import draw_reliability

        draw_reliability(calibration, plot)
    if wants_json(json):
        _report(report, json)
    else:
        from serve.evaluation_table import show

        show(report, catalogue)
    bad.finish()


def intents(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="NLU examples in Rasa's form; tests/nlu_unseen.yml by default.", exists=True, dir_okay=False
        ),
    ] = None,
    wrong: bool = typer.Option(
        False, "--mistakes", help="Also every sentence that was taken for another intent."
    ),
    json: bool = _JSON,
) -> None:
    """Macro-F1 of the dialogue engine's intents on sentences it was not taught, and how it refuses what is out of scope."""
    from bot.settings import PROJECT, get_settings
    from serve.intents import measure, mistakes, predict, read_examples

    examples = read_examples(file or PROJECT / "tests" / "nlu_unseen.yml")
    predicted = predict(get_settings(), [example.text for example in examples])
    report = measure(examples, predicted)
    if wrong:
        report["mistakes"] = mistakes(examples, predicted)
    _report(report, json)


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


def speech(
    manifest: Annotated[
        Path,
        typer.Argument(
            help="Table with the columns file and transcript (and group), separated by tabs.",
            exists=True,
            dir_okay=False,
        ),
    ],
    noise: Annotated[
        list[float] | None,
        typer.Option("--noise", help="Also with babble so many dB under the speech; may be given again."),
    ] = None,
    codec: Annotated[
        list[str] | None,
        typer.Option("--codec", help="Also as mulaw, amr, opus, silk or mp3; may be given again."),
    ] = None,
    long: bool = typer.Option(False, "--long", help="Also all of them as one recording, with pauses."),
    mistakes: bool = typer.Option(False, "--mistakes", help="Also each recording, said and heard."),
    json: bool = _JSON,
) -> None:
    """Character and toneless-pinyin error, invented characters where nobody speaks, CPU and memory, by group."""
    from bot.settings import get_settings
    from bot.speech.building import build_recogniser
    from bot.speech.evaluation import evaluate, read_manifest
    from bot.speech.settings import speech_settings

    recordings = read_manifest(manifest)
    recogniser = build_recogniser(get_settings(), speech_settings())
    report = evaluate(recogniser, recordings, noise=noise or (), codecs=codec or (), long=long)
    _report({**report.as_json(), **({"lines": report.lines} if mistakes else {})}, json)
