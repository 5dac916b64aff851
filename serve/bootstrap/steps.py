"""Running the tools of the set-up: their output to a log, one line for people, one sentence when it fails."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
TOOLS = PROJECT / "var" / "tools"
LOG = PROJECT / "var" / "log" / "setup.log"


class SetupError(Exception):
    """The set-up cannot go on; the message is one sentence that says why and what to do."""


def say(line: str) -> None:
    """One line for the person who waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(what: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run one tool.

    Raises:
        SetupError: It failed.
    """
    LOG.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        start = log.tell()
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        with stoppable(process):
            while process.poll() is None:
                _wait(process, began, what)
    if process.returncode != 0:
        with LOG.open("rb") as log_read:
            log_read.seek(start)
            output = log_read.read().decode("utf-8", "replace")
        raise SetupError(f"{what} failed: {explain(output)} (all of it: {LOG})")
    say(f"· {what} ({time.monotonic() - began:.0f} s)")


@contextlib.contextmanager
def stoppable(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """The process leads a session of its own: it ends with :func:`stop_all`, and when the block is left by an error."""
    _running.append(process)
    try:
        yield
    except BaseException:
        _stop(process)
        raise
    finally:
        _running.remove(process)


def stop_all() -> None:
    """End every tool that runs, with whatever it started: Ctrl-C during the set-up."""
    for process in list(_running):
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


_running: list[subprocess.Popen[bytes]] = []


def _wait(process: subprocess.Popen[bytes], began: float, what: str) -> None:
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        say(f"  ... {what}: {time.monotonic() - began:.0f} s so far")


_MEANINGS = (
    (("No space left", "os error 28", "Disk quota exceeded"), "the disk is full; make room and run the command again."),
    (
        ("hash mismatch", "Hash mismatch", "DO NOT MATCH THE HASHES"),
        "a downloaded file is damaged; run the command again, and if it stays so, check the package index or proxy.",
    ),
    (
        (
            "dns error", "error sending request", "Connection refused", "Network is unreachable", "timed out", "Failed to fetch",
            "Failed to download", "Temporary failure in name resolution", "tcp connect error", "Could not find a version",
            "certificate", "Could not connect",
        ),
        "a download did not come through; check the network, and pip's index settings if this machine uses a mirror, then run the command again.",
    ),
    (("Permission denied", "os error 13", "Read-only file system"), "a file cannot be written; check who owns this folder."),
)  # fmt: skip


def explain(output: str) -> str:
    """One sentence for what a tool printed."""
    for signs, meaning in _MEANINGS:
        if any(sign in output for sign in signs):
            return meaning
    last = [line.strip() for line in output.splitlines() if line.strip()]
    return f"it said: {last[-1][:200]}" if last else "it gave no reason."


def need_space(folder: Path, gigabytes: float, what: str) -> None:
    """Refuse early what would fill the disk.

    Raises:
        SetupError: Too little is free.
    """
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        raise SetupError(
            f"{what} needs {gigabytes:g} GB and only {free:.1f} GB are free at {folder}; make room and run the command again."
        )
