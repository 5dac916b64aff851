"""Calls in PostgreSQL: one call whatever comes of it and how often, drafts, rulings, erasure."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from obstore.store import MemoryStore
from sqlalchemy import text

from bot.attachments.store import FileStore
from bot.calls.drafting import Drafter
from bot.calls.model import Call, CallDetail, Draft, Segment, Told
from bot.calls.reading import read_call, waiting_calls
from bot.calls.removal import expire_calls
from bot.calls.ruling import change_draft, drop_call, file_call, take_up_again
from bot.calls.taking import add_segments, end_call, mark_danger, open_call
from bot.cases import case_record
from bot.clock import now
from bot.custody.erasing import erase
from bot.errors import CallChanged, CallClosed, CallError
from bot.identity import everyone_of
from bot.storage import Database
from bot.storage.sealing import Vault
from tests.support.calls import CALLER, new_call, plain_draft, said

WORDS = "望京西园三号楼的暖气不热"


@pytest.fixture
def vault() -> Vault:
    return Vault(bytes(32))


@pytest.fixture
def desk(database: Database, vault: Vault, tmp_path: Path) -> Desk:
    return Desk(database, vault)


class Desk:
    """All that is done with calls, each in a transaction of its own."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.store = FileStore(MemoryStore())
        self.told: list[Told] = []
        self.drafter = Drafter(database, vault, self._draft)

    async def _draft(self, told: Told) -> Draft:
        self.told.append(told)
        return await plain_draft(told)

    async def open(self, *arguments: Any, **named: Any) -> Call:
        async with self.database.session() as session, session.begin():
            return await open_call(session, self.vault, new_call(*arguments, **named), now())

    async def say(self, call_id: UUID, *segments: Segment) -> int:
        async with self.database.session() as session, session.begin():
            return await add_segments(session, self.vault, call_id, segments)

    async def end(self, call_id: UUID, rejected: str | None = None) -> None:
        async with self.database.session() as session, session.begin():
            await end_call(session, call_id, now(), rejected=rejected)

    async def read(self, call_id: UUID) -> CallDetail:
        async with self.database.session() as session:
            return await read_call(session, self.vault, call_id)

    async def drafted(self, *segments: Segment, **named: Any) -> CallDetail:
        call = await self.open(**named)
        await self.say(call.id, *segments)
        await self.end(call.id)
        await self.drafter.draft(call.id)
        return await self.read(call.id)

    async def file(self, detail: CallDetail, revision: int | None = None, **changes: Any) -> list[Any]:
        assert detail.draft is not None
        draft = await plain_draft(Told(WORDS, now(), **{"phone": CALLER, **changes}))
        cases = [part.case for part in (draft if changes else detail.draft).parts]
        async with self.database.session() as session, session.begin():
            return await file_call(
                session,
                self.vault,
                self.store,
                detail.call.id,
                detail.call.revision if revision is None else revision,
                cases,
                "c7",
                now(),
            )

    async def jobs(self) -> int:
        async with self.database.session() as session:
            query = (
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'calls:%' AND status = 'todo'"
            )
            return int((await session.execute(text(query))).scalar_one())


async def test_a_call_is_one_whatever_comes_of_it_and_how_often(desk: Desk) -> None:
    first = await desk.open()
    second = await desk.open()
    assert (first.known, second.known, second.id) == (False, True, first.id)
    assert await desk.say(first.id, said("好的，请讲", 4, speaker="operator"), said(WORDS, 8)) == 2
    assert await desk.say(first.id, said(WORDS, 8), said("您好", 0, speaker="operator")) == 1
    await desk.end(first.id)
    await desk.end(first.id)
    await desk.drafter.draft(first.id)
    await desk.drafter.draft(first.id)

    detail = await desk.read(first.id)
    assert [one.text for one in detail.segments] == ["您好", "好的，请讲", WORDS]
    assert detail.call.state == "draft"
    assert detail.caller == CALLER
    assert [told.words for told in desk.told] == [f"{WORDS}。"]
    assert detail.draft is not None
    assert detail.draft.parts[0].missing == ("location", "time")


async def test_a_final_stretch_replaces_a_partial_one_and_never_the_reverse(desk: Desk) -> None:
    call = await desk.open()
    assert await desk.say(call.id, said("望京西", 1, key="s1", final=False)) == 1
    assert await desk.say(call.id, said("望京西园", 1, key="s1")) == 1
    assert await desk.say(call.id, said("望京西", 1, key="s1", final=False)) == 0
    assert await desk.say(call.id, said("望京", 1, key="s2", final=False), said("望京东园", 1, key="s2")) == 1
    assert [one.text for one in (await desk.read(call.id)).segments] == ["望京西园", "望京东园"]


async def test_what_comes_after_the_end_makes_the_draft_anew(desk: Desk) -> None:
    detail = await desk.drafted(said(WORDS, 8))
    before = await desk.jobs()
    await desk.say(detail.call.id, said("已经三天了", 14), said("喂", 2))
    assert await desk.jobs() == before + 1
    await desk.drafter.draft(detail.call.id)
    assert desk.told[-1].words == f"喂。{WORDS}。已经三天了。"
    assert (await desk.read(detail.call.id)).call.state == "draft"


async def test_late_words_come_to_the_case_that_was_filed_and_make_no_second(
    desk: Desk, database: Database, vault: Vault
) -> None:
    detail = await desk.drafted(said(WORDS, 8))
    (filed,) = await desk.file(detail)
    await desk.say(detail.call.id, said("家里有老人", 20))
    await desk.drafter.draft(detail.call.id)
    await desk.drafter.draft(detail.call.id)

    async with database.session() as session:
        count = (await session.execute(text("SELECT count(*) FROM case_"))).scalar_one()
        added = await session.execute(text("SELECT count(*) FROM case_event WHERE action = 'add_words'"))
        record = await case_record(session, vault, filed.case_number)
        assert (count, added.scalar_one()) == (1, 1)
    assert record.as_json()["contact_phone"] == CALLER
    after = await desk.read(detail.call.id)
    assert (after.call.state, after.call.cases) == ("filed", (filed.case_number,))
    assert [step.action for step in after.steps] == ["opened", "ended", "drafted", "filed", "late_words"]


async def test_a_case_is_accepted_by_its_clerk_and_filed_once(desk: Desk, database: Database) -> None:
    detail = await desk.drafted(said(WORDS, 8))
    (filed,) = await desk.file(detail)
    with pytest.raises(CallClosed):
        await desk.file(detail)
    async with database.session() as session:
        query = text("SELECT actor FROM case_event WHERE action = 'accept'")
        assert (await session.execute(query)).scalar_one() == "clerk:c7"
        number = (await session.execute(text("SELECT number, channel FROM case_"))).one()
    assert tuple(number) == (filed.case_number, "voice")


async def test_nobody_decides_on_less_than_was_said(desk: Desk) -> None:
    detail = await desk.drafted(said(WORDS, 8))
    await desk.say(detail.call.id, said("不对，是五号楼", 20))
    with pytest.raises(CallChanged):
        await desk.file(detail)
    async with desk.database.session() as session, session.begin():
        with pytest.raises(CallChanged):
            await drop_call(session, detail.call.id, detail.call.revision, "other", "c7", now())
    assert (await desk.read(detail.call.id)).call.state == "draft"


async def test_nothing_is_filed_from_silence(desk: Desk) -> None:
    silent = await desk.drafted()
    assert silent.call.state == "empty"
    assert desk.told == []
    with pytest.raises(CallError):
        await desk.file(silent)
    guess = await desk.drafted(said("谢谢观看", 3, confidence=0.2), external_id="c-2")
    assert (guess.call.state, desk.told) == ("draft", [])  # somebody spoke: a clerk has to listen
    unclear = await desk.open("c-3", source="recording")
    await desk.end(unclear.id, "unclear")
    await desk.drafter.draft(unclear.id)
    told = (await desk.read(unclear.id)).call
    assert (told.state, told.rejected) == ("draft", "unclear")


async def test_an_edited_draft_stays_and_late_words_are_shown_beside_it(desk: Desk) -> None:
    detail = await desk.drafted(said(WORDS, 8))
    mine = await plain_draft(Told("改过的话", now(), phone=CALLER))
    async with desk.database.session() as session, session.begin():
        await change_draft(session, desk.vault, detail.call.id, detail.call.revision, mine, "c7", now())
    await desk.say(detail.call.id, said("已经三天了", 14), said("好的", 16, speaker="operator"))
    await desk.drafter.draft(detail.call.id)
    after = await desk.read(detail.call.id)
    assert after.draft is not None
    assert after.draft.parts[0].case.content == "改过的话"
    assert after.late == ("已经三天了。",)


async def test_a_number_that_is_told_late_is_the_callers(desk: Desk, database: Database) -> None:
    call = await desk.open(caller=None)
    await desk.say(call.id, said(WORDS, 8))
    assert (await desk.read(call.id)).caller is None
    await desk.open(caller=CALLER)
    await desk.end(call.id)
    await desk.drafter.draft(call.id)
    detail = await desk.read(call.id)
    assert detail.caller == CALLER
    assert [one.text for one in detail.segments] == [WORDS]
    assert desk.told[-1].phone == CALLER
    other = await desk.open("c-2", caller=CALLER)
    async with database.session() as session:
        assert other.citizen_id in await everyone_of(session, call.citizen_id)


async def test_an_anonymous_case_is_not_to_be_found_from_its_call(desk: Desk, database: Database) -> None:
    detail = await desk.drafted(said(WORDS, 8))
    (filed,) = await desk.file(detail, anonymous=True, phone=None)
    assert filed.tracking_code is not None
    async with database.session() as session:
        row = (await session.execute(text("SELECT citizen_id, inbox_id FROM case_"))).one()
    assert tuple(row) == (None, None)
    assert (await desk.read(detail.call.id)).call.cases == ()


async def test_dangers_come_first_and_dropped_calls_can_be_taken_up(desk: Desk) -> None:
    plain = await desk.drafted(said(WORDS, 8))
    live = await desk.open("c-2", caller="13900010002")
    silent = await desk.drafted(external_id="c-0")
    async with desk.database.session() as session, session.begin():
        await mark_danger(session, live.id)
    async with desk.database.session() as session:
        order = [one.call.id for one in await waiting_calls(session, desk.vault)]
    assert order == [live.id, plain.call.id, silent.call.id]
    async with desk.database.session() as session, session.begin():
        await drop_call(session, plain.call.id, plain.call.revision, "answered", "c7", now())
        with pytest.raises(CallError):
            await drop_call(session, silent.call.id, 0, "because", "c7", now())
    async with desk.database.session() as session, session.begin():
        await take_up_again(session, plain.call.id, "c7", now())
    assert (await desk.read(plain.call.id)).call.state == "draft"


async def test_live_calls_whose_end_was_lost_end_by_themselves(desk: Desk) -> None:
    call = await desk.open()
    await desk.say(call.id, said(WORDS, 8))
    assert await desk.drafter.end_silent(now() - timedelta(minutes=5)) == 0
    assert await desk.drafter.end_silent(now() + timedelta(minutes=5)) == 1
    assert await desk.drafter.end_silent(now() + timedelta(minutes=5)) == 0
    await desk.drafter.draft(call.id)
    assert (await desk.read(call.id)).call.state == "draft"


async def test_an_erased_citizens_calls_cannot_be_read(desk: Desk, database: Database) -> None:
    detail = await desk.drafted(said(WORDS, 8))
    async with database.session() as session, session.begin():
        await erase(session, detail.call.citizen_id, now())
    after = await desk.read(detail.call.id)
    assert (after.call.state, after.readable, after.segments, after.draft) == ("erased", False, (), None)
    with pytest.raises(CallClosed):
        await desk.say(detail.call.id, said("还有", 30))
    async with database.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM call_segment"))).scalar_one() == 0


async def test_old_calls_are_emptied(desk: Desk, database: Database) -> None:
    detail = await desk.drafted(said(WORDS, 8))
    never_drafted = await desk.open("c-2", caller="13900010002")
    await desk.say(never_drafted.id, said("喂", 1))
    async with database.session() as session, session.begin():
        assert await expire_calls(session, now() - timedelta(days=1)) == 0
        assert await expire_calls(session, now() + timedelta(days=1)) == 2
        assert await expire_calls(session, now() + timedelta(days=1)) == 0
    after = await desk.read(detail.call.id)
    assert (after.call.state, after.segments, after.draft) == ("dropped", (), None)
