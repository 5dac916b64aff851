"""The actions as a process of their own: their work is Python's own, and webhooks must not wait behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI, Request, Response

from actions.server import build_router, knows
from actions.services import Services
from bot.errors import ConfigError
from bot.observability.logs import configure_logging
from bot.settings import Settings, get_settings
from bot.storage import Database
from bot.storage.secrets import engine_secret
from serve.loopback import serve_own
from serve.parts import build_services
from serve.places import database_url
from serve.settled import settle


def create_actions(
    settings: Settings, *, build: Callable[[Settings, Database], Services] = build_services
) -> FastAPI:
    """The app: ``POST /actions/webhook`` for the engine, two questions for the web server; nothing is loaded before it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with Database(database_url(settings), pool_size=settings.database_pool) as database:
            services = await asyncio.to_thread(build, settings, database)
            secret = engine_secret(settings)
            app.include_router(build_router(services, secret))
            app.include_router(_questions(services, secret))
            settle()
            yield

    return FastAPI(title="Suda actions", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)


def _questions(services: Services, secret: str) -> APIRouter:
    """What the web server asks; see :class:`serve.backroom.Apart`."""
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> dict[str, Any]:
        understander = services.understander
        return {
            "status": "alive",
            "articles": len(services.knowledge.articles),
            "catalogue": understander.catalogue.version,
        }

    @router.post("/actions/danger")
    async def danger(request: Request) -> Response:
        if not knows(request, secret):
            return Response(status_code=401)
        text = str(orjson.loads(await request.body())["text"])
        found = bool(services.understander.may_be_danger(text))
        return Response(orjson.dumps({"danger": found}), media_type="application/json")

    return router


def run(settings: Settings | None = None) -> None:
    """Serve until told to stop.

    Raises:
        ConfigError: No port is set, it is busy, or a part cannot be built.
    """
    settings = settings or get_settings()
    if not settings.actions_port:
        raise ConfigError("suda actions needs a port: set SUDA_ACTIONS_PORT, also for suda engine.")
    configure_logging(level=settings.log_level, style=settings.log_format, process="actions")
    serve_own(create_actions(settings), settings.actions_port, "SUDA_ACTIONS_PORT")
