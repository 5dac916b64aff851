"""The ASGI app: what each process of the web server is put together from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import fastapi_offline
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from bot.connector import Connector, Host
from bot.intake import Listener, Mailbox, Reception
from bot.settings import Settings
from bot.speech.settings import speech_settings
from bot.storage import Database, autocommit_pool
from bot.storage.secrets import api_key, cookie_secret, engine_secret, get_vault
from channels.web import WebChannel
from channels.web import router as web_router
from console.calls import router as calls_router
from console.handovers import router as handovers_router
from console.metrics import router as metrics_router
from console.readiness import Readiness
from console.readiness import router as readiness_router
from serve.backroom import Apart, BackRoom, Inside
from serve.cases_api import router as cases_router
from serve.checks import checks, refresh_metrics
from serve.connectors import listening, open_connectors
from serve.continuing import router as continuing_router
from serve.conversations import WebConversations
from serve.edge import Edge, error_body
from serve.parts import WebParts, build_services
from serve.places import database_url
from serve.settled import settle
from serve.voice import AROUND, RECORDINGS_PATH, add_voice, open_voice

if TYPE_CHECKING:
    from actions.services import Services

DOCS_ASSETS = "/docs/assets"
DOCS_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)
FLOOD_LIMIT = 30
"""Messages a sender may send within a minute; nobody types faster, and danger to life is never refused."""

Build = Callable[[Settings, Database], "Services"]


def create_app(settings: Settings, *, build: Build = build_services) -> FastAPI:
    """The app; nothing is opened or loaded before it starts.

    Args:
        settings: The settings.
        build: Makes the parts that actions use, where they run in this process.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await _open(app, settings, build, stack)
            settle()
            yield

    app = FastAPI(
        title="Suda 诉达",
        version=version("suda"),
        description="The conversational intake bot of a 12345 city hotline.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    larger = {RECORDINGS_PATH: speech_settings().largest + AROUND}
    app.add_middleware(Edge, body_limit=settings.body_limit, larger=larger)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.include_router(web_router)
    app.include_router(cases_router)
    app.include_router(continuing_router)
    app.include_router(handovers_router)
    app.include_router(calls_router)
    app.include_router(readiness_router)
    app.include_router(metrics_router)
    add_voice(app)
    _add_docs(app)
    return app


async def _open(app: FastAPI, settings: Settings, build: Build, stack: AsyncExitStack) -> None:
    url = database_url(settings)
    vault = get_vault(settings)
    database = await stack.enter_async_context(Database(url, pool_size=settings.database_pool))
    listener = Listener(database.url)
    mailbox = Mailbox(database.url, vault, listener)
    await stack.enter_async_context(listener)
    await stack.enter_async_context(mailbox)
    http = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))

    room = await _back_room(app, settings, build, database, http)
    reception = Reception(database, vault, mailbox, flood_limit=FLOOD_LIMIT, is_danger=room.may_be_danger)
    conversations = WebConversations(database, vault, mailbox, reception)
    key = api_key(settings)
    app.state.web = WebChannel(
        conversations,
        cookie_keys=[cookie_secret(settings).encode()],
        api_key=key,
        reply_wait=settings.reply_wait,
    )
    app.state.services = WebParts(settings, database, vault)
    app.state.api_key = key
    app.state.find_citizen = mailbox.find
    app.state.draft_call = room.draft
    await stack.enter_async_context(open_voice(app, settings, database, vault, room))

    if settings.channels:
        pool = await stack.enter_async_context(autocommit_pool(database.url, 6, "suda channels"))
        host = Host(settings, pool, vault, http, reception)
        opened = await stack.enter_async_context(open_connectors(settings, host))
        await _receive(app, opened, stack)

    app.state.readiness = Readiness(checks(settings, database, room, http))
    app.state.refresh_metrics = lambda: refresh_metrics(settings, database)


async def _back_room(
    app: FastAPI, settings: Settings, build: Build, database: Database, http: aiohttp.ClientSession
) -> BackRoom:
    """The actions: in their own process where the settings give them one, else here."""
    if settings.actions_port:
        return Apart(settings, http)
    from actions.server import build_router

    services = await asyncio.to_thread(build, settings, database)
    app.include_router(build_router(services, engine_secret(settings)))
    return Inside(services)


async def _receive(app: FastAPI, opened: Mapping[str, Connector], stack: AsyncExitStack) -> None:
    """Serve the channels' webhooks, and listen where there is none."""
    for connector in opened.values():
        if connector.router is not None:
            app.include_router(connector.router)
    await stack.enter_async_context(listening(opened))


def _add_docs(app: FastAPI) -> None:
    """``/docs`` with its files from this machine: the default page loads them from the internet."""
    static = Path(fastapi_offline.__file__).parent / "static"
    app.mount(DOCS_ASSETS, StaticFiles(directory=static), name="docs")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url=app.openapi_url or "/openapi.json",
            title="Suda API",
            swagger_js_url=f"{DOCS_ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{DOCS_ASSETS}/swagger-ui.css",
            swagger_favicon_url="/favicon.ico",
        )
        page.headers["Content-Security-Policy"] = DOCS_POLICY
        return page


async def _http_error(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    return Response(error_body(status), status, headers=headers, media_type="application/json")


async def _invalid(_request: Request, _error: Exception) -> Response:
    """What exactly is invalid may repeat what was sent, so only the documentation says how it should be."""
    return Response(error_body(422), 422, media_type="application/json")
