"""The phone page of the stand-ins in a real browser, in front of an account's server of a few lines."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import DESK, PHONE, find_chromium
from tests.support.platforms.thread import Run, in_thread
from tests.support.platforms.wechat import FAULT
from tests.support.platforms.wechat.phone import PHONE_OPENID
from tests.support.platforms.wechat.small_account import Pair, Received, pair

pytestmark = pytest.mark.browser
find_chromium()

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MENU = {
    "button": [
        {"type": "click", "name": "反映问题", "key": "FILE"},
        {"type": "click", "name": "查进度", "key": "PROGRESS"},
    ]
}


@dataclass
class Desk:
    """The phone and what stands behind it."""

    page: Page
    complaints: list[str]
    pair: Pair
    run: Run

    def bubble(self, who: str, text: str) -> Locator:
        return self.page.locator(f".line.{who} .bubble", has_text=text)

    def say(self, text: str) -> None:
        self.page.get_by_role("textbox", name="消息").fill(text)
        self.page.get_by_role("textbox", name="消息").press("Enter")


@pytest.fixture
def wechat() -> Iterator[tuple[Pair, Run]]:
    with in_thread(pair) as (one, run):
        one.server.answer = one.server.echo
        one.platform.menu = MENU
        yield one, run


def open_phone(browser: Browser, one: Pair, **options: Any) -> tuple[Page, list[str]]:
    context = browser.new_context(
        **{"viewport": PHONE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console", lambda entry: complaints.append(entry.text) if entry.type in ("error", "warning") else None
    )
    page.goto(f"{one.platform.url}/")
    expect(page.get_by_role("heading", name="诉达")).to_be_visible()
    return page, complaints


@pytest.fixture
def desk(browser: Browser, wechat: tuple[Pair, Run]) -> Iterator[Desk]:
    one, run = wechat
    page, complaints = open_phone(browser, one)
    yield Desk(page, complaints, one, run)
    page.context.close()


async def offer_menu(one: Pair) -> None:
    token = (await one.caller.token())["access_token"]
    menu = {
        "head_content": "您对办理结果满意吗？",
        "list": [{"id": "5", "content": "满意"}, {"id": "1", "content": "不满意"}],
    }
    body = {"touser": PHONE_OPENID, "msgtype": "msgmenu", "msgmenu": menu}
    assert (await one.caller.post("message/custom/send", body, token=token))["errcode"] == 0


def test_a_citizen_speaks_and_sees_how_the_answer_came(desk: Desk) -> None:
    desk.say("路灯坏了\n<b>没人修</b>")
    expect(desk.bubble("bot", "您说的是：路灯坏了")).to_have_text("您说的是：路灯坏了\n<b>没人修</b>")
    expect(desk.page.locator(".line.bot .meta")).to_contain_text("被动回复")
    desk.page.get_by_role("button", name="线上记录").click()
    notes = desk.page.get_by_role("complementary", name="线上记录")
    expect(notes.get_by_role("listitem")).to_contain_text(["文本 · 第 1 次"])
    expect(notes).to_contain_text("被动回复")
    assert desk.complaints == []


def test_an_entry_of_a_message_menu_can_be_pressed(desk: Desk) -> None:
    desk.say("办完了吗")
    expect(desk.bubble("bot", "办完了吗")).to_be_visible()
    desk.run(offer_menu(desk.pair))
    desk.page.get_by_role("button", name="不满意", exact=True).click()
    expect(desk.bubble("bot", "您说的是：不满意")).to_be_visible()
    assert desk.pair.server.received[-1].fields["bizmsgmenuid"] == "1"
    desk.page.get_by_role("button", name="线上记录").click()
    expect(desk.page.locator("#notes li.out").first).to_contain_text("message/custom/send")


def test_the_menu_of_the_account_and_other_deeds_reach_it_as_events(desk: Desk) -> None:
    desk.page.get_by_role("navigation", name="底部菜单").get_by_role("button", name="查进度").click()
    expect(desk.bubble("citizen", "点了菜单“查进度”")).to_be_visible()
    desk.page.get_by_role("button", name="更多").click()
    desk.page.get_by_role("button", name="关注公众号").click()
    expect(desk.bubble("citizen", "关注了公众号")).to_be_visible()
    events = [
        (received.fields["Event"], received.fields["EventKey"]) for received in desk.pair.server.received
    ]
    assert events == [("CLICK", "PROGRESS"), ("subscribe", "")]


def test_a_place_and_a_photo_are_sent_from_the_panel(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("button", name="更多").click()
    page.get_by_label("常用地点").select_option("西二旗地铁站")
    page.get_by_role("button", name="发这个位置").click()
    expect(desk.bubble("citizen", "[位置] 西二旗地铁站")).to_be_visible()
    page.get_by_role("button", name="更多").click()
    page.get_by_label("选一张").set_input_files({"name": "灯.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.locator(".line.citizen img")).to_be_visible()
    place, photo = (received.fields for received in desk.pair.server.received)
    assert (place["MsgType"], place["Label"], place["Location_X"]) == ("location", "西二旗地铁站", "40.0528")
    assert photo["MsgType"] == "image"
    page.get_by_role("button", name="更多").click()
    page.get_by_label("选一张").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"text"})
    expect(page.get_by_role("status")).to_contain_text("没有发出去")
    assert [text for text in desk.complaints if "400" not in text] == []


def test_a_recording_is_sent_from_the_panel_and_the_page_shows_who_writes(desk: Desk) -> None:
    page, caller = desk.page, desk.pair.caller
    sign = page.get_by_text("对方正在输入")
    expect(sign).to_be_hidden()
    page.get_by_role("button", name="更多").click()
    page.get_by_label("选一段录音").set_input_files(
        {"name": "路灯.amr", "mimeType": "audio/amr", "buffer": b"#!AMR\n" + bytes(40)}
    )
    expect(desk.bubble("citizen", "[语音]")).to_be_visible()
    (voice,) = (received.fields for received in desk.pair.server.received)
    assert voice["MsgType"] == "voice"
    token = desk.run(caller.token())["access_token"]
    body = {"touser": PHONE_OPENID, "command": "Typing"}
    desk.run(caller.post("message/custom/typing", body, token=token))
    expect(sign).to_be_visible()
    desk.run(caller.tell(PHONE_OPENID, "听到了", token))
    expect(desk.bubble("bot", "听到了")).to_be_visible()
    expect(sign).to_be_hidden()


def test_a_fault_is_shown_as_wechat_shows_it(desk: Desk) -> None:
    async def broken(_: Received) -> str:
        return "{}"

    desk.pair.server.answer = broken
    desk.say("你好")
    expect(desk.bubble("bot", FAULT)).to_be_visible()
    expect(desk.page.locator(".line.bot .meta")).to_contain_text("微信系统提示")


def test_everything_works_by_keyboard(desk: Desk) -> None:
    keyboard, page = desk.page.keyboard, desk.page
    expect(page.get_by_role("textbox", name="消息")).to_be_focused()
    keyboard.type("第一行")
    keyboard.press("Shift+Enter")
    keyboard.type("第二行")
    keyboard.press("Tab")
    expect(page.get_by_role("button", name="发送")).to_be_focused()
    keyboard.press("Enter")
    expect(desk.bubble("bot", "第二行")).to_have_text("您说的是：第一行\n第二行")
    expect(page.get_by_role("textbox", name="消息")).to_be_focused()
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    expect(page.get_by_label("常用地点")).to_be_focused()
    keyboard.press("Escape")
    expect(page.get_by_role("button", name="更多")).to_be_focused()
    expect(page.get_by_label("常用地点")).to_be_hidden()


def test_the_conversation_is_there_after_a_reload(desk: Desk) -> None:
    desk.say("记住这句")
    expect(desk.bubble("bot", "记住这句")).to_be_visible()
    desk.page.reload()
    expect(desk.page.locator(".bubble")).to_have_text(["记住这句", "您说的是：记住这句"])


def test_a_stand_in_that_is_gone_is_said_and_forgotten_when_it_is_back(desk: Desk) -> None:
    desk.run(desk.pair.platform.outage(1.5))
    expect(desk.page.get_by_role("status")).to_contain_text("断开了")
    expect(desk.page.get_by_role("status")).to_be_hidden(timeout=10_000)
    desk.say("回来了")
    expect(desk.bubble("bot", "回来了")).to_be_visible()


def test_only_the_pages_own_files_may_run_and_no_other_site_may_speak(desk: Desk) -> None:
    answer = desk.page.request.get(f"{desk.pair.platform.url}/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    refused = desk.page.request.post(
        f"{desk.pair.platform.url}/phone/say", headers={"Content-Type": "text/plain"}, data='{"text": "x"}'
    )
    assert refused.status == 415
    for body in ({}, {"text": ""}, {"press": "menu:1:9"}, {"location": {"latitude": 91, "longitude": 0}}, []):
        assert desk.page.request.post(f"{desk.pair.platform.url}/phone/say", data=body).status == 400
    assert desk.pair.server.received == []


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_nothing_is_cut_off_and_no_barrier_is_found(
    browser: Browser, wechat: tuple[Pair, Run], width: int
) -> None:
    one, run = wechat
    page, complaints = open_phone(browser, one, viewport={"width": width, "height": DESK["height"]})
    page.get_by_role("textbox", name="消息").fill("很长的一句话" * 20 + "A" * 200)
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".line.bot")).to_have_count(1)
    run(offer_menu(one))
    expect(page.get_by_role("button", name="满意", exact=True)).to_be_visible()
    page.get_by_role("button", name="更多").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in (page.get_by_role("button", name="发送"), page.get_by_role("button", name="发这个位置")):
        box = part.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
    expect(page.get_by_role("complementary", name="线上记录")).to_be_visible(visible=width >= 960)
    rules = {
        "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    }
    found = Axe().run(page, options=rules).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert re.search(r"Content Security", " ".join(complaints)) is None
    page.context.close()
