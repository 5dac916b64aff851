"""The page that a link to a call opens, in a real browser on the running system: its form, its redirect, the chat behind it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from bot.storage import Database
from serve.places import database_url
from tests.support.browser import PHONE, find_chromium
from tests.support.caller import Caller
from tests.support.calls import said
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.system, pytest.mark.engine]
find_chromium()  # without one the whole file is left out, in one line

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}
NUMBER = "13900000321"


def linked(system: RunningSystem, words: str) -> str:
    """The address of a link to a call of :data:`NUMBER`."""

    async def make() -> str:
        async with Database(database_url(system.settings)) as database, httpx.AsyncClient() as browser:
            return await Caller(system, database, browser, NUMBER).calls(said(words, 5))

    with ThreadPoolExecutor(1) as pool:  # Playwright's own loop runs in this thread
        return system.url + pool.submit(lambda: asyncio.run(make())).result()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_the_link_to_the_read_back(browser: Browser, system: RunningSystem, scheme: str) -> None:
    link = linked(system, "望京西园三区3号楼暖气不热，昨天开始的")
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda entry: complaints.append(entry.text) if "policy" in entry.text.lower() else None
    )
    try:
        for digits in ("1111", NUMBER[-4:]):
            if digits == "1111":
                page.goto(link)
            found = Axe().run(page, options=RULES).response["violations"]
            assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
            page.get_by_label("打电话所用号码的后四位").fill(digits)
            page.get_by_role("button", name="接着说").click()
        page.wait_for_url(f"{system.url}/")
        log = page.get_by_role("log", name="对话记录")
        expect(log).to_contain_text("我听到的是：“望京西园三区3号楼暖气不热", timeout=30_000)
        page.goto(link)
        expect(page.get_by_role("heading", name="这个链接已经用过了")).to_be_visible()
        page.get_by_role("link", name="打开对话").click()
        expect(log).to_contain_text("望京西园三区3号楼暖气不热")
        assert complaints == []
    finally:
        context.close()
