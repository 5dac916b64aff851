"""Words that come after a call was decided, or twice: nothing that a caller said is lost without a word, nothing stands in a case twice."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from bot.attachments import attachments_of_case, store_of
from bot.calls import reading, ruling
from bot.calls.hearing import Hearer
from bot.calls.model import NewCall
from bot.calls.ruling import hear_again, make_link
from bot.calls.taking import open_call
from bot.cases import case_record, file_case, withdraw
from bot.clock import now
from bot.custody import LinkState, continue_call
from bot.custody.erasing import erase
from bot.errors import CallClosed
from bot.identity import present_citizen
from bot.speech.transcript import Segment, Transcript
from tests.support.calls import CALLER, STARTED, said
from tests.support.calls_desk import COLD, Clerk, Town, a_tone, fields_of

LATE = "还有暖气片在漏水"


async def contents(town: Town) -> list[str]:
    async with town.database.session() as session:
        return [
            (await case_record(session, town.vault, one.number)).content or "" for one in await town.cases()
        ]


async def test_late_words_to_a_case_that_is_closed_come_back_to_a_clerk(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    assert (await clerk.press(call, "confirm", await clerk.fill(call))).status_code == 200
    (filed,) = await town.cases()
    async with town.database.session() as session, session.begin():
        citizen = await present_citizen(session, town.vault, filed.citizen_id)
        await withdraw(session, filed.number, citizen, now(), vault=town.vault)
    await town.says(call, said(LATE, 30))
    await town.draft(call)
    await town.draft(call)
    assert (await town.read(call)).call.state == "draft"
    page = await clerk.see(call)
    assert filed.number in page.text  # what was made of it before is still shown
    form = fields_of(page.text)
    assert (form["content.0"], form["phone"]) == (f"{LATE}。", CALLER)
    assert (await clerk.press(call, "confirm", form)).status_code == 200
    assert await contents(town) == [COLD + "。", LATE + "。"]
    detail = await town.read(call)
    assert (detail.call.state, len(detail.call.cases)) == ("filed", 2)
    assert [step for step in await town.steps(call) if step not in ("read", "drafted")][-3:] == [
        "filed",
        "came_back",
        "filed",
    ]


async def test_late_words_to_an_anonymous_case_come_back_and_stay_anonymous(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call) | {"anonymous": "1"}
    assert (await clerk.press(call, "confirm", form)).status_code == 200
    await town.says(call, said(LATE, 30))
    await town.draft(call)
    form = await clerk.fill(call)
    assert (form["content.0"], "anonymous" in form) == (f"{LATE}。", True)
    done = await clerk.press(call, "confirm", form)
    again = await clerk.press(call, "confirm", form)
    assert (done.status_code, again.status_code) == (200, 200)
    cases = await town.cases()
    assert [(one.anonymous, one.citizen_id) for one in cases] == [(True, None)] * 2
    assert all(one.number in again.text or "查询码" in again.text for one in cases[1:])
    await town.says(call, said("快来人", 40))  # and once more
    await town.draft(call)
    assert (await clerk.fill(call))["content.0"] == "快来人。"


async def test_no_moment_leads_from_an_anonymous_case_to_its_call(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call) | {"anonymous": "1"}
    assert (await clerk.press(call, "confirm", form)).status_code == 200
    same = text(
        "SELECT count(*) FROM case_event e, call_step s WHERE abs(extract(epoch FROM e.at - s.at)) < 0.000001"
    )
    exact = text("SELECT count(*) FROM case_ c, call l WHERE c.created_at = l.closed_at")
    async with town.database.session() as session:
        assert (await session.execute(same)).scalar_one() == 0
        assert (await session.execute(exact)).scalar_one() == 0


async def test_late_words_of_a_dropped_call_bring_it_back_also_when_a_clerk_had_changed_its_draft(
    town: Town, clerk: Clerk
) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call) | {"place.0": "望京西园三号楼"}
    assert (await clerk.press(call, "update", form)).status_code == 303
    dropped = await clerk.fill(call) | {"reason": "other"}
    assert (await clerk.press(call, "drop", dropped)).status_code == 303
    await town.says(call, said(LATE, 30))
    await town.draft(call)
    page = (await clerk.see(call)).text
    assert (await town.read(call)).call.state == "draft"
    assert "还没有写进草稿" in page
    assert fields_of(page)["place.0"] == "望京西园三号楼"


async def test_words_that_were_not_sure_are_no_silence(town: Town) -> None:
    call = await town.call(said("楼上一直在漏水", 3, confidence=0.4))
    detail = await town.read(call)
    assert detail.call.state == "draft"
    assert detail.draft is not None
    assert detail.draft.parts == ()
    nobody = await town.call(said("您好，请讲", 1, speaker="operator"), name="c-2")
    assert (await town.read(nobody)).call.state == "empty"


async def test_a_recording_that_comes_after_filing_belongs_to_the_case(town: Town, clerk: Clerk) -> None:
    call = await town.call(said(COLD, 3))
    assert (await clerk.press(call, "confirm", await clerk.fill(call))).status_code == 200
    (filed,) = await town.cases()
    await town.recorded(a_tone())
    async with town.database.session() as session:
        kept = await attachments_of_case(session, town.vault, filed.number)
    assert [one.id for one in kept] == list((await town.read(call)).recordings)
    assert len(kept) == 1


# --- hearing again -------------------------------------------------------------------------------------------------------------


class Ears:
    """Hears the same recording in other stretches each time, as other weights do."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.heard: list[tuple[float, str]] = []

    async def hear(self, call: UUID) -> None:
        async def listen(_recording: bytes) -> Transcript:
            return Transcript(
                tuple(Segment(at, at + 4, words, 0.8, 0) for at, words in self.heard), 30.0, None
            )

        hearer = Hearer(self.town.database, self.town.vault, store_of(self.town.settings), listen)
        (attachment_id,) = (await self.town.read(call)).recordings
        await hearer.hear(call, attachment_id, tries=0)
        await self.town.draft(call)

    async def words(self, call: UUID) -> str:
        return "".join(one.text for one in (await self.town.read(call)).segments)


async def test_a_recording_heard_again_replaces_what_was_heard_first(town: Town) -> None:
    ears, call = Ears(town), await town.recorded(a_tone())
    ears.heard = [(1.0, "王京西园三号楼"), (6.0, "暖气不热")]
    await ears.hear(call)
    ears.heard = [(1.2, "望京西园三号楼暖气不热")]
    async with town.database.session() as session, session.begin():
        await hear_again(session, call, "c7", now())
    await ears.hear(call)
    assert await ears.words(call) == "望京西园三号楼暖气不热"
    draft = (await town.read(call)).draft
    assert draft is not None
    assert [part.case.content for part in draft.parts] == ["望京西园三号楼暖气不热。"]


async def test_a_recording_heard_again_after_filing_adds_nothing_to_the_case(
    town: Town, clerk: Clerk
) -> None:
    ears, call = Ears(town), await town.recorded(a_tone())
    ears.heard = [(1.0, COLD)]
    await ears.hear(call)
    form = await clerk.fill(call)
    async with town.database.session() as session, session.begin():
        await hear_again(session, call, "c7", now())
    assert (await clerk.press(call, "confirm", form)).status_code == 200
    ears.heard = [(1.3, COLD)]
    await ears.hear(call)
    assert "late_words" not in await town.steps(call)
    assert await ears.words(call) == COLD


async def test_a_call_whose_recording_came_first_is_not_told_twice(town: Town) -> None:
    ears, call = Ears(town), await town.recorded(a_tone())
    await town.says(call, said(COLD, 1))
    ears.heard = [(1.3, COLD)]
    await ears.hear(call)
    assert await ears.words(call) == COLD
    assert (await town.read(call)).call.state == "draft"


# --- races ---------------------------------------------------------------------------------------------------------------------


async def test_many_tell_of_the_same_calls_at_once_with_and_without_the_number(town: Town) -> None:
    async def tell(call: int, caller: str | None) -> None:
        new = NewCall(f"c-{call}", "live", STARTED, caller)
        async with town.database.session() as session, session.begin():
            await open_call(session, town.vault, new, now())

    numbers = [None, CALLER, "13900010002"]
    told: list[Any] = [tell(one % 5, numbers[one % 3]) for one in range(60)]
    failed = [one for one in await asyncio.gather(*told, return_exceptions=True) if one is not None]
    assert failed == []
    async with town.database.session() as session:
        rows = (await session.execute(text("SELECT count(*), count(caller) FROM call"))).one()
        lost = text(
            "SELECT count(*) FROM call JOIN citizen ON citizen.id = call.citizen_id "
            "LEFT JOIN citizen_address a ON a.citizen_id = coalesce(citizen.merged_into, citizen.id) WHERE a.id IS NULL"
        )
        assert (await session.execute(lost)).scalar_one() == 0
    assert tuple(rows) == (5, 5)


async def test_many_calls_that_go_on_hide_none_that_waits(
    town: Town, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST", 3)
    for number in range(5):
        await town.call(said("喂", 1), name=f"c-{number}", ends=False)
    call = await town.call(said(COLD, 3), name="c-9")
    assert str(call) in (await clerk.see()).text


async def test_whatever_is_done_to_a_call_at_once_it_is_decided_once_and_no_word_is_lost(
    town: Town, clerk: Clerk
) -> None:
    other = Clerk(town, "c8")

    async def goes_on(token: str, address: str) -> LinkState:
        async with town.database.session() as session, session.begin():
            used = await continue_call(session, town.vault, token, CALLER[-4:], "web", address, now())
            return used.state

    async def more(call: UUID) -> None:
        await town.says(call, said(LATE, 30))
        await town.draft(call)

    for number in range(8):
        call = await town.call(said(COLD, 3), name=f"c-{number}")
        form = await clerk.fill(call)
        async with town.database.session() as session, session.begin():
            token = await make_link(session, town.vault, call, "c7", now())
        before = len(await town.cases())
        one, two, used, *_rest = await asyncio.gather(
            clerk.press(call, "confirm", form),
            other.press(call, "confirm", form),
            goes_on(token, f"browser-{number}"),
            more(call),
            town.draft(call),
        )
        await town.draft(call)
        filed = len(await town.cases()) - before
        decided = [answer for answer in (one, two) if answer.status_code == 200]
        assert {one.status_code, two.status_code} <= {200, 409}
        assert len(decided) == filed <= 1
        assert (used is LinkState.CONTINUED) + filed <= 1
        detail = await town.read(call)
        steps = await town.steps(call)
        drafted = [part.case.content for part in detail.draft.parts] if detail.draft else []
        waits = detail.call.state == "draft" and LATE in "".join([*drafted, *detail.late])
        assert waits or "late_words" in steps or LATE in await said_on(town, call), steps


async def said_on(town: Town, call: UUID) -> str:
    """What a call's citizen was made to say in the chat."""
    async with town.database.session() as session:
        query = text("SELECT count(*) FROM inbox WHERE external_id LIKE :key OR external_id = :whole")
        keys = {"key": f"call:{call}:%", "whole": f"call:{call}"}
        return LATE if (await session.execute(query, keys)).scalar_one() else ""


async def test_a_citizen_who_is_forgotten_meanwhile_stays_forgotten(town: Town, clerk: Clerk) -> None:
    for number in range(6):
        call = await town.call(said(COLD, 3), name=f"c-{number}", caller=f"1390001{number:04d}")
        form = await clerk.fill(call)
        async with town.database.session() as session:
            citizen = (
                await session.execute(text("SELECT citizen_id FROM call WHERE id = :id"), {"id": call})
            ).scalar_one()

        async def forget(who: UUID = citizen) -> None:
            async with town.database.session() as session, session.begin():
                await erase(session, who, now())

        async def more(which: UUID = call) -> None:
            try:
                await town.says(which, said(LATE, 30))
            except CallClosed:
                return
            await town.draft(which)

        answer, *_rest = await asyncio.gather(clerk.press(call, "confirm", form), forget(), more())
        assert answer.status_code in (200, 409)
        await town.draft(call)
        async with town.database.session() as session:
            query = text(
                "SELECT (SELECT count(*) FROM call_segment WHERE call_id = :id),"
                " (SELECT count(*) FROM call WHERE id = :id AND (sealed IS NOT NULL OR caller IS NOT NULL))"
            )
            assert tuple((await session.execute(query, {"id": call})).one()) == (0, 0)


async def test_erasure_and_filing_wait_for_each_other_and_never_in_a_circle(
    town: Town, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await town.call(said(COLD, 3))
    form = await clerk.fill(call)
    citizen = (await town.read(call)).call.citizen_id

    async def forget() -> None:
        async with town.database.session() as session, session.begin():
            await erase(session, citizen, now())

    forgetting: list[asyncio.Task[None]] = []

    async def slowly(*arguments: Any, **named: Any) -> Any:
        forgetting.append(asyncio.create_task(forget()))
        await asyncio.sleep(0.5)
        return await file_case(*arguments, **named)

    monkeypatch.setattr(ruling, "file_case", slowly)
    assert (await clerk.press(call, "confirm", form)).status_code == 200
    await asyncio.wait_for(forgetting[0], 10)
    async with town.database.session() as session:
        assert (await session.execute(text("SELECT state FROM case_"))).scalar_one() == "撤诉"
