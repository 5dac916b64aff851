"""``python3 -m serve.bootstrap [--dev] [-- COMMAND...]``: make what is missing, then become the command.

Works where only a pip index can be reached, as root or as anybody, and does nothing when nothing changed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable

from serve.bootstrap import environments, speech
from serve.bootstrap.downloads import Lines
from serve.bootstrap.interpreters import base_python, engine_python, uv_and_environment
from serve.bootstrap.steps import PROJECT, SetupError, say, stop_all


def main() -> None:
    """Set up, then run the command in the app's environment."""
    parser = argparse.ArgumentParser(prog="serve.bootstrap", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, help="becomes this program of the app's environment"
    )
    options = parser.parse_args()
    # A shell that starts us in the background makes SIGINT ignored; here it must work.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        set_up(dev=options.dev)
    except SetupError as error:
        stop_all()
        sys.stderr.write(f"suda: {error}\n")
        sys.exit(1)
    except OSError as error:
        stop_all()
        sys.stderr.write(f"suda: the set-up cannot use {error.filename or PROJECT}: {error.strerror}.\n")
        sys.exit(1)
    except KeyboardInterrupt:
        stop_all()
        sys.stderr.write("suda: stopped during the set-up; the same command goes on from here.\n")
        sys.exit(130)
    if options.command:
        program = environments.APP / "bin" / options.command[0]
        os.execv(program, [str(program), *options.command[1:]])


def set_up(*, dev: bool) -> None:
    """Make both environments, at the same time, unless they are as they should be; with ``dev`` speech comes last.

    Without ``dev`` speech is left to ``python -m serve.bootstrap.speech``, which works while people chat already.

    Raises:
        SetupError: One sentence says why it cannot go on.
    """
    work: list[Callable[[], None]] = []
    if not environments.app_is_current(dev=dev):
        say("Setting Suda up; this happens once, and again when a lock file changes.")
        program, environment = uv_and_environment()
        work.append(lambda: environments.make_app(program, base_python(), environment, dev=dev))
    if not environments.engine_is_current():
        program, environment = uv_and_environment()
        interpreter = engine_python(program, environment)
        work.append(lambda: environments.make_engine(program, interpreter, environment))
    _together(work)
    if dev:
        speech.add_speech(Lines())


def _together(work: list[Callable[[], None]]) -> None:
    """Do all at the same time; the first error counts, after all have ended."""
    errors: list[Exception] = []

    def careful(task: Callable[[], None]) -> None:
        try:
            task()
        except (SetupError, OSError) as error:
            errors.append(error)
            stop_all()

    threads = [threading.Thread(target=careful, args=(task,), daemon=True) for task in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)
    if errors:
        raise errors[0]


if __name__ == "__main__":
    main()
