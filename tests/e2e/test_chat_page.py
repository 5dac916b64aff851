"""The chat page in a real browser, with the stand-in dialogue behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.support.browser import DESK, PHONE, Citizen, citizen_at, find_chromium
from tests.support.standin import StandIn
from tests.support.web_server import WebServer, web_server

pytestmark = pytest.mark.browser
find_chromium()  # without one the whole file is left out, in one line


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with web_server() as running:
        yield running


@pytest.fixture
def citizen(browser: Browser, server: WebServer) -> Iterator[Citizen]:
    with citizen_at(browser, server.url) as opened:
        yield opened


def address(citizen: Citizen) -> str:
    cookies = {cookie["name"]: cookie["value"] for cookie in citizen.page.context.cookies()}
    return "c:" + cookies["suda_sender"].rpartition(".")[0]


def test_a_citizen_files_a_case_by_pressing(citizen: Citizen) -> None:
    assert citizen.press("反映问题") == ["请说说发生了什么：在哪里、什么时候、是什么事。"]
    citizen.ask("小区旁边夜间施工")
    assert citizen.choices() == ["匿名反映", "保密", "留电话"]
    citizen.press("匿名反映")
    assert citizen.lines("citizen")[-1] == "我想匿名"
    assert citizen.case_number() == "JA26-1123-7K4Q-X"
    card = citizen.page.get_by_role("group", name="诉求编号 JA26-1123-7K4Q-X")
    expect(card).to_contain_text("幸福街道办事处")
    expect(card).to_contain_text(re.compile(r"\d{4}年\d+月\d+日 \d\d:\d\d前"))
    assert citizen.complaints == []


def test_the_case_number_can_be_copied(citizen: Citizen) -> None:
    citizen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    citizen.ask("确认")
    citizen.page.get_by_role("button", name="复制诉求编号").click()
    expect(citizen.page.get_by_role("button", name="复制诉求编号")).to_have_text("已复制")
    assert citizen.page.evaluate("navigator.clipboard.readText()") == "JA26-1123-7K4Q-X"


def test_history_and_offered_answers_are_there_after_a_reload(citizen: Citizen) -> None:
    citizen.ask("你好")
    before = citizen.lines()
    citizen.reload()
    expect(citizen.page.locator(".line")).to_have_count(2)
    assert citizen.lines() == before == ["你好", "您好，请问您遇到了什么问题？"]
    assert citizen.choices() == ["反映问题", "查进度"]


def test_what_is_pushed_appears_without_a_reload(citizen: Citizen, server: WebServer) -> None:
    citizen.ask("你好")
    server.run(server.core.push(address(citizen), "您的诉求已派给幸福街道办事处。"))
    expect(citizen.log).to_contain_text("您的诉求已派给幸福街道办事处。")


def test_a_late_reply_shows_a_typing_sign_and_comes_by_the_stream(citizen: Citizen) -> None:
    citizen.say("慢慢来")
    expect(citizen.page.locator(".Typing")).to_be_visible()
    expect(citizen.log).to_contain_text("您说的是：慢慢来", timeout=8000)
    expect(citizen.page.locator(".Typing")).to_have_count(0)
    assert citizen.lines("bot") == ["您说的是：慢慢来"]


def test_two_pages_of_one_citizen_show_one_conversation(citizen: Citizen, server: WebServer) -> None:
    second = citizen.page.context.new_page()
    second.goto(server.url)
    expect(second.locator(".choice").first).to_be_visible()
    citizen.ask("路灯坏了")
    expect(second.locator(".line")).to_have_count(2)
    expect(second.locator(".line").first).to_contain_text("路灯坏了")


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=\"document.title='owned'\">",
        "<script>document.title='owned'</script>",
        "[点我](javascript:document.title='owned') **粗体** https://evil.example",
    ],
)
def test_markup_is_shown_as_text(citizen: Citizen, text: str) -> None:
    assert citizen.ask(text) == [f"您说的是：{text}"]
    assert citizen.lines("citizen") == [text]
    citizen.reload()
    expect(citizen.page.locator(".line")).to_have_count(2)
    assert citizen.page.locator(".line a, .line img, .line script").count() == 0
    assert "owned" not in citizen.page.title()


def test_ten_thousand_characters_can_be_sent_and_more_are_refused_kindly(citizen: Citizen) -> None:
    assert citizen.ask("字" * 10_000)
    citizen.say("字" * 20_001)
    expect(citizen.page.get_by_role("alert")).to_contain_text("请分成几条发送")
    assert citizen.input.input_value() == "字" * 20_001, "what was written must not be lost"


def test_a_refused_message_says_why_and_stays(browser: Browser, server: WebServer) -> None:
    with citizen_at(browser, server.url) as citizen:
        citizen.page.route(
            "**/api/chat/messages",
            lambda route: route.fulfill(
                status=413, json={"error": {"code": "too_long", "message": "太长了。"}}
            ),
        )
        citizen.say("很长的话")
        expect(citizen.page.get_by_role("alert")).to_have_text("太长了。")
        assert citizen.lines("citizen") == ["很长的话"]
        assert not citizen.page.locator(".Typing").count()


# When the connection is bad


def test_offline_is_told_and_the_message_goes_out_once_when_back(citizen: Citizen, server: WebServer) -> None:
    citizen.ask("你好")
    citizen.page.context.set_offline(True)
    notice = citizen.page.locator(".notice")
    expect(notice).to_contain_text("连接断开")
    citizen.say("断网时说的话")
    expect(citizen.page.locator(".line-state")).to_have_text("等待重发")
    assert citizen.page.locator(".Typing").count() == 0, "nobody types what was never heard"
    citizen.page.context.set_offline(False)
    expect(citizen.log).to_contain_text("您说的是：断网时说的话", timeout=20_000)
    expect(notice).not_to_contain_text("连接断开", timeout=20_000)
    assert [said.text for said in server.core.accepted].count("断网时说的话") == 1


def test_an_answer_lost_on_the_way_is_not_said_twice(citizen: Citizen, server: WebServer) -> None:
    """The server takes the message, the reply breaks off: the page asks again with the same id."""
    tries: list[str] = []

    def cut_first(route: Any) -> None:
        tries.append(route.request.post_data_json["message_id"])
        if len(tries) == 1:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    citizen.page.route("**/api/chat/messages", cut_first)
    citizen.say("只说一次")
    expect(citizen.log).to_contain_text("您说的是：只说一次")
    expect(citizen.page.locator(".line-state")).to_have_count(0, timeout=10_000)
    assert len(tries) >= 2
    assert len(set(tries)) == 1
    assert [said.text for said in server.core.accepted].count("只说一次") == 1
    assert citizen.lines("bot") == ["您说的是：只说一次"]


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_restarted_server_is_found_again_without_loss(browser: Browser, closing: ExitStack) -> None:
    with web_server() as first:
        port, said = first.port, first.core.said
        opened = citizen_at(browser, first.url)
        citizen = closing.enter_context(opened)
        citizen.ask("重启前")
    expect(citizen.page.locator(".notice")).to_contain_text("连接断开", timeout=10_000)
    citizen.say("重启中")
    with web_server(port=port, core=StandIn(said=said)) as second:
        expect(citizen.log).to_contain_text("您说的是：重启中", timeout=30_000)
        assert citizen.lines() == ["重启前", "您说的是：重启前", "重启中", "您说的是：重启中"]
        second.run(second.core.push(address(citizen), "还能听到"))
        expect(citizen.log).to_contain_text("还能听到", timeout=20_000)


def test_an_unsent_message_survives_a_reload(browser: Browser, server: WebServer) -> None:
    with citizen_at(browser, server.url) as citizen:
        citizen.page.route("**/api/chat/messages", lambda route: route.abort("connectionfailed"))
        citizen.say("还没发出去")
        expect(citizen.page.locator(".line-state")).to_have_text("等待重发")
        citizen.page.unroute("**/api/chat/messages")
        citizen.reload()
        expect(citizen.log).to_contain_text("您说的是：还没发出去", timeout=15_000)
        assert [said.text for said in server.core.accepted].count("还没发出去") == 1


# For everybody


def test_everything_works_by_keyboard(citizen: Citizen) -> None:
    keyboard, page = citizen.page.keyboard, citizen.page
    keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到输入框")).to_be_focused()
    keyboard.press("Enter")
    expect(citizen.input).to_be_focused()
    keyboard.type("第一行")
    keyboard.press("Shift+Enter")
    keyboard.type("第二行")
    keyboard.press("Tab")
    expect(page.get_by_role("button", name="发送")).to_be_focused()
    keyboard.press("Enter")
    expect(citizen.log).to_contain_text("您说的是：第一行")
    assert citizen.lines("citizen") == ["第一行\n第二行"]
    expect(citizen.input).to_be_focused()
    citizen.ask("你好")
    for _ in range(2):
        keyboard.press("Shift+Tab")
    expect(citizen.choice("反映问题")).to_be_focused()
    keyboard.press("Space")
    expect(citizen.log).to_contain_text("请说说发生了什么")
    expect(citizen.input).to_be_focused()


def test_enter_that_picks_a_word_does_not_send(citizen: Citizen) -> None:
    citizen.input.focus()
    session = citizen.page.context.new_cdp_session(citizen.page)
    session.send("Input.imeSetComposition", {"text": "lu deng", "selectionStart": 7, "selectionEnd": 7})
    session.send(
        "Input.dispatchKeyEvent",
        {"type": "keyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    session.send("Input.insertText", {"text": "路灯"})
    assert citizen.lines() == []
    assert citizen.input.input_value() == "路灯"
    citizen.input.press("Enter")
    expect(citizen.log).to_contain_text("您说的是：路灯")


def test_a_screen_reader_knows_who_speaks_and_hears_new_lines(citizen: Citizen) -> None:
    citizen.ask("确认")
    expect(citizen.log).to_have_attribute("role", "log")
    assert citizen.page.locator(".line .unseen").first.inner_text() == "您说："
    assert citizen.page.locator(".MessageList [role=alert], .MessageList [aria-live=assertive]").count() == 0
    for name in ("110 报警", "119 火警", "120 急救", "122 交通"):
        expect(citizen.page.get_by_role("link", name=name)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_no_barrier_is_found_by_axe(
    browser: Browser, server: WebServer, scheme: str, viewport: dict[str, int]
) -> None:
    """Labels, roles, order, contrast: WCAG 2.2 A and AA as far as a program can tell."""
    with citizen_at(browser, server.url, color_scheme=scheme, viewport=viewport) as citizen:
        rules = {
            "runOnly": {
                "type": "tag",
                "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
            }
        }
        for step in ("start", "choices", "case"):
            if step == "choices":
                citizen.ask("小区旁边夜间施工")
            elif step == "case":
                citizen.press("匿名反映")
            found = Axe().run(citizen.page, options=rules).response["violations"]
            assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == [], step


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_cut_off_in_large_print(browser: Browser, server: WebServer, width: int) -> None:
    with citizen_at(browser, server.url, viewport={"width": width, "height": 700}) as citizen:
        citizen.page.get_by_role("button", name="大字版").click()
        citizen.ask("确认")
        assert citizen.page.evaluate("document.documentElement.scrollWidth") <= width
        for part in (
            citizen.input,
            citizen.page.get_by_role("button", name="发送"),
            citizen.page.get_by_role("link", name="122"),
        ):
            box = part.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] <= 700
        citizen.reload()
        expect(citizen.page.get_by_role("button", name="大字版")).to_have_attribute("aria-pressed", "true")


def test_motion_stops_for_those_who_ask(browser: Browser, server: WebServer) -> None:
    with citizen_at(browser, server.url, reduced_motion="reduce") as citizen:
        citizen.say("慢慢来")
        dot = citizen.page.locator(".Typing-dot").first
        expect(dot).to_be_visible()
        seconds = dot.evaluate("element => parseFloat(getComputedStyle(element).animationDuration)")
        assert seconds < 0.01


def test_a_page_whose_scripts_do_not_run_names_the_telephone(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_text("请直接拨打 12345")).to_be_visible()
    expect(page.get_by_role("link", name="110")).to_be_visible()
    context.close()
