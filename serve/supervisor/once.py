"""A program that is run once, to its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable

from serve.supervisor.child import Program, spawn
from serve.supervisor.logfile import BoundedLog

_LONGEST_LINE = 4096
_GONE_WITHIN = 2.0
"""Seconds after SIGKILL."""


async def run_once(
    program: Program,
    log: BoundedLog,
    *,
    begun: Callable[[], None] | None = None,
    heed: Callable[[str], None] | None = None,
) -> int:
    """Its exit code; negative: the signal that ended it.

    Whoever cancels this waits until nothing of it is left: SIGTERM, and after the program's grace SIGKILL.

    Args:
        program: What to run.
        log: Where its output goes.
        begun: Called when it runs.
        heed: Told each line of its output.
    """
    process = await spawn(program)
    if begun is not None:
        begun()
    rest = b""
    try:
        while process.stdout is not None and (data := await process.stdout.read(65536)):
            log.write(data)
            if heed is not None:
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    heed(line.decode("utf-8", "replace").rstrip())
                rest = rest[-_LONGEST_LINE:]
        return await process.wait()
    finally:
        if process.returncode is None:
            await asyncio.shield(_end(process, program.grace))


async def _end(process: asyncio.subprocess.Process, grace: float) -> None:
    if grace:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), grace)
    # What it started may still be there; a group that is gone is no fault.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    # Not for ever: before Python 3.12 this waits for whoever still holds its output open, too.
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _GONE_WITHIN)
