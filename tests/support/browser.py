"""A citizen in front of a real browser: open the page, say something, press an answer, read the reply.

Debian's Chromium is driven through Playwright. Without one the tests that need it are skipped; in CI (``CI`` is set)
its absence is a failure.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect, sync_playwright

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def find_chromium() -> str:
    """The path of an installed Chromium; without one the test or the calling test file is skipped, in CI failed."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    missing = "No Chromium is installed: tests of the page in a browser are left out (Debian: apt-get install chromium)."
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing, allow_module_level=True)


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium; the caller closes it."""
    # Containers, where tests often run as root, allow no sandbox; every page here is our own.
    return playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A headless Chromium for one block, outside pytest's fixtures."""
    find_chromium()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Citizen:
    """One citizen with the chat page open; whatever the browser complains about is in ``complaints``."""

    page: Page
    complaints: list[str]

    @property
    def input(self) -> Locator:
        """Where the citizen writes."""
        return self.page.get_by_role("textbox", name="请说出您的诉求或问题")

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.page.get_by_role("log", name="对话记录")

    def lines(self, who: str | None = None) -> list[str]:
        """What is on the page, in order; ``who`` is ``citizen`` or ``bot``."""
        chosen = f'.line[data-from="{who}"]' if who else ".line"
        return self.page.locator(f"{chosen} .Bubble").all_inner_texts()

    def say(self, text: str) -> None:
        """Write and send; does not wait."""
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str, *, timeout: float = 20) -> list[str]:
        """Write, send, and wait for what the bot says to it."""
        before = len(self.lines("bot"))
        self.say(text)
        return self.replies_after(before, timeout=timeout)

    def press(self, title: str, *, timeout: float = 20) -> list[str]:
        """Press one of the offered answers and wait for what the bot says to it."""
        before = len(self.lines("bot"))
        self.choice(title).click()
        return self.replies_after(before, timeout=timeout)

    def choice(self, title: str) -> Locator:
        """One of the offered answers."""
        return self.page.get_by_role("group", name="可以直接点选的回答").get_by_role(
            "button", name=title, exact=True
        )

    def choices(self) -> list[str]:
        """The titles of the offered answers."""
        return self.page.locator(".choices .choice").all_inner_texts()

    def replies_after(self, before: int, *, timeout: float = 20) -> list[str]:
        """The bot's lines behind the first ``before``, once there are some and no more is due (``timeout`` seconds)."""
        expect(self.page.locator('.line[data-from="bot"]').nth(before)).to_be_visible(timeout=timeout * 1000)
        expect(self.page.locator(".Message[data-type=typing]")).to_have_count(0, timeout=timeout * 1000)
        return self.lines("bot")[before:]

    def case_number(self) -> str:
        """The number on the last case card."""
        return self.page.locator(".case-number").last.inner_text()

    def reload(self) -> None:
        """Load the page again, as a citizen who comes back."""
        self.page.reload()
        wait_ready(self.page)

    def screenshot(self, path: str) -> None:
        """Keep a picture of what is seen."""
        self.page.screenshot(path=path)


def wait_until(element: Locator, told: str, seconds: float = 10) -> None:
    """Wait until the function ``told`` says yes of ``element``; asked from outside, because pages that forbid eval forbid Playwright's own wait."""
    until = time.monotonic() + seconds
    while not element.evaluate(told):
        assert time.monotonic() < until, told
        time.sleep(0.05)


def wait_ready(page: Page) -> None:
    """Wait until the conversation so far is shown."""
    expect(page.locator(".welcome")).to_be_attached(timeout=15_000)


@contextmanager
def citizen_at(browser: Browser, url: str, **options: Any) -> Iterator[Citizen]:
    """A new citizen (own cookies) with the page open, phone-sized unless ``viewport`` is given."""
    settings: dict[str, Any] = {
        "viewport": PHONE,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        **options,
    }
    context: BrowserContext = browser.new_context(**settings)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console", lambda entry: complaints.append(entry.text) if entry.type in ("error", "warning") else None
    )
    try:
        page.goto(url)
        wait_ready(page)
        yield Citizen(page, complaints)
    finally:
        context.close()
