"""One supervised process: started as ours, watched, started again when it dies, stopped in time."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import SudaError
from serve.supervisor.logfile import BoundedLog

_LAUNCH = Path(__file__).with_name("launch.py")
_STEADY = 60.0
"""Seconds after which a process counts as healthy again and the waiting time begins anew."""

Say = Callable[[str], None]


class ChildFailedError(SudaError):
    """A process did not come up; the message says which, and what its log said last."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run.

    Attributes:
        name: Its name in messages and log files.
        command: Absolute path of the program, and arguments.
        environment: The whole environment.
        folder: Working folder.
        ready_url: Answers 200 once the program can work; None when it is ready at once.
        grace: Seconds it gets to end by itself.
        ready_headers: Sent with the question for readiness.
        nice: How much it gives way when the processors are full, 0 to 19.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    ready_url: str | None = None
    grace: float = 4.0
    ready_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    nice: int = 0


def our_child(command: Sequence[str], *, nice: int = 0) -> list[str]:
    """The command as a child that ends with this process, however that ends."""
    return [sys.executable, "-I", "-S", str(_LAUNCH), str(os.getpid()), str(nice), *command]


async def spawn(program: Program) -> asyncio.subprocess.Process:
    """Start the program in a session of its own, so that Ctrl-C reaches only the supervisor; it dies with this process."""
    return await asyncio.create_subprocess_exec(
        *our_child(program.command, nice=program.nice),
        cwd=program.folder,
        env=dict(program.environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )


class Child:
    """A program kept running.

    Args:
        program: What to run.
        log: Where its output goes.
        say: Tells the operator one line.
        first_wait: Seconds before the first new start; doubled each time, at most 30.
    """

    def __init__(self, program: Program, log: BoundedLog, say: Say, *, first_wait: float = 0.5) -> None:
        self.program = program
        self.log = log
        self.starts = 0
        self.ready = asyncio.Event()
        self._say = say
        self._first_wait = first_wait
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._stopping = False
        self._was_ready = False

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    def start(self) -> None:
        """Begin to keep it running."""
        self._stopping = False
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.program.name}")

    async def wait_ready(self, within: float) -> None:
        """Return once it is ready.

        Raises:
            ChildFailedError: It ended three times before it was, or took longer than ``within`` seconds.
        """
        if self._keeper is None:
            raise ChildFailedError(f"{self.program.name} was not started.")
        waiter = asyncio.create_task(self.ready.wait())
        try:
            await asyncio.wait({waiter, self._keeper}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()
        if self._keeper.done() and not self._keeper.cancelled():
            self._keeper.result()
        if not self.ready.is_set():
            raise ChildFailedError(
                f"{self.program.name} was not ready within {within:.0f} s: see {self.log.path}."
            )

    async def stop(self) -> None:
        """End it: SIGTERM, after its grace SIGKILL; whatever it started goes with it."""
        self._stopping = True
        self.ready.clear()
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), self.program.grace)
            except TimeoutError:
                self._kill(process)
                await process.wait()
        if process is not None:
            self._kill(process)
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None

    def kill(self) -> None:
        """End it at once."""
        self._stopping = True
        if self._process is not None:
            self._kill(self._process)

    @staticmethod
    def _kill(process: asyncio.subprocess.Process) -> None:
        # The group outlives its leader while a member lives; an empty one is gone, and its number is not reused before.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)

    async def _keep(self) -> None:
        wait = self._first_wait
        while not self._stopping:
            began = time.monotonic()
            process = self._process = await spawn(self.program)
            self.starts += 1
            probe = asyncio.create_task(self._watch_ready())
            drain = asyncio.create_task(self._drain(process))
            try:
                code = await process.wait()
                self._kill(process)  # what it started must not outlive it, nor hold its output open
                await asyncio.wait({drain}, timeout=2)
            finally:
                probe.cancel()
                drain.cancel()
                await asyncio.gather(probe, drain, return_exceptions=True)
            self.ready.clear()
            if self._stopping:
                return
            if not self._was_ready and (
                code > 0 or self.starts >= 3
            ):  # its own word that it cannot, or hopeless
                raise ChildFailedError(self._why(code))
            if time.monotonic() - began > _STEADY:
                wait = self._first_wait
            self._say(
                f"{self.program.name} ended unexpectedly ({how_it_ended(code)}); starting it again in {wait:g} s. Its log: {self.log.path}"
            )
            await asyncio.sleep(wait)
            wait = min(wait * 2, 30.0)

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        while data := await process.stdout.read(65536):
            self.log.write(data)

    async def _watch_ready(self) -> None:
        while not await self._is_ready():  # noqa: ASYNC110 - another process: there is nothing to wait on
            await asyncio.sleep(0.1)
        if self._was_ready:
            self._say(f"{self.program.name} is running again.")
        self._was_ready = True
        self.ready.set()

    async def _is_ready(self) -> bool:
        url, headers = self.program.ready_url, self.program.ready_headers
        return url is None or await asyncio.to_thread(answers, url, headers=headers)

    def _why(self, code: int) -> str:
        lines = [line for line in self.log.tail(5) if line.strip()]
        last = f" Its last words: {lines[-1][:300]}" if lines else ""
        return f"{self.program.name} does not start ({how_it_ended(code)}): see {self.log.path}.{last}"


def how_it_ended(code: int) -> str:
    """An exit code, or the signal of a negative one, in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


def answers(url: str, *, headers: Mapping[str, str] | None = None, timeout: float = 2.0) -> bool:
    """Whether a GET is answered with 200."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=timeout)
    try:
        connection.request("GET", parts.path or "/", headers=dict(headers or {}))
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
