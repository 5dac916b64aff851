"""The app's side of the channels, served over a real socket, with a town's database and a worker beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import uvicorn
from fastapi import FastAPI

from bot.connector import Connector, Host
from bot.intake import Reception
from bot.storage import autocommit_pool
from serve.connectors import listening, open_connectors
from tests.support.town import Town


@dataclass(frozen=True)
class Connected:
    """A served app.

    Attributes:
        url: Where it listens.
        connectors: What was opened, by name.
    """

    url: str
    connectors: Mapping[str, Connector]


@asynccontextmanager
async def connected(town: Town, *, worker: bool = True, port: int = 0) -> AsyncIterator[Connected]:
    """Serve the channels that the town's settings name, as :mod:`serve.app` does; with a worker unless told otherwise."""
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(autocommit_pool(town.url, 6, "test channels"))
        http = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
        reception = Reception(town.database, town.vault, town.mailbox, flood_limit=30)
        host = Host(town.settings, pool, town.vault, http, reception)
        opened = await stack.enter_async_context(open_connectors(town.settings, host))
        app = FastAPI()
        for connector in opened.values():
            if connector.router is not None:
                app.include_router(connector.router)
        await stack.enter_async_context(listening(opened))
        url = await _serve(app, port, stack)
        if worker:
            await stack.enter_async_context(town.worker())
        yield Connected(url, opened)


async def _serve(app: FastAPI, port: int, stack: AsyncExitStack) -> str:
    config = uvicorn.Config(
        app, port=port, log_config=None, lifespan="off", timeout_graceful_shutdown=1, timeout_keep_alive=75
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())  # without its signal handlers, which are the process's
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)

    async def stop() -> None:
        server.should_exit = True
        await task

    stack.push_async_callback(stop)
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
