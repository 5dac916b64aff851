"""The running system of one machine: database, engine, app and worker, brought up, kept up, and brought down in order."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import contextmanager
from functools import partial
from typing import Any

from bot.errors import ConfigError, SudaError
from bot.settings import Settings
from serve.embedded_postgres import EmbeddedPostgres
from serve.supervisor.child import Child, ChildFailedError, Program, Say
from serve.supervisor.instance import Running, announce, only_instance
from serve.supervisor.logfile import BoundedLog
from serve.supervisor.once import run_once
from serve.supervisor.ports import is_free, other_port, require_free
from serve.supervisor.programs import Addresses, Plan, environment
from serve.supervisor.speech import Speech

READY_WITHIN = 900.0
"""Seconds a process may take to become ready: the first start learns from the content, a minute alone on one core."""


class System:
    """Everything ``suda up`` runs.

    Args:
        settings: The settings.
        say: Tells the operator one line.
        on_ready: Called once everything answers.
        plan: The programs; those of Suda unless a test has others.
    """

    def __init__(
        self, settings: Settings, *, say: Say, on_ready: Callable[[Running], None], plan: Plan | None = None
    ) -> None:
        self._settings = settings
        self._plan = plan or Plan(settings)
        self._say = say
        self._on_ready = on_ready
        self._postgres: EmbeddedPostgres | None = None
        self._children: list[Child] = []
        self._logs: dict[str, BoundedLog] = {}
        self._speech = Speech(self._plan.speech, partial(self._log, "speech"), say)
        self._announced: list[int | None] = []
        self._stop = asyncio.Event()
        self._stops = 0
        self._training_begun = asyncio.Event()

    async def run(self) -> None:
        """Bring the system up, keep it up until a signal asks to stop, and bring it down.

        Raises:
            ConfigError: It cannot start; one sentence says why and what to do.
        """
        with only_instance(self._settings.data_dir), self._signals():
            addresses = self._choose_addresses()
            try:
                if await self._unless_stopped(self._bring_up(addresses)):
                    await self._unless_stopped(self._keep_up(addresses))
            finally:
                await self._bring_down()

    # ---- coming up

    def _choose_addresses(self) -> Addresses:
        settings = self._settings
        require_free(settings.host, settings.port)
        url = settings.engine_url.rstrip("/")
        host, _, port = url.removeprefix("http://").partition(":")
        if not port.isdigit():
            raise ConfigError(f"SUDA_ENGINE_URL={url} needs a port, such as http://127.0.0.1:5105.")
        if not is_free(host, int(port)):
            url = f"http://{host}:{other_port(host, int(port))}"
        actions = settings.actions_port or other_port("127.0.0.1", int(url.rpartition(":")[2]))
        require_free("127.0.0.1", actions, "SUDA_ACTIONS_PORT")
        self._plan.speech.is_wanted()  # refuses a wrong setting now rather than when all are ready
        return Addresses(settings.host, settings.port, url, actions)

    async def _bring_up(self, addresses: Addresses) -> None:
        began = time.monotonic()
        self._plan.check()
        trained = asyncio.create_task(self._train())
        try:
            begun = asyncio.create_task(self._training_begun.wait())
            await asyncio.wait({trained, begun}, return_when=asyncio.FIRST_COMPLETED)
            begun.cancel()
            # Starting the database holds this thread for some seconds; training goes on beside it.
            await self._start_all(addresses, trained)
        finally:
            trained.cancel()
            await asyncio.gather(trained, return_exceptions=True)
        self._say(f"ready after {time.monotonic() - began:.0f} s")
        self._on_ready(self._announce(addresses))
        self._speech.bring()

    async def _start_all(self, addresses: Addresses, trained: Awaitable[None]) -> None:
        env = environment(self._settings, await self._start_database(), addresses)
        self._children.clear()
        # The engine reads no table before its first turn, and no turn comes before the worker is there: so it may load
        # while the schema is brought up to date.
        engine = asyncio.create_task(self._launch_engine(env, addresses, trained))
        try:
            if not await asyncio.to_thread(self._plan.is_migrated, env):
                await self._step("database schema up to date", self._plan.migrate(env), "see its log")
            front = [self._launch(program) for program in self._plan.front(env, addresses)]
            self._speech.start(env, addresses.actions_port)
            # The order of bringing down: who asks before who is asked.
            self._children = [*front, await engine]
        finally:
            engine.cancel()
            await asyncio.gather(engine, return_exceptions=True)
        await self._all_ready()

    async def _launch_engine(
        self, env: dict[str, str], addresses: Addresses, trained: Awaitable[None]
    ) -> Child:
        await trained
        return self._launch(self._plan.engine(env, addresses))

    async def _start_database(self) -> str:
        given = self._settings.database_url
        if given is not None:
            return given.get_secret_value()
        began = time.monotonic()
        self._postgres = EmbeddedPostgres(self._settings.data_dir)
        self._postgres.start()  # in the main thread: the server lives as long as the thread that started it
        self._say(f"database started ({time.monotonic() - began:.1f} s)")
        return self._postgres.url

    async def _train(self) -> None:
        if await asyncio.to_thread(self._plan.is_trained):
            return
        self._say("training the dialogue engine (about a minute, only when nlu/ or domain.yml changed)")
        cure, begun = "correct nlu/ or domain.yml", self._training_begun.set
        await self._step("dialogue engine trained", self._plan.train(), cure, begun)

    async def _step(
        self, done: str, program: Program, cure: str, begun: Callable[[], None] | None = None
    ) -> None:
        """Run a program to its end."""
        began = time.monotonic()
        log = self._log(program.name)
        code = await run_once(program, log, begun=begun)
        if code != 0:
            last = [line for line in log.tail(5) if line.strip()]
            raise ConfigError(
                f"The step '{program.name}' failed: {last[-1][:300] if last else 'no output'} ({cure}; all of it: {log.path})"
            )
        self._say(f"{done} ({time.monotonic() - began:.1f} s)")

    def _launch(self, program: Program) -> Child:
        child = Child(program, self._log(program.name), self._say)
        self._children.append(child)
        child.start()
        return child

    async def _all_ready(self) -> None:
        waits = [asyncio.create_task(self._ready(child)) for child in self._children]
        try:
            await asyncio.gather(*waits)
        except ChildFailedError as error:
            raise ConfigError(str(error)) from error
        finally:
            for wait in waits:
                wait.cancel()

    async def _ready(self, child: Child) -> None:
        began = time.monotonic()
        comfort = asyncio.create_task(self._still_waiting(child.program.name))
        try:
            await child.wait_ready(READY_WITHIN)
        finally:
            comfort.cancel()
        self._say(f"{child.program.name} ready ({time.monotonic() - began:.1f} s)")

    async def _still_waiting(self, name: str) -> None:
        began = time.monotonic()
        while True:
            await asyncio.sleep(15)
            self._say(
                f"  ... {name}: {time.monotonic() - began:.0f} s so far (the first start learns from the content)"
            )

    def _announce(self, addresses: Addresses) -> Running:
        processes = {child.program.name: child.pid or 0 for child in self._children}
        if self._postgres is not None:
            processes["postgres"] = self._postgres.pid or 0
        if self._speech.pid is not None:
            processes["speech"] = self._speech.pid
        running = Running(
            os.getpid(), addresses.base, addresses.engine_url, processes, speech_url=self._speech.url
        )
        announce(self._settings.data_dir, running)
        self._announced = self._pids()
        return running

    # ---- staying up

    async def _keep_up(self, addresses: Addresses) -> None:
        """Children look after themselves; a database that died takes them along, because its address is new each time."""
        while True:
            await asyncio.sleep(0.5)
            if self._postgres is not None and self._postgres.pid is None:
                self._say("the database ended unexpectedly; starting it again, and everything that uses it")
                await self._stop_children()
                self._postgres.stop()
                await self._start_all(addresses, asyncio.sleep(0))
            if self._pids() != self._announced:
                self._announce(addresses)

    def _pids(self) -> list[int | None]:
        return [*(child.pid for child in self._children), self._speech.pid]

    # ---- going down

    async def _bring_down(self) -> None:
        self._say("stopping")
        await self._speech.stop_bringing()
        await self._stop_children()
        await self._speech.stop()
        if self._postgres is not None:
            self._postgres.stop(timeout=5.0)
            self._postgres = None
        for log in self._logs.values():
            log.close()
        self._logs.clear()
        self._say("stopped")

    async def _stop_children(self) -> None:
        for child in self._children:
            await child.stop()
        self._children.clear()

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do the work; False when a stop was asked for first."""
        task = asyncio.create_task(work)
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
                return True
            return False
        finally:
            stop.cancel()
            task.cancel()
            await asyncio.gather(task, stop, return_exceptions=True)

    @contextmanager
    def _signals(self) -> Any:
        loop = asyncio.get_running_loop()
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        for number in numbers:
            loop.add_signal_handler(number, self._asked_to_stop)
        try:
            yield
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)

    def _asked_to_stop(self) -> None:
        self._stops += 1
        self._stop.set()
        if self._stops > 1:  # asked twice: no more patience
            for child in self._children:
                child.kill()
            self._speech.kill()

    def _log(self, name: str) -> BoundedLog:
        if name not in self._logs:
            folder = self._settings.data_dir / "log"
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._logs[name] = BoundedLog(folder / f"{name}.log")
            except OSError as error:
                raise SudaError(f"The log folder {folder} cannot be written: {error.strerror}.") from error
        return self._logs[name]
