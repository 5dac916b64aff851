"""What every command shares: JSON lines in, JSON lines or a table out."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import typer

BAD_INPUT = 2
"""Exit code when a line of the input could not be used."""


@dataclass(frozen=True, slots=True)
class Line:
    """One good line of a JSON lines file."""

    number: int
    value: dict[str, Any]


class BadLines:
    """Counts and reports the lines that cannot be used; the good ones are worked on all the same."""

    def __init__(self) -> None:
        self.count = 0

    def report(self, number: int, why: str) -> None:
        """Say on standard error which line is wrong and why."""
        self.count += 1
        sys.stderr.write(f"line {number}: {why}\n")

    def finish(self) -> None:
        """End the command with exit code 2 when there were bad lines."""
        if self.count:
            raise typer.Exit(BAD_INPUT)


def wants_json(asked: bool) -> bool:
    """JSON lines when asked for, and whenever nobody looks at the output."""
    return asked or not sys.stdout.isatty()


def emit(value: dict[str, Any]) -> None:
    """Write one JSON object as one line of UTF-8, at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


@contextmanager
def _opened(source: str) -> Iterator[IO[bytes]]:
    if source == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115 - closed below; only the opening may fail like this
    except OSError as error:
        sys.stderr.write(f"{source}: {error.strerror}\n")
        raise typer.Exit(BAD_INPUT) from error
    with file:
        yield file


def read_lines(source: str, bad: BadLines, *, required: dict[str, type]) -> Iterator[Line]:
    """The objects of a JSON lines file (``-``: standard input); bad lines are reported and left out.

    Args:
        source: Path or ``-``.
        bad: Collects what is wrong.
        required: Field -> type that each object must have.
    """
    with _opened(source) as file:
        for number, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            try:
                value = json.loads(raw.decode("utf-8-sig"))
            except UnicodeDecodeError:
                bad.report(number, "not UTF-8")
                continue
            except ValueError as error:
                bad.report(number, f"not JSON ({error})")
                continue
            why = _wrong(value, required)
            if why:
                bad.report(number, why)
                continue
            yield Line(number, value)


def _wrong(value: Any, required: dict[str, type]) -> str | None:
    if not isinstance(value, dict):
        return "not a JSON object"
    for field, kind in required.items():
        if field not in value:
            return f'the field "{field}" is missing'
        if not isinstance(value[field], kind):
            return f'the field "{field}" must be {_NAMES.get(kind, kind.__name__)}'
    return None


_NAMES = {str: "a string", list: "a list", int: "a number"}


def utf8_output() -> None:
    """Chinese comes out whole whatever the locale of the machine; half a character as JSON escapes it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@contextmanager
def progress_bar(what: str, *, hidden: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error for long work, told ``(done, total)``; hidden when nobody looks."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=hidden, transient=True) as bar:
        task = bar.add_task(what)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def progress_lines(what: str) -> Callable[[int, int], None]:
    """The same for a log: a line each tenth, or each 100 MB where the whole is not known; told ``(done, total)`` in bytes."""
    told = 0

    def heed(done: int, total: int) -> None:
        nonlocal told
        step = total / 10 if total else 1e8
        if int(done / step) > told:
            told = int(done / step)
            typer.echo(f"{what}: {10 * told} %" if total else f"{what}: {100 * told} MB")

    return heed
