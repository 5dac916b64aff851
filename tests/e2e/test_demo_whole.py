"""``suda demo`` as a new user has it: the phone in a real browser, the stand-in, the channel, the whole of Suda."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from bot.storage.secrets import api_key
from tests.support.browser import PHONE, find_chromium
from tests.support.engine_process import PYTHON
from tests.support.ports import free_port
from tests.support.running_system import RunningSystem, running_system

pytestmark = [pytest.mark.browser, pytest.mark.system, pytest.mark.engine]
find_chromium()

NUMBER = re.compile(r"SD-[0-9A-Z]{4}-[0-9A-Z]{5}")
ANSWER_WITHIN = 30_000.0
"""Milliseconds; what WeChat did not wait for comes later, and this machine may be busy."""


@dataclass(frozen=True)
class Phone:
    """The phone page of a running demo."""

    page: Page
    system: RunningSystem

    def hears(self, words: str) -> None:
        said = self.page.locator(".line.bot .bubble", has_text=words)
        expect(said.last).to_be_visible(timeout=ANSWER_WITHIN)

    def says(self, text: str, *, hears: str) -> None:
        box = self.page.get_by_role("textbox", name="消息")
        box.fill(text)
        box.press("Enter")
        self.hears(hears)

    def shows(self, photo: bytes) -> None:
        self.page.get_by_role("button", name="更多").click()
        self.page.get_by_label("选一张").set_input_files(
            {"name": "路灯.jpg", "mimeType": "image/jpeg", "buffer": photo}
        )

    def number(self) -> str:
        found = NUMBER.search(" ".join(self.page.locator(".line.bot .bubble").all_inner_texts()))
        assert found is not None
        return found.group()


@pytest.fixture(scope="module", params=["wechat", "telegram"])
def phone(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Phone]:
    if not PYTHON.exists():
        pytest.skip("There is no engine environment (make setup): tests of the whole system are left out.")
    port = free_port()
    folder = tmp_path_factory.mktemp(request.param)
    with running_system(folder, "demo", request.param, "--port", str(port)) as system:
        page = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        yield Phone(page, system)
        page.context.close()


def photo() -> bytes:
    made = io.BytesIO()
    Image.effect_noise((320, 240), 90).convert("RGB").save(made, "JPEG")
    return made.getvalue()


def test_from_the_phone_to_a_filed_case_with_its_photo(phone: Phone) -> None:
    phone.says("海淀区中关村街道软件园小区3号楼门口的路灯从昨天开始不亮了", hears="手机号")
    phone.shows(photo())
    phone.hears("收到")
    phone.says("13900000201", hears="核对")
    phone.says("确认", hears="登记好了")
    headers = {"X-API-Key": api_key(phone.system.settings)}
    with httpx.Client(base_url=phone.system.url, headers=headers, timeout=10) as http:
        number = phone.number()
        (case,) = http.get("/api/cases", params={"number": number}).json()["cases"]
        assert (case["location"]["district"], case["location"]["street"]) == ("海淀区", "中关村街道")
        (kept,) = http.get(f"/api/cases/{number}/attachments").json()["attachments"]
        assert kept["kind"] == "photo"
        shown = http.get(f"/api/cases/{number}/attachments/{kept['id']}")
        assert Image.open(io.BytesIO(shown.content)).size == (320, 240)
    phone.says("查进度", hears=number)
