"""Brings updates to the webhook: in order within a chat, until 2xx, ever more slowly."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict, deque
from typing import Any

import aiohttp

from tests.support.platforms.telegram.api import BotApi, Refusal
from tests.support.platforms.telegram.world import Way, World

CONNECTIONS = 40
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0


class Pusher:
    """One a stand-in; ``offer`` is called for each update."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.api = BotApi(world, self.push_waiting)
        self._queues: dict[int, deque[tuple[dict[str, Any], float]]] = defaultdict(deque)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._http: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=60),
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            trust_env=False,
        )

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    async def offer(self, chat_id: int, update: dict[str, Any]) -> None:
        """Bring it to the webhook, or keep it for whoever polls."""
        if not self.world.webhook.url:
            self.world.waiting.append(update)
            await self.world.wake()
            return
        self._queues[chat_id].append((update, time.monotonic()))
        self._start(chat_id)

    def push_waiting(self) -> None:
        """A webhook was set: what waits for polling goes there."""
        while self.world.webhook.url and self.world.waiting:
            update = self.world.waiting.popleft()
            self._queues[0].append((update, time.monotonic()))
        self._start(0)

    def _start(self, chat_id: int) -> None:
        task = self._tasks.get(chat_id)
        if task is None or task.done():
            self._tasks[chat_id] = asyncio.create_task(self._bring(chat_id))

    async def _bring(self, chat_id: int) -> None:
        queue = self._queues[chat_id]
        if self.world.faults.reorder:
            await asyncio.sleep(0.1)  # so that several wait
        while queue:
            update, since = queue.pop() if self.world.faults.reorder else queue.popleft()
            way = self.world.faults.way(update["update_id"])
            await asyncio.sleep(way.delay)
            for copy in range(way.copies):
                await self._until_taken(update, since, way, count=copy == 0)

    async def _until_taken(self, update: dict[str, Any], since: float, way: Way, *, count: bool) -> None:
        pause = FIRST_PAUSE
        while not await self._try(update, since, way, count=count):
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _try(self, update: dict[str, Any], since: float, way: Way, *, count: bool) -> bool:
        hook, began = self.world.webhook, time.monotonic()
        drop, way.drop = way.drop, ""
        status, answer = (0, None) if drop == "before" else await self._post(update)
        if drop:  # the answer is lost on its way
            status = 0
        taken = 200 <= status < 300
        kind = next(name for name in update if name != "update_id")
        self.world.note("in", kind, str(status or "no answer"), began, well=taken)
        if not taken:
            self.world.failures.append(status)
            hook.last_error = f"Wrong response from the webhook: {status}" if status else "Connection refused"
            hook.last_error_at = int(time.time())
            return False
        if count:
            self.world.acks.append((update["update_id"], time.monotonic() - since))
        if isinstance(answer, dict) and "method" in answer:
            values = {name: value for name, value in answer.items() if name != "method"}
            with contextlib.suppress(Refusal):  # Telegram tells nobody
                await self.api.call(answer["method"], values)
        return True

    async def _post(self, update: dict[str, Any]) -> tuple[int, Any]:
        hook = self.world.webhook
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        assert self._http is not None
        try:
            async with self._places, self._http.post(hook.url, json=update, headers=headers) as response:
                said = await response.read()
                return response.status, await response.json(content_type=None) if said else None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return 0, None
