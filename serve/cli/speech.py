"""``suda transcribe`` and ``suda speech``: hear recordings, bring the model, serve the worker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_JSON = typer.Option(False, "--json", help="JSON lines also on a terminal.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("transcribe")(transcribe)
    group = typer.Typer(help="The speech model.", no_args_is_help=True)
    group.command("fetch")(fetch)
    group.command("serve")(serve)
    app.add_typer(group, name="speech")


def transcribe(
    audio: Annotated[list[Path], typer.Argument(help="Recordings: wav, mp3, amr, silk, ogg, m4a, flac.")],
    json: bool = _JSON,
) -> None:
    """Hear recordings: {"file","text","confidence","rejected","segments","audio_seconds","wall_seconds"}, one a line."""
    import time

    from bot.settings import get_settings
    from bot.speech.building import build_recogniser
    from bot.speech.settings import speech_settings
    from bot.speech.transcript import Transcript
    from serve.cli.output import BadLines, emit, wants_json

    recogniser = build_recogniser(get_settings(), speech_settings())
    as_json, bad = wants_json(json), BadLines()
    for number, file in enumerate(audio, 1):
        began = time.monotonic()
        if file.is_file():
            transcript = recogniser.hear(file)
        else:
            bad.report(number, f"there is no file {file}")
            transcript = Transcript((), 0.0, "no_file")
        result = {
            "file": str(file),
            **transcript.as_json(),
            "wall_seconds": round(time.monotonic() - began, 2),
        }
        if as_json:
            emit(result)
        else:
            _show(result)
    bad.finish()


def _show(result: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    seconds = f"{result['audio_seconds']:.1f} s"
    console.print(f"[bold]{escape(result['file'])}[/]  {seconds}, heard in {result['wall_seconds']:.1f} s")
    if result["rejected"]:
        console.print(f"  [yellow]nothing is passed on: {result['rejected']}[/]")
    for segment in result["segments"]:
        at = f"{segment['start']:6.1f}–{segment['end']:.1f}"
        console.print(f"  {at}  {segment['text']}  [dim]{segment['confidence']:.2f}[/]", markup=True)
        for change in segment.get("changes", ()):
            console.print(f"           [dim]{change['heard']} → {change['meant']} ({change['why']})[/]")


def fetch(
    model: Annotated[
        str | None, typer.Argument(help="tiny, base, small, medium, large-v3, turbo; the set one by default.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="Another place than OpenAI's: an address, or a file.")
    ] = None,
) -> None:
    """Bring a model's weights, with a progress bar or a line each tenth, and check them."""
    import sys

    from bot.settings import get_settings
    from bot.speech import weights
    from bot.speech.settings import speech_settings
    from serve.cli.output import progress_bar, progress_lines

    speech = speech_settings()
    name = model or speech.model
    on_terminal = sys.stderr.isatty()
    with progress_bar(f"fetching {name}", hidden=not on_terminal) as bar:
        heed = bar if on_terminal else progress_lines(name)
        path = weights.fetch(name, get_settings().data_dir, source=source or speech.source, heed=heed)
    typer.echo(f"{name} is there and whole: {path}")


def serve() -> None:
    """Hear what the worker sends; SUDA_SPEECH_PORT says where."""
    from serve.speech import run

    run()
