"""The actions as a process of their own: their work is Python's own, and webhooks must not wait behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from actions.server import build_router
from bot.errors import ConfigError
from bot.observability.logs import configure_logging
from bot.settings import Settings, get_settings
from bot.storage import Database
from bot.storage.secrets import engine_secret
from serve.parts import build_services
from serve.places import database_url
from serve.supervisor.ports import require_free

HOST = "127.0.0.1"
"""Only the engine calls, and it is on this machine."""


def create_actions(settings: Settings) -> FastAPI:
    """The app: ``POST /actions/webhook`` and ``GET /healthz``; nothing is loaded before it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with Database(database_url(settings), pool_size=settings.database_pool) as database:
            services = await asyncio.to_thread(build_services, settings, database)
            app.include_router(build_router(services, engine_secret(settings)))
            yield

    app = FastAPI(title="Suda actions", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    return app


def run(settings: Settings | None = None) -> None:
    """Serve until told to stop.

    Raises:
        ConfigError: No port is set, it is busy, or a part cannot be built.
    """
    settings = settings or get_settings()
    if not settings.actions_port:
        raise ConfigError("suda actions needs a port: set SUDA_ACTIONS_PORT, also for suda engine.")
    configure_logging(level=settings.log_level, style=settings.log_format, process="actions")
    require_free(HOST, settings.actions_port, "SUDA_ACTIONS_PORT")
    config = uvicorn.Config(
        create_actions(settings),
        host=HOST,
        port=settings.actions_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
    )
    uvicorn.Server(config).run()
