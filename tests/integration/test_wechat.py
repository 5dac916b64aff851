"""The WeChat channel against a platform that keeps WeChat's rules: answers in time, once, in order, within the budget."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import psycopg
import pytest

from bot.errors import MediaRefused
from bot.intake import push
from bot.messages import Button, Reply
from channels.wechat.api import TOO_OFTEN
from tests.support.platforms.wechat import Account, Template, openid_of
from tests.support.wechat_request import Signed, text_message, xml
from tests.support.wechat_town import WeChatTown, wechat_town

SEND = "message/custom/send"
WHO = openid_of(1)


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[WeChatTown]:
    async with wechat_town(database_url, tmp_path) as opened:
        yield opened


async def tell(here: WeChatTown, *replies: Reply, who: str = WHO) -> None:
    """Say something unasked to a citizen who has written before."""
    citizen = await here.town.mailbox.find("wechat", who)
    assert citizen is not None
    async with here.town.database.session() as session, session.begin():
        await push(session, here.town.vault, citizen, replies, channel="wechat")


async def outbox_is(here: WeChatTown, expected: list[tuple[str, str | None]], seconds: float = 10) -> None:
    """The outbox comes to be as expected."""
    for _ in range(int(seconds * 20)):
        found = [tuple(row) for row in await here.outbox()]
        if found == expected:
            return
        await asyncio.sleep(0.05)
    assert found == expected


async def hears_in_order(here: WeChatTown, *texts: str) -> None:
    """The citizen comes to hear these, each once and in this order, in as many messages as it takes."""
    for _ in range(200):
        said = "\n\n".join(here.platform.heard(WHO))
        if all(text in said for text in texts):
            break
        await asyncio.sleep(0.05)
    assert [said.count(text) for text in texts] == [1] * len(texts)
    assert sorted(texts, key=said.index) == list(texts)


async def test_the_console_s_check_of_the_address_is_passed(here: WeChatTown) -> None:
    assert await here.platform.check_url()


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_an_answer_in_time_is_passive_in_every_mode(
    mode: str, database_url: str, tmp_path: Path
) -> None:
    account = replace(Account(""), mode=mode)  # type: ignore[arg-type]
    async with wechat_town(database_url, tmp_path, account=account) as here:
        result = await here.platform.say(WHO, "路灯坏了 & <b>")
        assert (result.outcome, len(result.tries)) == ("passive", 1)
        assert here.platform.heard(WHO) == ["收到：路灯坏了 & <b>"]
        assert here.platform.calls(SEND) == []
        assert here.platform.problems == []


async def test_a_key_that_is_being_changed_is_accepted_old_and_new(database_url: str, tmp_path: Path) -> None:
    new = {"SUDA_WECHAT_AES_KEY": "0" * 43, "SUDA_WECHAT_AES_KEY_PREVIOUS": Account("").aes_key}
    async with wechat_town(database_url, tmp_path, settings=new) as here:
        await here.platform.say(WHO, "旧钥匙")
        assert here.platform.heard(WHO) == ["收到：旧钥匙"]
        assert here.platform.problems == []


async def test_a_token_that_is_being_changed_signs_the_answer_as_it_signed_the_request(
    database_url: str, tmp_path: Path
) -> None:
    new = {"SUDA_WECHAT_TOKEN": "anotherToken1", "SUDA_WECHAT_TOKEN_PREVIOUS": Account("").token}
    async with wechat_town(database_url, tmp_path, settings=new) as here:
        await here.platform.say(WHO, "旧口令")
        assert here.platform.heard(WHO) == ["收到：旧口令"]
        assert here.platform.problems == []


async def test_three_tries_of_a_message_are_one_message_and_one_answer(here: WeChatTown) -> None:
    here.platform.faults.drop("mid_reply", tries=2)
    result = await here.platform.say(WHO, "立案")
    assert [one.outcome for one in result.tries] == ["cut", "cut", "passive"]
    assert here.platform.heard(WHO) == ["收到：立案\n\n已经登记。"]
    assert len(here.town.turns()) == 1
    assert await here.outbox() == [("sent", None), ("sent", None)]


async def test_tries_with_the_same_nonce_are_no_replay(database_url: str, tmp_path: Path) -> None:
    async with wechat_town(database_url, tmp_path, same_nonce=True) as here:
        here.platform.faults.drop("mid_reply", tries=2)
        assert (await here.platform.say(WHO, "你好")).outcome == "passive"
        assert len(here.platform.heard(WHO)) == 1


async def test_an_engine_of_six_seconds_is_answered_success_once_and_the_reply_comes_later_once(
    here: WeChatTown,
) -> None:
    result = await here.platform.say(WHO, "慢6")
    assert (result.outcome, len(result.tries)) == ("silent", 1)
    assert 3.5 < result.first_try < 4.2
    seen = await here.platform.wait_seen(WHO, 1, 8)
    await asyncio.sleep(0.5)
    assert [(one.how, one.text) for one in here.platform.seen(WHO)] == [("custom", "收到：慢6")]
    assert len(seen) == 1


async def test_events_are_once_what_they_stand_for(here: WeChatTown) -> None:
    await here.platform.subscribe(WHO, scene="gate7")
    await here.platform.click(WHO, "say:查进度")
    here.platform.faults.duplicate(times=1)
    await here.platform.scan(WHO, "link_12345678")
    assert here.platform.heard(WHO) == ["收到：你好", "收到：查进度", "收到：接续码 12345678"]
    assert [turn["text"] for turn in here.town.turns()] == ["你好", "查进度", "接续码 12345678"]


async def test_what_only_informs_is_accepted_silently(here: WeChatTown) -> None:
    await here.platform.say(WHO, "你好")
    for deed in (
        here.platform.view(WHO, "https://example.org"),
        here.platform.report_location(WHO, 39.9, 116.4),
    ):
        assert (await deed).outcome == "silent"
    assert len(here.town.turns()) == 1


async def test_media_places_and_links_reach_the_turn(here: WeChatTown) -> None:
    await here.platform.send_location(WHO, 39.99, 116.48, "北京市朝阳区望京街10号")
    await here.platform.send_link(WHO, "停水通知", "今晚", "https://example.org/a")
    metadata = await here.town.fetch("SELECT count(*) FROM inbox")
    assert metadata == [(2,)]
    assert here.platform.problems == []
    assert len(here.platform.seen(WHO)) == 2


async def test_a_photo_is_fetched_with_the_token_once_expired(here: WeChatTown) -> None:
    fetcher = here.app.connectors["wechat"].fetcher
    assert fetcher is not None
    photo = b"\xff\xd8\xff\xe0" + b"x" * 2000
    media_id = here.platform.media.keep(photo, "jpg")
    assert (await fetcher.fetch({"media_id": media_id}, limit=10_000)).content == photo
    here.platform.tokens.expire()
    assert (await fetcher.fetch({"media_id": media_id}, limit=10_000)).content == photo
    for medium, limit, code in (
        ({"media_id": media_id}, 1000, "too_large"),
        ({"media_id": "none"}, 1000, "gone"),
    ):
        with pytest.raises(MediaRefused) as caught:
            await fetcher.fetch(medium, limit=limit)
        assert caught.value.code == code


async def test_choices_are_a_menu_whose_clicks_answer_with_and_without_their_id(here: WeChatTown) -> None:
    await here.platform.say(WHO, "你好")
    await tell(here, Reply("办好了吗？", (Button("办好了", "已经办好了"), Button("没有", "还没有办好"))))
    seen = await here.platform.wait_seen(WHO, 2)
    menu = seen[1]
    assert [one.title for one in menu.buttons] == ["办好了", "没有"]
    await here.platform.press(WHO, menu.buttons[1].press, with_id=False)
    await here.platform.press(WHO, menu.buttons[0].press)
    await here.platform.say(WHO, "第二个")
    assert [turn["text"] for turn in here.town.turns()] == ["你好", "还没有办好", "已经办好了", "第二个"]


async def test_the_last_message_of_the_budget_is_kept_for_a_case_s_number(here: WeChatTown) -> None:
    await here.platform.say(WHO, "你好")
    for number in range(5):
        await tell(here, Reply(f"消息{number}"))
        await asyncio.sleep(0.3)
    await outbox_is(here, [("sent", None)] * 5 + [("untold", "budget_spent")])
    await tell(here, Reply("登记好了", data={"case": {"number": "SD-1"}}))
    await here.platform.wait_seen(WHO, 6)
    assert here.platform.heard(WHO)[-1] == "登记好了"
    assert [call.errcode for call in here.platform.calls(SEND)] == [0] * 5
    await here.platform.say(WHO, "在吗")
    await hears_in_order(here, "登记好了", "消息4", "收到：在吗")


async def test_when_the_budget_is_short_messages_go_together(here: WeChatTown) -> None:
    await here.platform.say(WHO, "你好")
    await tell(here, *(Reply(f"消息{number}") for number in range(6)))
    await here.platform.wait_seen(WHO, 2)
    assert here.platform.heard(WHO)[1] == "\n\n".join(f"消息{number}" for number in range(6))
    assert len(here.platform.calls(SEND)) == 1


async def test_a_click_opens_three_messages_for_a_minute_only(here: WeChatTown) -> None:
    await here.platform.click(WHO, "say:查进度")
    for number in range(4):
        await tell(here, Reply(f"消息{number}"))
        await asyncio.sleep(0.3)
    await outbox_is(here, [("sent", None)] * 4 + [("untold", "budget_spent")])
    assert all(call.errcode == 0 for call in here.platform.calls(SEND))


async def test_after_48_hours_it_is_kept_with_the_reason_and_told_when_the_citizen_writes(
    here: WeChatTown,
) -> None:
    await here.platform.say(WHO, "你好")
    here.platform.pass_time(49 * 3600)
    await tell(here, Reply("有进展"))
    await outbox_is(
        here, [("sent", None), ("untold", "window_shut")]
    )  # 45015: WeChat knows better than our count
    assert [call.errcode for call in here.platform.calls(SEND)] == [45015]
    await tell(here, Reply("又有进展"))
    await outbox_is(here, [("sent", None), ("untold", "window_shut"), ("untold", "budget_spent")])
    assert len(here.platform.calls(SEND)) == 1
    await here.platform.say(WHO, "在吗")
    await hears_in_order(here, "收到：你好", "又有进展", "收到：在吗")
    assert "\n\n".join(here.platform.heard(WHO)).count("有进展") == 2


async def test_news_of_a_case_go_by_template_where_one_was_agreed_on(
    database_url: str, tmp_path: Path
) -> None:
    template = Template("工单进展", ("character_string1", "thing2", "thing3"))
    account = replace(Account(""), templates={"T-1": template})
    settings = {"SUDA_WECHAT_TEMPLATE_ID": "T-1"}
    async with wechat_town(database_url, tmp_path, account=account, settings=settings) as here:
        await here.platform.say(WHO, "你好")
        await here.town.fetch("UPDATE channel_window SET opened_at = now() - interval '3 days'")
        here.platform.pass_time(72 * 3600)
        await tell(
            here, Reply("进展", data={"case": {"number": "SD-1", "title": "暖气不热", "holder": "望京街道"}})
        )
        seen = await here.platform.wait_seen(WHO, 2)
        assert seen[1].how == "template"
        assert "SD-1" in seen[1].text
        await outbox_is(here, [("sent", None), ("sent", None)])


async def test_fifty_sends_with_an_expired_token_ask_for_one_new_one(here: WeChatTown) -> None:
    people = [openid_of(number) for number in range(50)]
    for who in people:
        await here.platform.say(who, "你好")
    await tell(here, Reply("先有一个令牌"), who=people[0])
    await here.platform.wait_seen(people[0], 2)
    here.platform.tokens.expire()
    made = here.platform.tokens.made
    await asyncio.gather(*(tell(here, Reply("有进展"), who=who) for who in people))
    for who in people:
        await here.platform.wait_seen(who, 2, 20)
    assert here.platform.tokens.made == made + 1
    assert [here.platform.heard(who)[-1] for who in people] == ["有进展"] * 50


@pytest.mark.parametrize("forgotten", [True, False])
async def test_a_token_that_is_refused_twice_loses_nothing(here: WeChatTown, forgotten: bool) -> None:
    await here.platform.say(WHO, "你好")
    here.platform.faults.answer_calls(40001 if forgotten else 40014, times=2, path=SEND)
    await tell(here, Reply("有进展"))
    await here.platform.wait_seen(WHO, 2)
    await outbox_is(here, [("sent", None), ("sent", None)])


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (45015, ("untold", "window_shut")),
        (45047, ("untold", "budget_spent")),
        (40003, ("untold", "blocked")),
        (48001, ("untold", "passive_only")),
        (45002, ("failed", "WeChatRefused")),
    ],
)
async def test_what_a_code_means_is_kept_and_told_later(
    here: WeChatTown, code: int, state: tuple[str, str]
) -> None:
    await here.platform.say(WHO, "你好")
    here.platform.faults.answer_calls(code, path=SEND)
    await tell(here, Reply("有进展"))
    await outbox_is(here, [("sent", None), state])
    await here.platform.say(WHO, "在吗")
    if state[0] == "untold":
        await hears_in_order(here, "收到：你好", "有进展", "收到：在吗")
    else:
        await hears_in_order(here, "收到：你好", "收到：在吗")
        assert "有进展" not in "".join(here.platform.heard(WHO))


@pytest.mark.parametrize("code", [-1, 42001, 45011, 40164])
async def test_what_passes_is_tried_again_until_it_is_told(
    here: WeChatTown, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TOO_OFTEN, 45011, 0.2)
    await here.platform.say(WHO, "你好")
    here.platform.faults.answer_calls(code, times=3, path=SEND)
    await tell(here, Reply("有进展"))
    await here.platform.wait_seen(WHO, 2, 20)
    assert here.platform.heard(WHO) == ["收到：你好", "有进展"]


@pytest.mark.parametrize("how", ["refuse", "bad_gateway", "busy"])
async def test_an_outage_loses_nothing_and_keeps_the_order(here: WeChatTown, how: str) -> None:
    await here.platform.say(WHO, "你好")
    await here.platform.outage(4, how)
    for number in range(3):
        await tell(here, Reply(f"消息{number}"))
        await asyncio.sleep(0.2)
    await asyncio.sleep(4)
    await outbox_is(here, [("sent", None)] * 4, 20)
    assert "".join(here.platform.heard(WHO)[1:]).replace("\n", "") == "消息0消息1消息2"


async def test_a_call_that_was_cut_after_it_was_sent_is_not_sent_twice(here: WeChatTown) -> None:
    await here.platform.say(WHO, "你好")
    here.platform.faults.cut_calls("after", path=SEND)
    await tell(here, Reply("有进展"))
    await outbox_is(here, [("sent", None), ("untold", "unsure")])
    assert here.platform.heard(WHO) == ["收到：你好", "有进展"]


async def test_a_text_of_several_parts_goes_on_after_a_hiccup(here: WeChatTown) -> None:
    await here.platform.say(WHO, "你好")
    await tell(here, Reply("长" * 1500))
    await here.platform.wait_seen(WHO, 2)
    here.platform.faults.answer_calls(-1, path=SEND)  # the next part
    await here.platform.wait_seen(WHO, 4, 15)
    assert "".join(here.platform.heard(WHO)[1:]) == "长" * 1500
    await outbox_is(here, [("sent", None), ("sent", None)])


async def test_a_token_that_is_refused_again_and_again_is_asked_for_once_a_minute(here: WeChatTown) -> None:
    await here.platform.say(WHO, "你好")
    here.platform.faults.answer_calls(40001, times=4, path=SEND)
    await tell(here, Reply("有进展"))
    await here.platform.wait_seen(WHO, 2, 30)
    forced = [call for call in here.platform.calls("stable_token") if "force" in call.detail]
    assert len(here.platform.calls("stable_token")) <= 2
    assert len(forced) <= 1


async def test_whoever_follows_no_more_is_told_nothing_and_hears_it_when_they_come_back(
    here: WeChatTown,
) -> None:
    await here.platform.say(WHO, "你好")
    assert (await here.platform.unsubscribe(WHO)).outcome == "silent"
    await tell(here, Reply("有进展"))
    await outbox_is(here, [("sent", None), ("untold", "budget_spent")])
    assert here.platform.calls(SEND) == []
    await here.platform.subscribe(WHO)
    await hears_in_order(here, "有进展")


async def test_an_account_that_can_only_answer_says_everything_in_answers(
    database_url: str, tmp_path: Path
) -> None:
    account = replace(Account(""), kind="subscription")
    async with wechat_town(database_url, tmp_path, account=account) as here:
        await here.platform.say(WHO, "你好")
        await tell(here, Reply("有进展"))
        await outbox_is(here, [("sent", None), ("untold", "passive_only")])
        await here.platform.say(WHO, "在吗")
        assert here.platform.heard(WHO)[1] == "有进展\n\n收到：在吗"
        result = await here.platform.say(WHO, "慢6")  # the second try gets what the first could not wait for
        assert [one.outcome for one in result.tries] == ["timeout", "passive"]
        assert here.platform.heard(WHO)[2] == "收到：慢6"
        assert here.platform.calls(SEND) == []


@pytest.mark.slow
async def test_what_takes_longer_than_all_tries_is_said_with_the_next_answer(
    database_url: str, tmp_path: Path
) -> None:
    """Three tries of WeChat take 15 seconds."""
    account = replace(Account(""), kind="subscription")
    async with wechat_town(database_url, tmp_path, account=account) as here:
        result = await here.platform.say(WHO, "慢17")
        assert [one.outcome for one in result.tries] == ["timeout", "timeout", "passive"]
        assert "还在查" in here.platform.heard(WHO)[0]
        await outbox_is(here, [("untold", "passive_only")])
        await here.platform.say(WHO, "在吗")
        assert here.platform.heard(WHO)[1] == "收到：慢17\n\n收到：在吗"


async def _post(here: WeChatTown, query: dict[str, str], body: bytes) -> int:
    url = f"{here.app.url}/channels/wechat"
    async with aiohttp.ClientSession() as http, http.post(url, params=query, data=body) as response:
        return response.status


async def test_what_is_not_wechat_s_leaves_no_trace(here: WeChatTown) -> None:
    account = here.platform.account
    good = Signed("<xml><ToUserName>gh</ToUserName></xml>", token=account.token, key=account.aes_key)
    refused = {
        "nothing": ({}, b""),
        "forged": (good.query() | {"signature": "0" * 40}, good.content()),
        "stale": (Signed("x", token=account.token, timestamp="1700000000").query(), b"<xml/>"),
        "plain in safe mode": (Signed("x", token=account.token).query(), b"<xml><a>1</a></xml>"),
        "bomb": (good.query(), b"<!DOCTYPE x [<!ENTITY a 'a'>]><xml>&a;</xml>"),
        "long": (good.query(), b"<xml>" + b"a" * 1_000_000 + b"</xml>"),
    }
    statuses = {name: await _post(here, query, body) for name, (query, body) in refused.items()}
    expected = {
        "nothing": 403,
        "forged": 403,
        "stale": 403,
        "plain in safe mode": 403,
        "bomb": 400,
        "long": 413,
    }
    assert statuses == expected
    assert await here.town.fetch(
        "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM platform_nonce)"
    ) == [(0,)]


async def test_a_nonce_that_is_shown_again_with_another_message_is_refused(
    database_url: str, tmp_path: Path
) -> None:
    """In plain mode the signature covers no body: whoever sees one could sign any other with it."""
    account = replace(Account(""), mode="plain")
    async with wechat_town(database_url, tmp_path, account=account) as here:
        one = Signed(text_message("真的", number="1"), token=account.token)
        assert await _post(here, one.query(), one.content()) == 200
        assert await _post(here, one.query(), one.content()) == 200
        assert await _post(here, one.query(), text_message("假的", number="2").encode()) == 403
        left = xml(
            ToUserName="gh", FromUserName=WHO, CreateTime="1795600000", MsgType="event", Event="unsubscribe"
        )
        assert await _post(here, one.query(), left.encode()) == 403
        checked = Signed("", token=account.token, nonce="1234567")
        async with aiohttp.ClientSession() as http:
            url, query = f"{here.app.url}/channels/wechat", checked.query() | {"echostr": "e"}
            assert (await http.get(url, params=query)).status == 200
        assert await _post(here, checked.query(), text_message("假的", number="3").encode()) == 403
        assert [turn["text"] for turn in here.town.turns()] == ["真的"]


async def test_a_database_that_stands_still_is_asked_again_and_doubles_nothing(here: WeChatTown) -> None:
    await here.platform.say(WHO, "你好")
    async with await psycopg.AsyncConnection.connect(here.town.url) as other:
        await other.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")

        async def mend() -> None:
            await asyncio.sleep(6)
            await other.rollback()

        mending = asyncio.create_task(mend())
        result = await here.platform.say(WHO, "重要的事")
        await mending
    assert [one.outcome for one in result.tries] == ["timeout", "passive"]
    assert here.platform.heard(WHO) == ["收到：你好", "收到：重要的事"]
    assert len(here.town.turns()) == 2
