"""A citizen's chat page and a clerk's desk side by side in real browsers, on one app and database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.clock import now
from bot.handover import open_handover
from bot.identity import find_or_create
from bot.intake import accept
from bot.messages import Incoming
from bot.settings import Settings
from tests.support.browser import Citizen, citizen_at, find_chromium
from tests.support.office import Office, clerk_at, no_barrier, open_office

pytestmark = pytest.mark.browser
find_chromium()  # without one the whole file is left out, in one line

PHONE = "13900010001"


def ask_for_a_person(office: Office, address: str) -> None:
    async def ask() -> None:
        async with office.services.database.session() as session, session.begin():
            citizen = await find_or_create(session, office.services.vault, "web", address, now())
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

    office.run(ask())


def citizen_says(office: Office, address: str, words: str) -> None:
    async def say() -> None:
        async with office.services.database.session() as session, session.begin():
            await accept(session, office.services.vault, Incoming("web", address, words, words, now()))

    office.run(say())


@pytest.fixture
def office(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    settings = Settings(data_dir=tmp_path, engine_url="http://127.0.0.1:9", _env_file=None)
    with open_office(settings) as opened:
        yield opened


@pytest.fixture
def desk(browser: Browser, office: Office) -> Iterator[Page]:
    with clerk_at(browser, office) as page:
        yield page


@pytest.fixture
def citizen(browser: Browser, office: Office) -> Iterator[Citizen]:
    with citizen_at(browser, office.url) as opened:
        yield opened


def test_a_citizen_and_a_clerk_talk(office: Office, citizen: Citizen, desk: Page) -> None:
    cookies = {cookie["name"]: cookie["value"] for cookie in citizen.page.context.cookies()}
    address = "c:" + cookies["suda_sender"].rpartition(".")[0]
    ask_for_a_person(office, address)

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
    citizen_says(office, address, "还在吗")
    frame = desk.frame_locator("iframe")
    expect(frame.locator(".line.citizen")).to_contain_text("还在吗", timeout=15_000)
    assert answer.input_value() == "写到一半"
    no_barrier(desk)

    answer.fill("我是人工客服，请先到室外。")
    desk.get_by_role("button", name="发送").click()
    expect(citizen.log).to_contain_text("请先到室外", timeout=15_000)
    expect(citizen.page.locator(".Message-author")).to_have_text("人工客服")
    expect(desk.frame_locator("iframe").locator(".line.clerk")).to_contain_text("请先到室外")
    citizen_says(office, address, "好的")
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
