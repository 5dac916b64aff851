"""The command ``suda``: one file a group of commands; what a command needs is imported when it runs, so that all start fast."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from bot.errors import SudaError
from serve.cli import (
    batch,
    catalogue,
    chat,
    database,
    demo,
    doctor,
    evaluate,
    explain,
    export,
    processes,
    speech,
    train,
    up,
    wechat,
)

app = typer.Typer(
    name="suda",
    help="Suda 诉达: the conversational intake bot of a 12345 city hotline.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
up.register(app)
demo.register(app)
processes.register(app)
train.register(app)
chat.register(app)
batch.register(app)
doctor.register(app)
explain.register(app)
export.register(app)
evaluate.register(app)
catalogue.register(app)
database.register(app)
speech.register(app)
wechat.register(app)


def main() -> NoReturn:
    """Run the command line; what Suda refuses on purpose is one sentence, not a traceback."""
    from pydantic import ValidationError

    from serve.cli.output import utf8_output

    utf8_output()
    try:
        app()
    except SudaError as error:
        sys.stderr.write(f"suda: {error}\n")
        sys.exit(1)
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            name = "_".join(str(part) for part in problem["loc"]).upper()
            name = name if name == "DATABASE_URL" else f"SUDA_{name}"
            sys.stderr.write(f"suda: the setting {name} is wrong: {problem['msg']}. See docs/settings.md.\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)
