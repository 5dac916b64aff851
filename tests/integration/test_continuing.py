"""A caller goes on in the web page by a link: what the page asks, what it keeps to itself, and whose conversation it becomes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from bot.attachments import store_of
from bot.attachments.scan import Scanner
from bot.calls.drafting import Drafter
from bot.calls.model import Call, Draft, PartTold, Segment, Told
from bot.calls.reading import read_call
from bot.calls.recordings import Recording, RecordingDesk
from bot.calls.ruling import change_draft, drop_call, file_call, make_link
from bot.calls.taking import add_segments, end_call, open_call
from bot.cases import CaseDraft, cases_of, file_case
from bot.clock import now
from bot.custody import LinkState, continue_call, erase, look_at_link
from bot.custody.continuing import TRIES
from bot.identity import citizen_by_id, find_or_create, order_erasure, present_citizen
from bot.intake.sealed import open_incoming
from bot.settings import Settings
from bot.storage import Database
from bot.storage.sealing import Vault
from bot.storage.secrets import get_vault
from channels.web.sender import COOKIE
from serve.app import create_app
from tests.support.calls import CALLER, STARTED, new_call, plain_draft, said
from tests.support.light_services import light_services
from tests.unit.attachments import pictures as make

WORDS = "望京西园三号楼的暖气不热"
LAST = {"digits": CALLER[-4:]}
SAME = {"Sec-Fetch-Site": "same-origin"}
TITLE = "您刚才打 12345 反映的事，可以在这里接着说"


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return Settings(data_dir=tmp_path, engine_url="http://127.0.0.1:9", reply_wait=0.1, _env_file=None)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    made = create_app(settings, build=light_services)
    async with made.router.lifespan_context(made):
        yield made


@dataclass
class Hotline:
    """The call centre's and the clerks' side, each step a transaction of its own."""

    app: FastAPI
    settings: Settings
    database: Database
    vault: Vault

    def browser(self) -> httpx.AsyncClient:
        """A browser of its own; whoever uses it closes it with the test."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url="http://suda.test", headers=SAME
        )

    async def call(
        self, *segments: Segment, external_id: str = "c-1", caller: str | None = CALLER, over: bool = True
    ) -> Call:
        async with self.database.session() as session, session.begin():
            call = await open_call(session, self.vault, new_call(external_id, caller=caller), now())
            await add_segments(session, self.vault, call.id, segments)
            if over:
                await end_call(session, call.id, now())
            return call

    async def link(self, call: Call) -> str:
        async with self.database.session() as session, session.begin():
            return f"/calls/{await make_link(session, self.vault, call.id, 'c7', now())}"

    async def linked(self, *segments: Segment, **named: Any) -> str:
        return await self.link(await self.call(*(segments or (said(WORDS, 8),)), **named))

    async def file(self, call: Call) -> str:
        draft = await plain_draft(Told(WORDS, now(), phone=CALLER))
        async with self.database.session() as session, session.begin():
            revision = (await read_call(session, self.vault, call.id)).call.revision
            cases = [part.case for part in draft.parts]
            store = store_of(self.settings)
            (one,) = await file_call(session, self.vault, store, call.id, revision, cases, "c7", now())
            return one.case_number

    async def messages(self) -> list[tuple[str, dict[str, Any]]]:
        """What waits for its turn, opened."""
        async with self.database.session() as session:
            rows = (await session.execute(text("SELECT citizen_id, body FROM inbox ORDER BY id"))).all()
            found = []
            for row in rows:
                citizen = await citizen_by_id(session, self.vault, row.citizen_id)
                assert citizen is not None
                found.append(open_incoming(citizen.key, row.body))
            return found

    async def state(self, call: Call) -> str:
        async with self.database.session() as session:
            return (await read_call(session, self.vault, call.id)).call.state


@pytest.fixture
def hotline(app: FastAPI, settings: Settings, database: Database) -> Hotline:
    return Hotline(app, settings, database, get_vault(settings))


async def lines(browser: httpx.AsyncClient) -> list[str]:
    """The conversation as the chat page shows it."""
    return [one["text"] for one in (await browser.get("/api/chat/history")).json()["messages"]]


async def test_the_page_asks_for_the_last_digits_and_tells_nothing_of_the_call(hotline: Hotline) -> None:
    link = await hotline.linked()
    async with hotline.browser() as browser:
        for _ in range(3):  # previews of links look, too
            page = await browser.get(link)
        assert page.status_code == 200
        assert TITLE in page.text
        assert 'name="digits"' in page.text
        for secret in ("望京", "暖气", CALLER, CALLER[-4:], CALLER[:3]):
            assert secret not in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert "set-cookie" not in page.headers
        assert "<script" not in page.text
        for path in re.findall(r'(?:href|src)="(/assets[^"]+)"', page.text):
            assert (await browser.get(path)).status_code == 200
        assert (await browser.post(link, data=LAST)).status_code == 303


async def test_the_right_digits_make_the_calls_words_the_citizens_message(hotline: Hotline) -> None:
    call = await hotline.call(said("您好，请讲", 0, speaker="operator"), said(WORDS, 8), said("三天了", 12))
    link = await hotline.link(call)
    async with hotline.browser() as browser:
        answer = await browser.post(link, data=LAST)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert browser.cookies.get(COOKIE)
        assert await lines(browser) == [f"{WORDS}。三天了。"]
    ((words, payload),) = await hotline.messages()
    assert words == payload["speech"]["words"] == f"{WORDS}。三天了。"
    assert payload["call"]["caller"] == CALLER
    assert await hotline.state(call) == "continued"
    async with hotline.database.session() as session:
        detail = await read_call(session, hotline.vault, call.id)
        row = (await session.execute(text("SELECT channel, sent_at FROM inbox"))).one()
    assert [step.action for step in detail.steps][-1] == "continued"
    assert detail.call.closed_at is not None
    assert tuple(row) == ("web", STARTED)


async def test_the_recording_comes_along(hotline: Hotline) -> None:
    desk = RecordingDesk(
        hotline.database, hotline.vault, store_of(hotline.settings), Scanner(None), largest=10_000_000
    )
    call = await desk.take(new_call(source="recording"), Recording(make.AMR), now())
    async with hotline.database.session() as session, session.begin():
        heard = replace(said(WORDS, 1, speaker="unknown", confidence=0.6), channel=0)
        noise = replace(said("滋滋", 5, speaker="unknown", confidence=0.2), channel=0)
        await add_segments(session, hotline.vault, call.id, [heard, noise])
        await end_call(session, call.id, now())
        recordings = (await read_call(session, hotline.vault, call.id)).recordings
    async with hotline.browser() as browser:
        assert (await browser.post(await hotline.link(call), data=LAST)).status_code == 303
    ((_words, payload),) = await hotline.messages()
    assert payload["attachments"] == [{"kind": "voice", "id": recordings[0], "code": None, "place": None}]
    assert payload["speech"] == {
        "words": f"{WORDS}。",
        "unclear": [{"after": WORDS[-10:], "guess": "滋滋"}],
        "doubtful": [[0, len(WORDS) + 1]],
        "rejected": None,
    }


@pytest.mark.parametrize("told", [CALLER[-4:], CALLER, "０００１", " 0 0 0 1 "])
async def test_digits_are_taken_as_people_write_them(hotline: Hotline, told: str) -> None:
    link = await hotline.linked()
    async with hotline.browser() as browser:
        assert (await browser.post(link, data={"digits": told})).status_code == 303


async def test_wrong_digits_are_counted_and_too_many_shut_the_link(hotline: Hotline) -> None:
    call = await hotline.call(said(WORDS, 8))
    link = await hotline.link(call)
    async with hotline.browser() as browser:
        for nothing in ({}, {"digits": ""}, {"digits": "  "}):
            assert (await browser.post(link, data=nothing)).status_code == 422
        for left in range(TRIES - 1, 0, -1):
            answer = await browser.post(link, data={"digits": "1234"})
            assert answer.status_code == 422
            assert f"还可以试 {left} 次" in answer.text
            assert "set-cookie" not in answer.headers
        assert "停用" in (await browser.post(link, data={"digits": "1234"})).text
        assert (await browser.post(link, data=LAST)).status_code == 410
        assert (await browser.get(link)).status_code == 410
        assert await lines(browser) == []
        assert (await browser.post(await hotline.link(call), data=LAST)).status_code == 303, "a new link"


async def test_guesses_at_once_are_all_counted(hotline: Hotline) -> None:
    link = await hotline.linked()
    async with hotline.browser() as browser:
        guesses = [{"digits": f"{number:04d}"} for number in range(100, 110)]
        answers = await asyncio.gather(*(browser.post(link, data=guess) for guess in guesses))
    assert sorted(answer.status_code for answer in answers) == [410] * 6 + [422] * 4


async def test_where_the_number_is_withheld_the_link_is_enough(hotline: Hotline) -> None:
    link = await hotline.linked(caller=None)
    async with hotline.browser() as browser:
        assert 'name="digits"' not in (await browser.get(link)).text
        assert (await browser.post(link)).status_code == 303
    ((_words, payload),) = await hotline.messages()
    assert payload["call"]["caller"] is None


async def test_opened_again_it_leads_its_citizen_back_and_nobody_else(hotline: Hotline) -> None:
    link = await hotline.linked()
    async with hotline.browser() as browser, hotline.browser() as stranger:
        await browser.post(link, data=LAST)
        assert (await browser.post(link, data=LAST)).headers["location"] == "/"
        assert (await browser.get(link)).status_code == 410
        answer = await stranger.post(link, data=LAST)
        assert (answer.status_code, "用过" in answer.text) == (410, True)
        assert await lines(stranger) == []
    assert len(await hotline.messages()) == 1


async def test_two_tabs_at_once_are_one_and_two_browsers_are_not(hotline: Hotline) -> None:
    link = await hotline.linked()
    async with hotline.browser() as browser:
        await browser.get("/")  # both tabs have the cookie
        tabs = await asyncio.gather(*(browser.post(link, data=LAST) for _ in range(4)))
    assert [tab.status_code for tab in tabs] == [303] * 4
    other = await hotline.linked(external_id="c-2", caller="13900010002")
    async with hotline.browser() as first, hotline.browser() as second:
        answers = await asyncio.gather(
            *(browser.post(other, data={"digits": "0002"}) for browser in (first, second))
        )
    assert sorted(answer.status_code for answer in answers) == [303, 410]
    assert len(await hotline.messages()) == 2


async def test_what_a_clerk_filed_meanwhile_is_in_hand_and_no_more_is_said(hotline: Hotline) -> None:
    call = await hotline.call(said(WORDS, 8))
    link = await hotline.link(call)
    number = await hotline.file(call)
    async with hotline.browser() as browser:
        for answer in (await browser.get(link), await browser.post(link, data=LAST)):
            assert "已经在办" in answer.text
            assert number not in answer.text
            assert "望京" not in answer.text
            assert "set-cookie" not in answer.headers
        assert await lines(browser) == []
    assert await hotline.state(call) == "filed"


async def test_links_that_lead_nowhere(hotline: Hotline) -> None:
    dropped, erased, leaving = [
        await hotline.call(said(WORDS, 8), external_id=f"c-{number}", caller=f"1390001000{number}")
        for number in range(3)
    ]
    links = [await hotline.link(call) for call in (dropped, erased, leaving)]
    async with hotline.database.session() as session, session.begin():
        await drop_call(session, dropped.id, 1, "answered", "c7", now())
        await erase(session, erased.citizen_id, now())
        await order_erasure(session, leaving.citizen_id, now())
    async with hotline.browser() as browser:
        for link in (*links, "/calls/nothing", f"/calls/{'x' * 500}", "/calls/%00", "/calls/%ED%A0%80"):
            for answer in (await browser.get(link), await browser.post(link, data={"digits": "0000"})):
                assert (answer.status_code, "不能用了" in answer.text) == (410, True), link
    async with hotline.database.session() as session:
        made = await session.execute(text("SELECT count(*) FROM citizen_address WHERE channel = 'web'"))
        assert made.scalar_one() == 0


async def test_a_link_lives_two_days(hotline: Hotline) -> None:
    token = (await hotline.linked()).rpartition("/")[2]
    async with hotline.database.session() as session, session.begin():
        for hours, state in ((47, LinkState.GOOD), (49, LinkState.GONE)):
            at = now() + timedelta(hours=hours)
            assert (await look_at_link(session, hotline.vault, token, at)).state is state
        late = await continue_call(session, hotline.vault, token, CALLER, "web", "c:x", at)
        assert late.state is LinkState.GONE


async def test_a_call_that_is_not_over_is_waited_for(hotline: Hotline) -> None:
    """What is still said in it would be missing."""
    call = await hotline.call(said(WORDS, 8), over=False)
    link = await hotline.link(call)
    async with hotline.browser() as browser:
        assert "过一会儿" in (await browser.get(link)).text
        assert "过一会儿" in (await browser.post(link, data=LAST)).text
        async with hotline.database.session() as session, session.begin():
            await add_segments(session, hotline.vault, call.id, [said("五单元", 30)])
            await end_call(session, call.id, now())
        assert (await browser.post(link, data=LAST)).status_code == 303
        assert await lines(browser) == [f"{WORDS}。五单元。"]


async def test_what_comes_late_is_the_citizens_next_message(hotline: Hotline) -> None:
    call = await hotline.call(said(WORDS, 8))
    drafter = Drafter(hotline.database, hotline.vault, plain_draft)
    async with hotline.browser() as browser:
        await browser.post(await hotline.link(call), data=LAST)
        async with hotline.database.session() as session, session.begin():
            late = [said("五单元", 30), said("好的", 33, speaker="operator")]
            await add_segments(session, hotline.vault, call.id, late)
        for _ in range(2):
            await drafter.draft(call.id)
        assert await lines(browser) == [f"{WORDS}。", "五单元。"]
    assert [payload["speech"]["words"] for _words, payload in await hotline.messages()] == [
        f"{WORDS}。",
        "五单元。",
    ]
    assert await hotline.state(call) == "continued"


async def test_where_nothing_was_heard_the_citizen_is_asked(hotline: Hotline) -> None:
    call = await hotline.call(said("谢谢观看", 3, confidence=0.2))
    async with hotline.browser() as browser:
        assert (await browser.post(await hotline.link(call), data=LAST)).status_code == 303
        (line,) = await lines(browser)
    assert "什么事" in line
    assert await hotline.messages() == []
    assert await hotline.state(call) == "continued"


async def test_what_a_clerk_wrote_is_what_goes_on(hotline: Hotline) -> None:
    call = await hotline.call(said(WORDS, 8))
    parts = (
        PartTold("暖气不热，家里有老人。", place="朝阳区望京西园三区3号楼"),
        PartTold("电梯坏了，在望京西园三区", place="望京西园三区"),
    )
    draft = await plain_draft(Told(WORDS, now(), phone="01065551234", parts=parts))
    told = Draft((replace(draft.parts[0], occurred="三天前"), draft.parts[1]))
    async with hotline.database.session() as session, session.begin():
        await change_draft(session, hotline.vault, call.id, 1, told, "c7", now())
    async with hotline.browser() as browser:
        await browser.post(await hotline.link(call), data=LAST)
    ((words, payload),) = await hotline.messages()
    assert words == (
        "暖气不热，家里有老人，地点：朝阳区望京西园三区3号楼，时间：三天前。电梯坏了，在望京西园三区。"
    )
    assert payload["call"]["caller"] == "01065551234"


async def test_an_anonymous_wish_that_a_clerk_noted_goes_along(hotline: Hotline) -> None:
    call = await hotline.call(said(WORDS, 8))
    draft = await plain_draft(Told(WORDS, now(), phone=CALLER, anonymous=True))
    async with hotline.database.session() as session, session.begin():
        await change_draft(session, hotline.vault, call.id, 1, draft, "c7", now())
    async with hotline.browser() as browser:
        await browser.post(await hotline.link(call), data=LAST)
    ((words, payload),) = await hotline.messages()
    assert words == f"{WORDS}，要求匿名。"
    assert payload["call"]["caller"] is None


async def filed(hotline: Hotline, citizen: Any, inbox_id: int) -> str:
    draft = CaseDraft(kind="投诉", title="其他", content="以前的事", channel="web")
    async with hotline.database.session() as session, session.begin():
        case = await file_case(
            session, draft, vault=hotline.vault, inbox_id=inbox_id, issue=0, citizen=citizen, at=now()
        )
        return case.case_number


async def test_who_talked_here_before_keeps_the_talk_and_has_the_cases_of_both(hotline: Hotline) -> None:
    call = await hotline.call(said(WORDS, 8))
    link = await hotline.link(call)
    async with hotline.database.session() as session:
        caller = await citizen_by_id(session, hotline.vault, call.citizen_id)
    by_phone = await filed(hotline, caller, 901)
    async with hotline.browser() as browser:
        await browser.post("/api/chat/messages", json={"text": "以前说过的话"})
        async with hotline.database.session() as session:
            query = text("SELECT citizen_id FROM citizen_address WHERE channel = 'web'")
            here = await citizen_by_id(session, hotline.vault, (await session.execute(query)).scalar_one())
        assert here is not None
        in_chat = await filed(hotline, here, 902)
        assert (await browser.post(link, data=LAST)).status_code == 303
        assert await lines(browser) == ["以前说过的话", f"{WORDS}。"]
    async with hotline.database.session() as session, session.begin():
        again = await find_or_create(session, hotline.vault, "voice", CALLER, now())
        assert again.id == here.id
        assert {one.case_number for one in await cases_of(session, again)} == {by_phone, in_chat}
        readable = await read_call(session, hotline.vault, call.id)
    assert [one.text for one in readable.segments] == [WORDS]


async def test_a_new_browser_becomes_the_caller_and_the_next_call_is_the_same_citizens(
    hotline: Hotline,
) -> None:
    call = await hotline.call(said(WORDS, 8))
    async with hotline.browser() as browser, hotline.browser() as phone:
        await browser.post(await hotline.link(call), data=LAST)
        second = await hotline.call(said("路灯也不亮", 3), external_id="c-2")
        async with hotline.database.session() as session:
            first_today = await present_citizen(session, hotline.vault, call.citizen_id)
        assert first_today is not None
        assert second.citizen_id == call.citizen_id == first_today.id
        await phone.post(await hotline.link(second), data=LAST)
        # Another device that said nothing yet goes on in the same conversation.
        assert await lines(phone) == await lines(browser) == [f"{WORDS}。", "路灯也不亮。"]


async def test_one_citizen_with_two_numbers_may_tell_either_and_is_reached_at_the_one_told(
    hotline: Hotline,
) -> None:
    async with hotline.browser() as browser:
        await browser.post(await hotline.linked(), data=LAST)
        other = await hotline.linked(external_id="c-2", caller="13900010002")
        await browser.post(other, data={"digits": "0002"})
        again = await hotline.linked(external_id="c-3")
        assert (await browser.post(again, data=LAST)).status_code == 303
    callers = [payload["call"]["caller"] for _words, payload in await hotline.messages()]
    assert callers == [CALLER, "13900010002", CALLER]


async def test_who_asked_to_be_forgotten_takes_no_caller_along(hotline: Hotline) -> None:
    call = await hotline.call(said(WORDS, 8))
    link = await hotline.link(call)
    async with hotline.browser() as browser:
        await browser.post("/api/chat/messages", json={"text": "删除我的信息"})
        query = text("SELECT citizen_id FROM citizen_address WHERE channel = 'web'")
        async with hotline.database.session() as session, session.begin():
            leaving = (await session.execute(query)).scalar_one()
            await order_erasure(session, leaving, now())
        answer = await browser.post(link, data=LAST)
        assert (answer.status_code, "过几分钟" in answer.text) == (409, True)
        async with hotline.database.session() as session, session.begin():
            await erase(session, leaving, now())
        assert (await browser.post(link, data=LAST)).status_code == 303
    assert await hotline.state(call) == "continued"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.test"}, {"Origin": "null"}]
)
async def test_another_sites_form_cannot_use_a_link(hotline: Hotline, headers: dict[str, str]) -> None:
    link = await hotline.linked()
    async with hotline.browser() as browser:
        assert (await browser.post(link, data=LAST, headers=headers)).status_code == 403
        assert (await browser.get(link)).status_code == 200


async def test_a_body_that_is_no_form_is_no_guess(hotline: Hotline) -> None:
    link = await hotline.linked()
    async with hotline.browser() as browser:
        assert (await browser.post(link, content=b"x" * 5000)).status_code == 400
        many = "&".join(f"a{number}=1" for number in range(50))
        assert (await browser.post(link, content=many.encode())).status_code == 422
        assert "还可以试 5 次" in (await browser.post(link, content=b"\xff=\xfe")).text


async def test_while_the_database_is_away_the_link_stays_good(hotline: Hotline, settings: Settings) -> None:
    link = await hotline.linked()
    away = create_app(settings, build=light_services)  # not started: its parts are those of the other
    away.state.web = hotline.app.state.web
    async with (
        Database("postgresql://127.0.0.1:9/nowhere") as nowhere,
        replace(hotline, app=away).browser() as browser,
    ):
        away.state.services = replace(hotline.app.state.services, database=nowhere)
        for answer in (await browser.get(link), await browser.post(link, data=LAST)):
            assert (answer.status_code, "还能用" in answer.text) == (503, True)
    async with hotline.browser() as browser:
        assert (await browser.post(link, data=LAST)).status_code == 303
