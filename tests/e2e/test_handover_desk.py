"""A citizen's chat page and a clerk's desk side by side in real browsers, on one app and database."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from actions.services import Services
from bot.clock import now
from bot.handover import open_handover
from bot.identity import find_or_create
from bot.intake import accept
from bot.messages import Incoming
from bot.settings import Settings
from bot.storage.secrets import api_key
from serve.app import create_app
from tests.support.browser import Citizen, citizen_at, find_chromium
from tests.support.light_services import light_services

pytestmark = pytest.mark.browser
find_chromium()  # without one the whole file is left out, in one line

PHONE = "13900010001"


@dataclass
class Office:
    """A running app, and a way to run something in its loop."""

    url: str
    settings: Settings
    services: Services
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def ask_for_a_person(self, address: str) -> None:
        async def ask() -> None:
            vault = self.services.vault
            async with self.services.database.session() as session, session.begin():
                citizen = await find_or_create(session, vault, "web", address, now())
                await open_handover(
                    session,
                    citizen,
                    channel="web",
                    reason="danger",
                    summary=f"楼道里有煤气味，电话{PHONE}",
                    fields={"地点": "幸福嘉园五号楼", "电话": PHONE},
                    transcript=[("citizen", "有煤气味，转人工"), ("bot", "正在为您转人工。")],
                    danger=True,
                    at=now(),
                )

        self.run(ask())

    def hears(self, address: str, words: str) -> None:
        async def say() -> None:
            async with self.services.database.session() as session, session.begin():
                await accept(session, self.services.vault, Incoming("web", address, words, words, now()))

        self.run(say())


@pytest.fixture
def office(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    settings = Settings(data_dir=tmp_path, engine_url="http://127.0.0.1:9", _env_file=None)
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
        yield Office(url, settings, app.state.services, loops[0])
    finally:
        server.should_exit = True
        thread.join(10)
        bound.close()


@pytest.fixture
def desk(browser: Browser, office: Office) -> Iterator[Page]:
    credentials: Any = {"username": "c7", "password": api_key(office.settings)}
    context = browser.new_context(http_credentials=credentials, locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda entry: complaints.append(entry.text) if entry.type == "error" else None)
    yield page
    context.close()
    assert [one for one in complaints if "401" not in one] == []


@pytest.fixture
def citizen(browser: Browser, office: Office) -> Iterator[Citizen]:
    with citizen_at(browser, office.url) as opened:
        yield opened


def no_barrier(page: Page) -> None:
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
    found = Axe().run(page, options={**rules, "rules": {"meta-refresh": {"enabled": False}}})
    assert [violation["id"] for violation in found.response["violations"]] == []


def test_a_citizen_and_a_clerk_talk(office: Office, citizen: Citizen, desk: Page) -> None:
    cookies = {cookie["name"]: cookie["value"] for cookie in citizen.page.context.cookies()}
    address = "c:" + cookies["suda_sender"].rpartition(".")[0]
    office.ask_for_a_person(address)

    desk.goto(f"{office.url}/console/handovers")
    expect(desk.get_by_role("heading", name="等待接手（1）")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("139****0001")
    no_barrier(desk)
    desk.get_by_role("link", name="楼道里有煤气味").click()
    expect(desk.locator("dd", has_text="139****0001")).to_be_visible()
    desk.get_by_role("button", name="接手").click()
    expect(desk.locator("dd", has_text=PHONE)).to_be_visible()

    answer = desk.get_by_role("textbox", name="回复市民")
    answer.fill("写到一半")
    office.hears(address, "还在吗")
    frame = desk.frame_locator("iframe")
    expect(frame.locator(".line.citizen")).to_contain_text("还在吗", timeout=15_000)
    assert answer.input_value() == "写到一半"
    no_barrier(desk)

    answer.fill("我是人工客服，请先到室外。")
    desk.get_by_role("button", name="发送").click()
    expect(citizen.log).to_contain_text("请先到室外", timeout=15_000)
    expect(citizen.page.locator(".Message-author")).to_have_text("人工客服")
    expect(desk.frame_locator("iframe").locator(".line.clerk")).to_contain_text("请先到室外")
    office.hears(address, "好的")
    citizen.reload()
    expect(citizen.log).to_contain_text("好的")
    expect(citizen.page.locator(".Message[data-type=typing]")).to_have_count(0)  # the bot is silent, not slow
    expect(citizen.page.locator(".Message-author")).to_have_text("人工客服")

    desk.get_by_role("button", name="交回机器人").click()
    expect(citizen.log).to_contain_text("接下来由我继续为您服务", timeout=15_000)
    expect(citizen.page.locator(".Message-author")).to_have_count(1)
    expect(desk.locator("main")).to_contain_text("已交回机器人")
    expect(desk.get_by_role("button", name="发送")).to_have_count(0)
    assert citizen.complaints == []
