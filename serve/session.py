"""A running system to talk to, found or started for the time it is needed; and talking to it as an API caller."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import aiohttp

from bot.errors import ConfigError, DialogueError
from bot.messages import Reply
from bot.settings import PROJECT, Settings
from bot.storage.secrets import api_key
from serve.supervisor.child import answers, our_child
from serve.supervisor.instance import find_running
from serve.supervisor.ports import is_free, other_port

START_WITHIN = 300.0
"""Seconds a system that we start may take; training from nothing included."""
REPLY_WITHIN = 60.0
"""Seconds after which a turn without a reply is an error."""
ASK_AGAIN = 1.0
"""Seconds until a system that is busy or away is asked again."""


class UnreachableError(DialogueError):
    """Nothing answers at the system's address, or nothing of ours."""


@contextmanager
def system(settings: Settings) -> Iterator[str]:
    """The address of a running system; one is started for the length of the block when none runs.

    Raises:
        ConfigError: It could not be started.
    """
    running = find_running(settings.data_dir)
    if running is not None:
        yield running.url
        return
    configured = f"http://{settings.host}:{settings.port}"
    if answers(f"{configured}/healthz"):
        yield configured
        return
    port = (
        settings.port if is_free(settings.host, settings.port) else other_port(settings.host, settings.port)
    )
    command = our_child([sys.executable, "-m", "serve.cli", "up", "--quiet", "--port", str(port)])
    sys.stderr.write("Suda is not running; starting it for this command.\n")
    # Whoever types needs no ears: neither fetched, nor loaded.
    environment = {**os.environ, "SUDA_SPEECH": "off"}
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        start_new_session=True,
    )
    try:
        yield _wait_until_up(process, settings)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _wait_until_up(process: subprocess.Popen[bytes], settings: Settings) -> str:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ConfigError("Suda did not start: the reason stands above.")
        if (running := find_running(settings.data_dir)) is not None:
            return running.url
        time.sleep(0.2)
    raise ConfigError(f"Suda did not start within {START_WITHIN:.0f} s: see {settings.data_dir / 'log'}.")


@dataclass
class Caller:
    """Talks to a system through its HTTP interface with the API key.

    Attributes:
        url: Where it answers, without a slash at the end.
        key: The API key.
    """

    url: str
    key: str = field(repr=False)
    _http: aiohttp.ClientSession | None = field(default=None, init=False, repr=False)
    _reached: bool = field(default=False, init=False, repr=False)

    @classmethod
    def of(cls, settings: Settings, url: str) -> Caller:
        """A caller with this installation's key."""
        return cls(url, api_key(settings))

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(
            headers={"X-API-Key": self.key},
            timeout=aiohttp.ClientTimeout(total=REPLY_WITHIN),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.close()

    async def say(self, sender: str, message_id: str, said: str, at: datetime) -> list[Reply]:
        """Say something as ``sender`` and wait for the replies.

        A system that has answered before and is away is asked again for a minute: it is being restarted.

        Raises:
            DialogueError: The system refused, did not reply within a minute, or never answered at all.
        """
        body = {"text": said, "sender_id": sender, "message_id": message_id, "sent_at": at.isoformat()}
        deadline = time.monotonic() + REPLY_WITHIN
        while time.monotonic() < deadline:
            status, answer = await self._ask("POST", "/api/chat/messages", deadline, json=body)
            if status == 200:
                return [Reply.from_json(message) for message in answer["messages"]]
            if status not in (202, 429, 503):  # asking again with the same id is the same message
                raise DialogueError(f"The system refused a message with status {status} ({_code(answer)}).")
            if status != 202:
                await asyncio.sleep(ASK_AGAIN)
        raise DialogueError(f"No reply came within {REPLY_WITHIN:.0f} s.")

    async def cases(self, sender: str, numbers: list[str]) -> list[dict[str, Any]]:
        """What was filed: the sender's cases, and the anonymous ones by their numbers.

        Raises:
            DialogueError: The system refused.
        """
        params = [("sender_id", sender), *(("number", number) for number in numbers)]
        deadline = time.monotonic() + REPLY_WITHIN
        status, answer = await self._ask("GET", "/api/cases", deadline, params=params)
        if status != 200:
            raise DialogueError(f"The system did not give the cases: status {status} ({_code(answer)}).")
        found: list[dict[str, Any]] = answer["cases"]
        return found

    async def _ask(self, method: str, path: str, deadline: float, **content: Any) -> tuple[int, Any]:
        while True:
            try:
                return await self._ask_once(method, path, **content)
            except UnreachableError:
                # One that answered before is being restarted; one that never did is not there at all.
                if not self._reached or time.monotonic() + ASK_AGAIN > deadline:
                    raise
            await asyncio.sleep(ASK_AGAIN)

    async def _ask_once(self, method: str, path: str, **content: Any) -> tuple[int, Any]:
        if self._http is None:
            raise DialogueError("The caller is not open: use it as a context manager.")
        try:
            async with self._http.request(method, self.url + path, **content) as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise UnreachableError(
                f"The system at {self.url} does not answer ({type(error).__name__})."
            ) from error
        self._reached = True
        return response.status, answer


def _code(answer: Any) -> str:
    error = answer.get("error") if isinstance(answer, dict) else None
    return str(error.get("code", "no code")) if isinstance(error, dict) else "no code"
