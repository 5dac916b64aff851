"""The calls' desk as clerks meet it: who is let in, what is shown of calls and to whom."""

from __future__ import annotations

import re
from uuid import uuid4

import httpx
import pytest
from markupsafe import escape

from bot.calls.taking import mark_danger
from bot.clock import now
from bot.custody.erasing import erase
from bot.storage.secrets import api_key
from tests.support.calls import CALLER, said
from tests.support.calls_desk import (
    COLD,
    HEAT,
    PAGE,
    SAME,
    Clerk,
    Town,
    a_tone,
)

NASTY = '<script>alert(1)</script><b onclick="x">'


async def test_the_list_marks_what_is_urgent_what_is_missing_and_who_still_speaks(
    town: Town, clerk: Clerk
) -> None:
    calm = await town.call(said(f"{COLD}，电话{CALLER}", 3))
    live = await town.call(said("我在路上", 3, final=False), name="c-2", caller="13900010002", ends=False)
    urgent = await town.call(said("有人喊救命", 3), name="c-3", caller="13900010003", ends=False)
    silent = await town.call(name="c-4", rejected="no_speech")
    heard = await town.call(name="c-5", source="recording", ends=False)
    async with town.database.session() as session, session.begin():
        await mark_danger(session, urgent)
    answer = await clerk.see()
    page = answer.text
    assert page.index(str(urgent)) < page.index(str(calm)) < page.index(str(live)) < page.index(str(heard))
    assert CALLER not in page
    assert "139****0001" in page
    assert "危险" in page
    assert "缺：具体地点、时间、联系电话、1 个关键情况" in page
    assert "已等 不到 1 分钟" in page
    assert "通话中</strong>" in page
    assert "等待识别</strong>" in page
    assert str(silent) not in page
    assert "无人说话（1）" in page
    assert str(silent) in (await clerk.see("?unfold=silent")).text
    assert 'http-equiv="refresh" content="10"' in page
    assert 'href="/console/handovers"' in page
    assert answer.headers["cache-control"] == "no-store"
    (style,) = re.findall(r'href="(/assets/[^"]+)"', page)
    assert (await clerk._client.get(style)).headers["content-type"].startswith("text/css")


async def test_two_clerks_see_of_each_other(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    other = Clerk(town, "c8")
    await clerk.see(call)
    await clerk.see(call)
    assert "c7 正在看" in (await other.see()).text
    assert "c7 正在看" not in (await clerk.see()).text
    assert "c7 也在看" in (await other.see(call)).text
    assert (await town.steps(call)).count("read") == 2  # once a minute each
    assert "查看完整号码：c8" in (await clerk.see(call)).text


async def test_a_call_is_shown_with_its_talk_its_doubts_and_its_draft(town: Town, clerk: Clerk) -> None:
    call = await town.call(
        said("您好，请讲", 0, speaker="operator"),
        said(f"{COLD}{NASTY}，电话{CALLER}", 65),
        said("好像是热力公司", 70, confidence=0.2),
        said("谁在说", 80, speaker="unknown"),
    )
    answer = await clerk.see(call)
    page = answer.text
    assert "<script>" not in page
    assert "<b onclick" not in page
    assert str(escape(NASTY)) in page
    assert "01:05 市民" in page
    assert "00:00 话务员" in page
    assert re.search(r"01:10 市民 <strong[^>]*>没听清", page)
    assert "分不清哪句是市民说的" in page
    assert f"来电号码 {CALLER}" in page
    assert HEAT in page
    assert "供热由企业负责" in page
    assert "缺：具体地点" in page
    assert "缺：联系电话" in page
    assert "您家的供暖费交给哪家" in page  # the clarifying question in words
    policy = answer.headers["content-security-policy"]
    assert "media-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("rejected", "words"),
    [
        ("unclear", "一句也没听清"),
        ("unheard", "一直没能识别"),
        ("truncated", "不完整"),
        ("broken", "损坏"),
        ("too_long", "太长"),
        ("too_many_channels", "声道太多"),
        ("something_new", "没能听出内容"),
    ],
)
async def test_why_nothing_was_heard_is_said_in_words(
    town: Town, clerk: Clerk, rejected: str, words: str
) -> None:
    call = await town.call(source="recording", rejected=rejected)
    assert words in (await clerk.see(call)).text
    assert words in (await clerk.see()).text


async def test_a_recording_is_played_in_parts_saved_and_that_is_kept(town: Town, clerk: Clerk) -> None:
    sound = a_tone()
    call = await town.recorded(sound)
    (recording,) = (await town.read(call)).recordings
    path = f"{call}/recordings/{recording}"
    assert f'<audio controls preload="none" src="{PAGE}/{path}"' in (await clerk.see(call)).text
    whole = await clerk.see(path)
    assert (whole.content, whole.headers["content-type"]) == (sound, "audio/x-wav")
    assert whole.headers["cache-control"] == "no-store"
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = await clerk.see(path, Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, sound[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(sound)}"
    assert (await clerk.see(path, Range="bytes=10-")).content == sound[10:]
    assert (await clerk.see(path, Range=f"bytes={len(sound)}-")).status_code == 416
    saved = (await clerk.see(f"{path}?download=1")).headers["content-disposition"]
    assert saved == f"attachment; filename=call-{recording}.wav"
    assert (await town.steps(call)).count("listened") == 1
    other = await town.call(said(COLD, 3), name="c-2")
    for wrong in (
        f"{other}/recordings/{recording}",
        f"{call}/recordings/{10**30}",
        f"{uuid4()}/recordings/1",
    ):
        assert (await clerk.see(wrong)).status_code == 404


async def test_a_citizen_who_was_forgotten_is_not_shown(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call)
    citizen = (await town.read(call)).call.citizen_id
    async with town.database.session() as session, session.begin():
        await erase(session, citizen, now())
    page = (await clerk.see(call)).text
    assert "市民要求删除" in page
    assert COLD not in page
    assert (await clerk.press(call, "confirm", form)).status_code == 409
    assert str(call) not in (await clerk.see()).text


async def test_the_door(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call)
    transport = httpx.ASGITransport(app=town.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://suda.test") as stranger:
        for auth in (None, ("c7", "wrong"), ("王五", api_key(town.settings))):
            for path in (PAGE, f"{PAGE}/{call}", f"{PAGE}/{call}/recordings/1"):
                answer = await stranger.get(path, auth=auth and httpx.BasicAuth(*auth))
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"].startswith("Basic ")
        mine = httpx.BasicAuth("c7", api_key(town.settings))
        for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.test"}):
            for button in ("confirm", "update", "drop", "link", "hear", "take_up"):
                path = f"{PAGE}/{call}/{button}"
                answer = await stranger.post(path, auth=mine, headers=headers, data=form)
                assert answer.status_code == 403
        odd = await stranger.post(f"{PAGE}/{call}/confirm", auth=mine, headers=SAME, json=form)
        assert odd.status_code == 415
    assert await town.cases() == []
    assert (await clerk.see(uuid4())).status_code == 404
    assert (await clerk.press(uuid4(), "confirm", form)).status_code == 404


@pytest.mark.parametrize("query", ["?left=1,x,９,,5&judged=1", "?by_hand=1", "?left=" + "1," * 15])
async def test_odd_addresses_do_no_harm(town: Town, clerk: Clerk, query: str) -> None:
    call = await town.call(said(COLD, 3))
    assert (await clerk.see(f"{call}{query}")).status_code == 200
