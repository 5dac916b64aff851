"""Speech beside the running system: brought where it is missing, started, kept; the text bot never waits for it.

What cannot be had is one line for the operator, and the system goes on without it until its next start.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

from bot.errors import SudaError
from bot.speech.installed import Lack
from serve.supervisor.child import Child, ChildFailedError, Program, Say, how_it_ended
from serve.supervisor.logfile import BoundedLog
from serve.supervisor.once import run_once
from serve.supervisor.ports import other_port
from serve.supervisor.speech_programs import SpeechPlan

LEFT_OUT = "speech: left out:"
"""How the line begins that says why nobody hears; the set-up's own begins so, too."""
READY_WITHIN = 600.0
"""Seconds the model may take to load: the largest from a slow disk, behind everything else."""
_LATER = "; until then citizens are asked to type, and the next start tries again."


class Speech:
    """Speech of one system.

    Args:
        plan: Its programs.
        log: Where their output goes.
        say: Tells the operator one line.
    """

    def __init__(self, plan: SpeechPlan, log: Callable[[], BoundedLog], say: Say) -> None:
        self._plan = plan
        self._log = log
        self._say = say
        self._child: Child | None = None
        self._port = 0
        self._work: asyncio.Task[None] | None = None
        self._may_bring = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process that hears: 0 while it is started anew, None when there is none."""
        return None if self._child is None else self._child.pid or 0

    @property
    def url(self) -> str:
        """Where recordings are heard, now or within seconds; empty while nobody does."""
        return "" if self._child is None else f"http://127.0.0.1:{self._port}"

    def start(self, env: Mapping[str, str], after: int) -> None:
        """Start what is there; harmless when that was done.

        Args:
            env: The environment of its programs.
            after: Its port is the next free one after this, unless the settings name one.
        """
        if self._work is None and self._plan.is_wanted():
            self._work = asyncio.create_task(self._carefully(env, after), name="speech")

    def bring(self) -> None:
        """What is missing may be brought from now on."""
        self._may_bring.set()

    async def stop_bringing(self) -> None:
        """End what is being brought, at once; the process that hears goes on."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def stop(self) -> None:
        """End everything."""
        await self.stop_bringing()
        if self._child is not None:
            await self._child.stop()
            self._child = None

    def kill(self) -> None:
        """End the process that hears at once."""
        if self._child is not None:
            self._child.kill()

    async def _carefully(self, env: Mapping[str, str], after: int) -> None:
        try:
            if await asyncio.to_thread(self._plan.is_complete) or await self._bring(env):
                await self._serve(env, after)
        except SudaError as error:
            self._say(f"{LEFT_OUT} {error}")
        except Exception as error:  # whatever it is: the text bot goes on, and the operator knows
            self._say(f"{LEFT_OUT} {type(error).__name__}: {error}")

    async def _bring(self, env: Mapping[str, str]) -> bool:
        """Whether everything is there in the end."""
        await self._may_bring.wait()
        if not await asyncio.to_thread(self._plan.has_packages):
            await self._run(self._plan.install(env))
        lack = self._plan.lacks()
        if lack is Lack.MODEL:
            self._say(f"speech: fetching the model {self._plan.model} ({self._plan.megabytes} MB)")
            if not await self._run(self._plan.fetch(env), _LATER):
                return False
            lack = self._plan.lacks()
        if lack in (Lack.ENGINE, Lack.FILE):
            self._say(f"{LEFT_OUT} {self._plan.cure(lack)}")
        return lack is None

    async def _run(self, program: Program, besides: str = ".") -> bool:
        """Run to the end what brings something; False, and one line, when it cannot."""
        said, last = False, ""

        def heed(line: str) -> None:
            nonlocal said, last
            if line.startswith("suda: "):
                last = line.removeprefix("suda: ")
            elif line:
                said = said or line.startswith(LEFT_OUT)
                self._say("speech: " + line.removeprefix("· ").removeprefix("speech: "))

        code = await run_once(program, self._log(), heed=heed)
        if code != 0 and not said:
            why = last or f"what was to bring it ended ({how_it_ended(code)}): see {self._log().path}."
            self._say(f"{LEFT_OUT} {why.rstrip('.')}{besides}")
        return code == 0

    async def _serve(self, env: Mapping[str, str], after: int) -> None:
        began = time.monotonic()
        self._port = self._plan.port or other_port("127.0.0.1", after)
        child = self._child = Child(self._plan.serve(env, self._port), self._log(), self._say)
        child.start()
        try:
            await child.wait_ready(READY_WITHIN)
        except ChildFailedError:
            self._child = None
            await child.stop()
            raise
        self._say(f"speech ready ({time.monotonic() - began:.1f} s)")
