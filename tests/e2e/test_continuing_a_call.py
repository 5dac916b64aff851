"""A call that goes on in the web page, on the running system: read back, completed, filed, with its recording."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from bot.clock import in_city, now
from bot.storage import Database
from serve.places import database_url
from tests.support.caller import AGO, Caller
from tests.support.calls import said
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.engine, pytest.mark.asyncio]

HEATING = "望京西园三区3号楼暖气不热，从昨天开始的，家里只有十三度"


@pytest_asyncio.fixture
async def caller(system: RunningSystem) -> AsyncIterator[Caller]:
    number = f"1390000{secrets.randbelow(10_000):04d}"
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with (
        Database(database_url(system.settings)) as database,
        httpx.AsyncClient(base_url=system.url, headers=headers) as browser,
    ):
        yield Caller(system, database, browser, number)


async def test_a_call_is_read_back_completed_and_filed_with_its_recording(caller: Caller) -> None:
    link = await caller.calls(said("您好，请问有什么可以帮您", 0, speaker="operator"), said(HEATING, 5))
    told = await caller.opens(link)
    assert f"我听到的是：“{HEATING}" in told
    assert "手机号" not in told
    assert caller.number in told, "the number that called is read back, not asked for"
    await caller.says("确认")
    (case,) = await caller.cases()
    assert case.content is not None
    assert "暖气不热" in case.content
    assert (case.district, case.contact_phone) == ("朝阳区", caller.number)
    called = in_city(now() - AGO)
    assert case.occurred["start"] == f"{called - timedelta(days=1):%Y-%m-%d}"
    assert await caller.recordings(case.case_number) == ["voice"]


async def test_only_what_is_missing_is_asked_and_nobody_is_welcomed_back(caller: Caller) -> None:
    link = await caller.calls(said("我要反映小区的暖气不热，昨天开始的", 3))
    told = await caller.opens(link)
    assert "哪里" in told or "哪个区" in told
    answer = await caller.says("朝阳区望京街道望京西园三区3号楼")
    assert "小时前" not in answer, "the call was hours ago, the talk goes on now"
    assert caller.number in answer
    await caller.says("确认")
    assert len(await caller.cases()) == 1


async def test_a_matter_under_way_waits_for_the_one_of_the_call(caller: Caller) -> None:
    await caller.says("楼道的灯坏了好几天没人修")
    told = await caller.opens(await caller.calls(said(HEATING, 5)))
    assert HEATING in told
    await caller.says("确认")
    (heating,) = await caller.cases()
    assert heating.content is not None
    assert "灯" not in heating.content
    assert "灯" in await caller.says("接着说刚才那件")
    await caller.says("朝阳区望京街道望京西园三区3号楼2单元")
    await caller.says("三天前")
    await caller.says("确认")
    assert ["灯" in (case.content or "") for case in await caller.cases()] == [False, True]


async def test_danger_in_a_call_is_advised_on_and_on_top_of_the_desk(caller: Caller) -> None:
    told = await caller.opens(await caller.calls(said("朝阳区望京西园三区3号楼楼道里煤气味特别大", 5)))
    assert "119" in told or "燃气" in told
    assert await caller.dangers() == 1


async def test_a_danger_that_was_not_clear_is_asked_about(caller: Caller) -> None:
    unclear = replace(said("煤气漏了", 9, speaker="unknown", confidence=0.3), channel=0)
    told = await caller.opens(await caller.calls(said("望京西园三区3号楼的事", 5), unclear))
    assert "好像听到“煤气漏了”" in told
