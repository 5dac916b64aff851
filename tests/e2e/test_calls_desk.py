"""A clerk decides on a hotline call in a real browser: list, draft, another unit, two cases, a recording that plays."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.attachments import store_of
from bot.attachments.scan import Scanner
from bot.calls.drafting import Drafter
from bot.calls.model import Draft, NewCall, Told
from bot.calls.recordings import Recording, RecordingDesk
from bot.calls.taking import add_segments, end_call, open_call
from bot.clock import now
from bot.settings import Settings
from tests.support.browser import PHONE, find_chromium, wait_until
from tests.support.calls import CALLER, STARTED, plain_draft, said
from tests.support.office import Office, clerk_at, no_barrier, open_office

pytestmark = pytest.mark.browser
find_chromium()  # without one the whole file is left out, in one line


async def by_words(told: Told) -> Draft:
    """Who leads depends on what is told."""
    draft = await plain_draft(told)
    cases = [
        replace(
            part.case,
            lead_unit="望京街道办事处" if "垃圾" in part.case.content else "市热力集团",
            lead_unit_id="X",
        )
        for part in draft.parts
    ]
    return Draft(tuple(replace(part, case=case) for part, case in zip(draft.parts, cases, strict=True)))


@pytest.fixture
def office(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    settings = Settings(data_dir=tmp_path, engine_url="http://127.0.0.1:9", _env_file=None)
    with open_office(settings) as opened:
        opened.app.state.draft_call = by_words
        yield opened


@pytest.fixture
def desk(browser: Browser, office: Office) -> Iterator[Page]:
    with clerk_at(browser, office, allowed="401 409") as page:
        yield page


async def calls_in(office: Office) -> UUID:
    """A recorded call with a doubt in it."""
    database, vault = office.services.database, office.services.vault
    with io.BytesIO() as buffer:
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(bytes(16000 * 20))
        recording = Recording(buffer.getvalue())
    new = NewCall("c-1", "recording", STARTED, CALLER)
    call = await RecordingDesk(database, vault, store_of(office.settings), Scanner(None), 10**7).take(
        new, recording, now()
    )
    async with database.session() as session, session.begin():
        await open_call(session, vault, new, now())
        talk = (
            said("您好，请讲", 0, speaker="operator"),
            said(f"望京西园三号楼的暖气不热，电话{CALLER}", 4),
            said("好像是上周", 9, confidence=0.2),
        )
        await add_segments(session, vault, call.id, talk)
        await end_call(session, call.id, now())
    await Drafter(database, vault, by_words).draft(call.id)
    return call.id


def test_a_clerk_makes_two_cases_of_a_call(office: Office, desk: Page) -> None:
    office.run(calls_in(office))
    desk.goto(f"{office.url}/console/handovers")
    desk.get_by_role("navigation").get_by_role("link", name="来电").click()
    expect(desk.get_by_role("heading", name="等待办理（1）")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("139****0001")
    expect(desk.locator("main")).to_contain_text("缺：具体地点、时间")
    no_barrier(desk)
    desk.get_by_role("link", name="暖气不热").click()

    expect(desk.locator(".line.unsure")).to_contain_text("没听清")
    expect(desk.locator(".facts")).to_contain_text(CALLER)
    no_barrier(desk)
    player = desk.locator("audio")
    player.evaluate("player => player.play()")
    wait_until(player, "player => player.currentTime > 0")
    assert player.evaluate("player => [player.error, Math.round(player.duration)]") == [None, 20]
    player.evaluate("player => { player.pause(); player.currentTime = 12 }")
    wait_until(player, "player => !player.seeking")
    assert round(player.evaluate("player => player.currentTime")) == 12

    desk.get_by_label("地点").first.fill("望京西园三号楼")
    desk.get_by_text("再加一件").click()
    desk.get_by_label("诉求内容").last.fill("楼下垃圾没人清")
    desk.get_by_role("button", name="确认立案").click()
    expect(desk.get_by_role("alert")).to_contain_text("已判断出承办单位")
    expect(desk.get_by_text("望京街道办事处")).to_be_visible()
    assert desk.get_by_label("地点").first.input_value() == "望京西园三号楼"
    no_barrier(desk)
    desk.get_by_role("button", name="确认立案").dblclick()
    expect(desk.get_by_role("heading", name="已立案")).to_be_visible()
    expect(desk.locator("dt", has_text="案号")).to_have_count(2)
    expect(desk.locator("main")).to_contain_text("望京街道办事处")
    no_barrier(desk)
    desk.get_by_role("link", name="办下一通来电").click()
    expect(desk.get_by_text("没有来电在等")).to_be_visible()
    desk.get_by_role("link", name="展开").click()
    expect(desk.get_by_role("link", name="已立案")).to_be_visible()


def test_a_phone_shows_all_of_a_call(office: Office, desk: Page) -> None:
    call = office.run(calls_in(office))
    desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    desk.goto(f"{office.url}/console/calls/{call}")
    assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    no_barrier(desk)
    desk.get_by_label("匿名").check()
    desk.get_by_role("button", name="确认立案").click()
    expect(desk.locator("dt", has_text="查询码")).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    no_barrier(desk)
