"""A case that follows another is never stranded: it goes on when that one is taken back, and follows nothing that has ended."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.cases import (
    CaseDraft,
    CaseState,
    FiledCase,
    amend_case,
    file_case,
    find_alike,
    find_case,
    take_step,
    verify_case,
    withdraw,
)
from bot.cases.events import events_of
from bot.custody import erase
from bot.identity import CitizenRef
from bot.storage import Database
from tests.integration.test_cases import AT, DRAFT, VAULT, citizen_of, filed

LATER = AT + timedelta(minutes=10)
THEN = AT + timedelta(hours=5)
PLACED = replace(DRAFT, place_text="朝阳区望京街道幸福嘉园5号楼")
ELSEWHERE = replace(PLACED, lead_unit_id="ST.2", lead_unit="海淀区上地街道", district="海淀区")


async def following(
    database: Database, master: str, who: str, draft: CaseDraft = PLACED, inbox_id: int = 2
) -> FiledCase:
    citizen = await citizen_of(database, who)
    async with database.session() as session, session.begin():
        return await file_case(
            session,
            draft,
            vault=VAULT,
            inbox_id=inbox_id,
            issue=0,
            citizen=citizen,
            at=LATER,
            master=master,
        )


async def taken_back(database: Database, number: str, who: str = "visitor-1") -> None:
    citizen = await citizen_of(database, who)
    async with database.session() as session, session.begin():
        await withdraw(session, number, citizen, THEN, vault=VAULT)


async def state_of(database: Database, case: FiledCase) -> CaseState:
    async with database.session() as session:
        return (await verify_case(session, case.case_number)).state


async def steps_of(database: Database, case: FiledCase) -> list[str]:
    async with database.session() as session:
        query = text("SELECT id FROM case_ WHERE number = :number")
        case_id = (await session.execute(query, {"number": case.case_number})).scalar_one()
        return [event.action for event, _ in await events_of(session, case_id)]


async def masters(database: Database) -> dict[str, str | None]:
    query = text("SELECT c.number, m.number FROM case_ c LEFT JOIN case_ m ON m.id = c.master_id")
    async with database.session() as session:
        return {row[0]: row[1] for row in (await session.execute(query)).all()}


async def test_the_oldest_follower_goes_to_its_unit_and_the_others_follow_it(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    first = await following(database, one.case_number, "n1")
    others = [await following(database, one.case_number, who) for who in ("n2", "n3")]
    assert first.followed
    await taken_back(database, one.case_number)
    assert await state_of(database, first) is CaseState.DISPATCHED
    assert (await steps_of(database, first))[-3:] == ["merge", "unmerge", "dispatch"]
    async with database.session() as session:
        progress = await verify_case(session, first.case_number)
        view = await find_case(session, first.case_number, await citizen_of(database, "n1"))
        still = await find_case(session, others[0].case_number, await citizen_of(database, "n2"))
    assert progress.due_at == THEN + timedelta(hours=24)
    assert view.holder == "朝阳区望京街道"
    assert [entry.words for entry in view.timeline][-1] == "已交给负责的单位：朝阳区望京街道"
    assert [entry.words for entry in still.timeline].count("和同一件事合并办理") == 1
    for other in others:
        assert await state_of(database, other) is CaseState.MERGED
        assert (await steps_of(database, other))[-1] == "remerge"
    assert await masters(database) == {
        one.case_number: None,
        first.case_number: None,
        others[0].case_number: first.case_number,
        others[1].case_number: first.case_number,
    }
    await taken_back(database, first.case_number, "n1")
    assert await state_of(database, others[0]) is CaseState.DISPATCHED


async def test_a_follower_whose_unit_is_not_known_waits_for_dispatch(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    unclear = replace(PLACED, lead_unit_id="D.x", lead_unit="{区}市场监督管理局")
    follower = await following(database, one.case_number, "n1", unclear)
    await taken_back(database, one.case_number)
    assert await state_of(database, follower) is CaseState.QUEUED


async def test_a_follower_that_was_taken_back_itself_is_left_alone(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    gone, stays = [await following(database, one.case_number, who) for who in ("n1", "n2")]
    await taken_back(database, gone.case_number, "n1")
    await taken_back(database, one.case_number)
    assert await state_of(database, gone) is CaseState.WITHDRAWN
    assert await state_of(database, stays) is CaseState.DISPATCHED


async def test_erasing_a_citizen_strands_no_neighbour_and_sends_out_nothing_of_theirs(
    database: Database,
) -> None:
    citizen = await citizen_of(database)
    one = await filed(database, citizen, PLACED)
    own = await following(database, one.case_number, "visitor-1")
    neighbours = [await following(database, one.case_number, who) for who in ("n1", "n2")]
    async with database.session() as session, session.begin():
        assert (await erase(session, citizen.id, THEN)).cases == 2
    assert await state_of(database, own) is CaseState.WITHDRAWN
    assert "dispatch" not in await steps_of(database, own)
    assert await state_of(database, neighbours[0]) is CaseState.DISPATCHED
    assert (await masters(database))[neighbours[1].case_number] == neighbours[0].case_number


async def test_two_who_follow_each_other_are_erased_at_once(database: Database) -> None:
    a, b = await citizen_of(database, "a"), await citizen_of(database, "b")
    of_a = await filed(database, a, PLACED)
    await following(database, of_a.case_number, "b")
    of_b = await filed(database, b, PLACED, inbox_id=3)
    await following(database, of_b.case_number, "a", inbox_id=4)

    async def leave(citizen: CitizenRef) -> None:
        async with database.session() as session, session.begin():
            await erase(session, citizen.id, THEN)

    await asyncio.gather(leave(a), leave(b))
    async with database.session() as session:
        states = (await session.execute(text("SELECT DISTINCT state FROM case_"))).scalars().all()
    assert states == ["撤诉"]


ENDED = [
    (),
    ("sign", "handle", "feed_back"),
    ("sign", "handle", "feed_back", "survey"),
    ("sign", "handle", "feed_back", "survey", "rate"),
    ("sign", "handle", "feed_back", "survey", "miss_survey"),
    ("sign", "handle", "feed_back", "survey", "rate", "close"),
]


@pytest.mark.parametrize("steps", ENDED, ids=["withdrawn", "fed back", "asked", "rated", "missed", "closed"])
async def test_what_nobody_handles_any_more_is_not_followed_nor_found(
    database: Database, steps: tuple[str, ...]
) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    if not steps:
        await taken_back(database, one.case_number)
    async with database.session() as session, session.begin():
        for step in steps:
            await take_step(session, one.case_number, step, "clerk:1", AT)
    neighbour = await citizen_of(database, "n1")
    async with database.session() as session:
        assert await find_alike(session, PLACED, neighbour, LATER, vault=VAULT) is None
    late = await following(database, one.case_number, "n1")
    assert (late.followed, late.view.state) == (False, CaseState.DISPATCHED)
    assert (await following(database, one.case_number, "n1")).repeated
    assert (await masters(database))[late.case_number] is None


async def test_a_follower_is_not_followed_and_an_unknown_number_is_nobody(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    follower = await following(database, one.case_number, "n1")
    assert not (await following(database, follower.case_number, "n2")).followed
    assert not (await following(database, "SD-nothing", "n3")).followed
    again = await following(database, one.case_number, "n1")
    assert (again.repeated, again.followed) == (True, True)


async def test_filing_waits_for_a_master_that_is_just_being_taken_back(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    citizen = await citizen_of(database)
    async with database.session() as session, session.begin():
        await withdraw(session, one.case_number, citizen, THEN, vault=VAULT)
        late = asyncio.create_task(following(database, one.case_number, "n1"))
        await asyncio.sleep(0.3)
        assert not late.done()
    assert (await late).view.state is CaseState.DISPATCHED


async def test_a_follower_that_was_put_right_goes_where_it_belongs_now(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    follower = await following(database, one.case_number, "n1")
    neighbour = await citizen_of(database, "n1")
    async with database.session() as session, session.begin():
        done = await amend_case(
            session, follower.case_number, neighbour, ELSEWHERE, LATER, vault=VAULT, words="在海淀"
        )
    assert not done.moved
    await taken_back(database, one.case_number)
    async with database.session() as session:
        assert (await verify_case(session, follower.case_number)).lead_unit == "海淀区上地街道"
