"""The desks in real browsers: a running app in a thread, a clerk's browser, and whether a page can be used by everybody."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from actions.services import Services
from bot.settings import Settings
from bot.storage.secrets import api_key
from serve.app import create_app
from tests.support.light_services import light_services


@dataclass
class Office:
    """A running app, and a way to run something in its loop."""

    url: str
    app: FastAPI
    settings: Settings
    loop: asyncio.AbstractEventLoop

    @property
    def services(self) -> Services:
        """The parts of the app."""
        services: Services = self.app.state.services
        return services

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """What it gives."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)


@contextmanager
def open_office(settings: Settings) -> Iterator[Office]:
    """The app, without models, served on a port of its own."""
    app = create_app(settings, build=light_services)
    bound = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        await server.serve(sockets=[bound])

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    try:
        while not server.started:
            thread.join(0.05)
            assert thread.is_alive(), "The app did not start."
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        yield Office(url, app, settings, loops[0])
    finally:
        server.should_exit = True
        thread.join(10)
        bound.close()


@contextmanager
def clerk_at(browser: Browser, office: Office, clerk: str = "c7", *, allowed: str = "401") -> Iterator[Page]:
    """A clerk's browser; its console may complain of refused requests with a status of ``allowed`` and of nothing else."""
    credentials: Any = {"username": clerk, "password": api_key(office.settings)}
    context = browser.new_context(http_credentials=credentials, locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda entry: complaints.append(entry.text) if entry.type == "error" else None)
    yield page
    context.close()
    assert [one for one in complaints if not any(status in one for status in allowed.split())] == []


def no_barrier(page: Page) -> None:
    """Nothing on the page that the rules of WCAG 2.2 AA forbid; pages that load themselves again are wanted."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
    found = Axe().run(page, options={**rules, "rules": {"meta-refresh": {"enabled": False}}})
    assert [violation["id"] for violation in found.response["violations"]] == []
