"""What becomes of a call at the clerks' desk: what is typed, judged, filed, dropped, and what a button does once and twice."""

from __future__ import annotations

import asyncio
import re

import pytest
from sqlalchemy import text

from bot.calls.taking import end_call
from bot.cases import case_record, find_case
from bot.clock import now
from tests.support.calls import CALLER, said
from tests.support.calls_desk import (
    COLD,
    HEAT,
    RUBBISH,
    STREET,
    Clerk,
    Town,
    a_tone,
    fields_of,
)


async def test_a_call_is_confirmed_once_also_by_a_double_click(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call)
    town.models_away()  # what was shown is what is filed: nobody is asked again
    answers = await asyncio.gather(*(clerk.press(call, "confirm", form) for _ in range(3)))
    (filed,) = await town.cases()
    for answer in answers:
        assert answer.status_code == 200
        assert filed.number in answer.text
        assert HEAT in answer.text
        assert "期限" in answer.text
    assert filed.lead_unit == HEAT
    page = (await clerk.see(call)).text
    assert filed.number in page
    assert CALLER not in page  # decided: numbers are masked again
    assert 'action="/console/calls' not in page
    assert f"{filed.number}" in (await clerk.see("?unfold=decided")).text
    other = await Clerk(town, "c8").press(call, "confirm", form)
    assert other.status_code == 409
    assert "已经办结" in other.text
    assert len(await town.cases()) == 1


async def test_changed_fields_are_judged_before_they_are_filed(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call) | {"content.0": "门口垃圾没人清", "place.0": "望京西园 & 三号楼"}
    asked = await clerk.press(call, "confirm", form)
    assert asked.status_code == 409
    assert "承办单位和刚才显示的不一样" in asked.text
    assert STREET in asked.text
    assert await town.cases() == []
    again = fields_of(asked.text)
    assert (again["content.0"], again["place.0"]) == ("门口垃圾没人清", "望京西园 & 三号楼")
    assert (await clerk.press(call, "confirm", again)).status_code == 200
    (filed,) = await town.cases()
    assert filed.lead_unit == STREET
    async with town.database.session() as session:
        record = await case_record(session, town.vault, filed.number)
    assert (record.content, record.place_text, record.contact_phone) == (
        "门口垃圾没人清",
        "望京西园 & 三号楼",
        CALLER,
    )


async def test_fields_that_move_nothing_are_filed_at_once(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call) | {"place.0": "望京西园三号楼", "name": "王女士", "confidential": "1"}
    assert (await clerk.press(call, "confirm", form)).status_code == 200
    (filed,) = await town.cases()
    async with town.database.session() as session:
        record = await case_record(session, town.vault, filed.number)
    assert (record.place_text, record.contact_name, record.confidential) == ("望京西园三号楼", "王女士", True)


async def test_a_draft_is_judged_again_and_stays_changed(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(f"{COLD}，还有{RUBBISH}", 3))
    form = await clerk.fill(call) | {"place.1": "五号楼", "category.0": "010101"}
    del form["take.0"]
    answer = await clerk.press(call, "update", form)
    assert answer.status_code == 303
    page = (await clerk._client.get(answer.headers["location"])).text
    assert "已按您写的重新判断" in page
    kept = fields_of(page)
    assert ("take.0" in kept, "take.1" in kept, kept["place.1"]) == (False, True, "五号楼")
    detail = await town.read(call)
    assert detail.call.edited
    assert detail.draft is not None
    assert [part.case.category for part in detail.draft.parts] == ["010101", None]
    assert (await clerk.press(call, "confirm", kept)).status_code == 200
    (filed,) = await town.cases()
    assert filed.lead_unit == STREET


async def test_several_matters_become_a_case_each_and_one_can_be_added(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(f"{COLD}，还有{RUBBISH}", 3))
    form = await clerk.fill(call)
    assert "content.2" in form  # the empty one behind "再加一件"
    form |= {"content.2": "路灯不亮"}
    asked = await clerk.press(call, "confirm", form)
    assert "已判断出承办单位" in asked.text
    done = await clerk.press(call, "confirm", fields_of(asked.text))
    filed = await town.cases()
    assert [one.lead_unit for one in filed] == [HEAT, STREET, HEAT]
    assert all(one.number in done.text for one in filed)


async def test_nobody_decides_on_less_than_was_said_and_what_was_typed_stays(
    town: Town, clerk: Clerk
) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call) | {"place.0": "写了半天的地方", "reason": "other"}
    await town.says(call, said("不对，是五号楼", 9))
    for button in ("confirm", "update", "drop"):
        answer = await clerk.press(call, button, form)
        assert answer.status_code == 409
        assert "又收到新的话" in answer.text
        assert "不对，是五号楼" in answer.text
        assert fields_of(answer.text)["place.0"] == "写了半天的地方"
    assert await town.cases() == []
    assert (await clerk.press(call, "confirm", fields_of(answer.text))).status_code == 200
    for revision in ("", "x", "９", "-1", "9" * 30):
        assert (await clerk.press(call, "drop", form | {"revision": revision})).status_code == 409


async def test_words_after_a_change_are_shown_beside_the_draft(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    await clerk.press(call, "update", await clerk.fill(call))
    await town.says(call, said("家里还有老人", 9))
    await town.draft(call)
    page = (await clerk.see(call)).text
    assert "还没有写进草稿" in page
    assert "<li>家里还有老人。</li>" in page


async def test_an_anonymous_case_shows_its_code_on_the_answer_only(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call) | {"anonymous": "1"}
    first = await clerk.press(call, "confirm", form)
    second = await clerk.press(call, "confirm", form)
    (filed,) = await town.cases()
    assert (filed.anonymous, filed.citizen_id) == (True, None)
    (code,) = re.findall(r'<strong class="code">([^<]+)</strong>', first.text)
    assert code in second.text  # a browser shows only the answer to the last click
    async with town.database.session() as session:
        assert (await find_case(session, code, None)).case_number == filed.number
    page = (await clerk.see(call)).text
    assert code not in page
    assert filed.number not in page
    assert filed.number not in (await clerk.see("?unfold=decided")).text
    async with town.database.session() as session, session.begin():
        await session.execute(text("UPDATE call_step SET at = at - interval '61 seconds'"))
    late = await clerk.press(call, "confirm", form)
    assert late.status_code == 409
    assert code not in late.text


async def test_a_call_without_words_is_typed_by_hand(town: Town, clerk: Clerk) -> None:
    call = await town.call(source="recording", rejected="unclear")
    empty = await clerk.fill(call)
    refused = await clerk.press(call, "confirm", empty)
    assert refused.status_code == 422
    assert "请先写下诉求内容" in refused.text
    form = empty | {"content.0": COLD}
    asked = await clerk.press(call, "confirm", form)
    assert "已判断出承办单位" in asked.text
    assert HEAT in asked.text
    assert (await clerk.press(call, "confirm", fields_of(asked.text))).status_code == 200
    (filed,) = await town.cases()
    assert filed.lead_unit == HEAT


async def test_a_recording_that_is_not_heard_yet_can_be_typed_by_hand(town: Town, clerk: Clerk) -> None:
    call = await town.recorded(a_tone())
    waiting = (await clerk.see(call)).text
    assert "等待识别" in waiting
    assert "确认立案" not in waiting
    assert 'http-equiv="refresh"' in waiting
    form = await clerk.fill(call, "?by_hand=1") | {"content.0": COLD}
    asked = await clerk.press(call, "confirm", form)
    assert (await clerk.press(call, "confirm", fields_of(asked.text))).status_code == 200
    assert len(await town.cases()) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"content.0": " "}, "请写下诉求内容"),
        ({"code.0": "999999"}, "分类目录里没有“999999”"),
        ({"code.0": "供暖<b>"}, "分类目录里没有“供暖&lt;b&gt;”"),
        ({"phone": "没有电话<i>"}, "联系电话里有不是号码的内容"),
        ({"take.0": None}, "请至少勾选一件"),
    ],
)
async def test_what_cannot_be_filed_is_said_and_kept(
    town: Town, clerk: Clerk, changes: dict[str, str | None], words: str
) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call) | {"occurred.0": "昨天夜里"} | changes
    answer = await clerk.press(call, "confirm", {name: one for name, one in form.items() if one is not None})
    assert answer.status_code == 422
    assert words in answer.text
    assert fields_of(answer.text)["occurred.0"] == "昨天夜里"
    assert await town.cases() == []


async def test_another_category_is_named_by_its_code(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call) | {"code.0": "010102 市场管理 › 消费维权 › 服务与承诺不符"}
    await clerk.press(call, "update", form)
    detail = await town.read(call)
    assert detail.draft is not None
    assert detail.draft.parts[0].case.category == "010102"


async def test_what_was_typed_stays_while_the_models_are_away(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call) | {"place.0": "三号楼"}
    town.models_away()
    for button in ("update", "confirm"):
        answer = await clerk.press(call, button, form)
        assert answer.status_code == 503
        assert "请稍后再试" in answer.text
        assert fields_of(answer.text)["place.0"] == "三号楼"
    assert await town.cases() == []


async def test_a_call_is_dropped_for_a_reason_and_taken_up_again(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(f"打错了，{CALLER}", 3))
    form = await clerk.fill(call)
    for reason in ("", "because"):
        answer = await clerk.press(call, "drop", form | {"reason": reason})
        assert (answer.status_code, "请先选一个不立案的理由" in answer.text) == (422, True)
    assert (await clerk.press(call, "drop", form | {"reason": "nuisance"})).status_code == 303
    page = (await clerk.see(call)).text
    assert "不立案：骚扰或误拨" in page
    assert CALLER not in page
    assert "read" in await town.steps(call)
    assert (await clerk.press(call, "drop", form | {"reason": "other"})).status_code == 409
    assert "不立案" in (await clerk.see("?unfold=decided")).text
    assert (await clerk.press(call, "take_up", {"again": "1"})).status_code == 303
    assert "确认立案" in (await clerk.see(call)).text
    assert (await clerk.press(call, "take_up", {"again": "1"})).status_code == 409


async def test_a_link_for_the_citizen_is_shown_once_and_what_was_typed_stays(
    town: Town, clerk: Clerk
) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call) | {"place.0": "写到一半"}
    page = (await clerk.press(call, "link", form)).text
    (link,) = re.findall(r"http://suda\.test/calls/([A-Za-z0-9_-]{20,})", page)
    assert fields_of(page)["place.0"] == "写到一半"
    assert fields_of(page)["content.0"] == f"{COLD}。"
    assert "content.2" not in fields_of(page)
    assert link not in (await clerk.see(call)).text
    assert "生成给市民的链接：c7" in (await clerk.see(call)).text


async def test_a_recording_is_heard_again_and_what_was_typed_stays(town: Town, clerk: Clerk) -> None:
    call = await town.recorded(a_tone())
    async with town.database.session() as session, session.begin():
        await end_call(session, call, now(), rejected="unheard")
    await town.draft(call)
    assert "再识别一次录音</button>" in (await clerk.see(call)).text
    form = await clerk.fill(call) | {"content.0": "写到一半"}
    answer = await clerk.press(call, "hear", form)
    assert "录音已送去再识别一次" in answer.text
    assert fields_of(answer.text)["content.0"] == "写到一半"
    assert (await town.steps(call))[-1] == "heard_again"
    sure = await town.call(said(COLD, 3), name="c-2")
    assert "再识别一次录音</button>" not in (await clerk.see(sure)).text
