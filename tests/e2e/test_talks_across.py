"""Talks that reach beyond one chat, on the running system: a matter others reported, another channel, a person at the desk."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.clock import CITY
from serve.session import Caller
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.engine]

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)
Say = Callable[[str], Awaitable[str]]


class Person:
    """A citizen who talks: each word a few seconds after the last."""

    def __init__(self, caller: Caller) -> None:
        self.sender = f"person-{secrets.token_hex(8)}"
        self._caller = caller
        self._turns = 0

    async def says(self, *words: str) -> str:
        """Everything the bot answers to the last of ``words``."""
        replies = []
        for said in words:
            self._turns += 1
            at = AT + timedelta(seconds=7 * self._turns)
            replies = await self._caller.say(self.sender, str(self._turns), said, at)
        return "\n".join(reply.text for reply in replies)

    async def cases(self) -> list[dict[str, Any]]:
        """What is filed under this sender."""
        return await self._caller.cases(self.sender, [])


@pytest_asyncio.fixture
async def caller(system: RunningSystem) -> AsyncIterator[Caller]:
    async with Caller.of(system.settings, system.url) as opened:
        yield opened


@pytest.mark.asyncio
async def test_another_citizens_matter_is_followed_and_nobody_is_named(caller: Caller) -> None:
    first, second = Person(caller), Person(caller)
    matter = "朝阳区望京街道落霞嘉园6号楼电梯从昨天坏到现在没人修"
    await first.says(f"{matter}，我叫李想，电话13900000901", "确认")
    told = await second.says("朝阳区望京街道落霞嘉园6号楼的电梯坏了，昨天就坏了，电话13900000902")
    assert "已经有人反映过" in told
    number = (await first.cases())[0]["case_number"]
    assert number not in told
    assert "李想" not in told
    assert "13900000901" not in told
    assert "一起跟进" in await second.says("跟进")
    (followed,) = await second.cases()
    assert followed["state"] == "已并单"
    assert followed["case_number"] != number


@pytest.mark.asyncio
async def test_the_same_matter_is_filed_anew_by_a_plain_yes(caller: Caller) -> None:
    first, second = Person(caller), Person(caller)
    matter = "海淀区清河街道流云小区2号楼楼道灯不亮三天了，电话1390000090{}"
    await first.says(matter.format(3), "确认")
    await second.says(matter.format(4), "确认")
    assert [case["state"] for case in await second.cases()] == ["已派单"]


@pytest.mark.asyncio
async def test_a_confidential_case_is_not_spoken_of(caller: Caller) -> None:
    first, second = Person(caller), Person(caller)
    await first.says(
        "举报丰台区方庄街道星河苑3号楼有人无证行医，从上个月开始，请给我保密，电话13900000905", "确认"
    )
    told = await second.says("举报丰台区方庄街道星河苑3号楼有人无证行医，从上个月开始，电话13900000906")
    assert "有人反映过" not in told


@pytest.mark.asyncio
async def test_a_code_takes_the_talk_and_the_cases_to_another_channel(caller: Caller) -> None:
    there, here = Person(caller), Person(caller)
    await there.says("西城区德胜街道安德路12号院下水道堵了，昨天开始的，电话13900000907", "确认")
    await there.says("还有个事，楼下路灯不亮")
    given = await there.says("我想换到微信上接着说")
    code = re.search(r"\d{4} ?\d{4}", given)
    assert code is not None, given
    assert "确认接续" in await here.says(code.group())
    assert "接上了" in await here.says("确认接续")
    assert "路灯" in await here.says("接着说")
    await here.says("西城区德胜街道安德路12号院门口", "前天开始", "确认")
    assert [("下水道" in case["content"], "路灯" in case["content"]) for case in await here.cases()] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.asyncio
async def test_a_wrong_code_opens_nothing(caller: Caller) -> None:
    stranger = Person(caller)
    await stranger.says("接续码 1234 5678")
    assert "不对" in await stranger.says("是我要的")
    assert await stranger.cases() == []


@pytest.mark.asyncio
async def test_a_clerk_speaks_and_the_bot_is_silent_until_handed_back(
    system: RunningSystem, caller: Caller
) -> None:
    citizen = Person(caller)
    await citizen.says("小区的喷泉池子水发绿发臭没人管")
    assert "人工" in await citizen.says("转人工")
    headers = {"X-API-Key": caller.key}
    async with aiohttp.ClientSession(headers=headers) as desk:

        async def post(path: str, **body: str) -> None:
            url = f"{system.url}/api/handovers/{path}"
            async with desk.post(url, json={"clerk": "desk-7", **body}) as answer:
                assert answer.status == 200, await answer.text()

        async with desk.get(f"{system.url}/api/handovers") as answer:
            waiting = (await answer.json())["handovers"]
        mine = next(one["id"] for one in waiting if "喷泉" in (one["summary"] or ""))
        async with desk.get(f"{system.url}/api/handovers/{mine}") as answer:
            assert "喷泉池子水发绿" in await answer.text()
        await post(f"{mine}/take")
        assert await citizen.says("朝阳区潘家园街道松榆里小区") == ""
        await post(f"{mine}/say", words="您好，请问是几号楼？")
        assert await citizen.says("3号楼") == ""
        assert "119" in await citizen.says("楼道里着火了！")
        await post(f"{mine}/hand_back")
    assert await citizen.says("确认") != ""


@pytest.mark.asyncio
async def test_erasure_is_ordered_only_after_a_plain_yes(caller: Caller) -> None:
    citizen = Person(caller)
    await citizen.says("东城区龙潭街道夕照寺街井盖松了，昨天开始，电话13900000908", "确认")
    assert "确认删除" in await citizen.says("删除我的信息")
    assert "不删" in await citizen.says("先不删了")
    assert "确认删除" in await citizen.says("把我的资料都删掉")
    assert "一分钟内" in await citizen.says("确认删除")
