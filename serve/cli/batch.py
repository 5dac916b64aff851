"""``suda ask`` and ``suda understand``: one JSON object a line in, one out."""

from __future__ import annotations

from typing import Any

import typer

_FILE = typer.Argument("-", help="JSON lines; - is standard input.")
_JSON = typer.Option(False, "--json", help="JSON lines also on a terminal.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ask")(ask)
    app.command("understand")(understand)


def ask(file: str = _FILE, json: bool = _JSON) -> None:
    """Answer {"query"} from the knowledge base: {"query","article_id" or null,"score","answer","candidates"}."""
    from bot.clock import in_city, now
    from bot.settings import get_settings
    from serve.cli.output import BadLines, emit, read_lines, wants_json
    from serve.parts import build_knowledge

    bad = BadLines()
    as_json = wants_json(json)
    knowledge = None
    for line in read_lines(file, bad, required={"query": str}):
        knowledge = knowledge or build_knowledge(get_settings())
        answer = knowledge.ask(line.value["query"], on=in_city(now()).date())
        result = {
            "query": line.value["query"],
            "article_id": answer.article_id,
            "score": round(float(answer.score), 4),
            "answer": answer.as_text() if answer.article_id is not None else "",
            "candidates": [
                {"id": candidate.id, "score": round(float(candidate.score), 4)}
                for candidate in answer.candidates
            ],
        }
        if as_json:
            emit(result)
        else:
            _show_answer(result)
    bad.finish()


def understand(file: str = _FILE, json: bool = _JSON) -> None:
    """Read {"id","text","reference_time"?,"answers"?} into the fields of a case, one object a line.

    "answers" holds what was answered to clarifying questions: {"heat_provider": "热力集团"}.
    """
    from bot.clock import now
    from bot.errors import ContentError
    from bot.settings import get_settings
    from bot.understanding.readable import why_unreadable
    from serve.cli.chat import read_moment
    from serve.cli.output import BadLines, emit, read_lines, wants_json
    from serve.parts import build_reader

    bad = BadLines()
    as_json = wants_json(json)
    reader = None
    for line in read_lines(file, bad, required={"text": str}):
        if why := why_unreadable(line.value["text"]):
            bad.report(line.number, why)
            continue
        try:
            at = read_moment(line.value["reference_time"]) if "reference_time" in line.value else now()
        except ValueError:
            bad.report(line.number, '"reference_time" must look like 2026-11-23T15:00:00+08:00')
            continue
        answers = line.value.get("answers") or {}
        if not isinstance(answers, dict) or not all(isinstance(words, str) for words in answers.values()):
            bad.report(line.number, '"answers" must be an object of slot and words')
            continue
        reader = reader or build_reader(get_settings())
        try:
            fields = {"id": line.value.get("id"), **reader(line.value["text"], at, answers)}
        except (ContentError, OverflowError) as error:
            bad.report(line.number, f'"reference_time" {at:%Y-%m-%d} cannot be judged ({error})')
            continue
        if as_json:
            emit(fields)
        else:
            _show_fields(fields)
    bad.finish()


def _show_answer(result: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    found = result["article_id"]
    Console().print(
        Panel(
            Text(result["answer"] if found else "没有把握的答案。"),
            title=Text(result["query"]),
            subtitle=f"{found or '—'}  {result['score']:.2f}",
        )
    )


def _show_fields(fields: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.pretty import Pretty

    Console().print(Pretty(fields, expand_all=True))
