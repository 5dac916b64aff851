"""Cases put right after filing, and cases of the same matter: found, followed, and never telling who."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from bot.cases import (
    Alike,
    Amended,
    CaseDraft,
    CaseState,
    add_words,
    amend_case,
    case_record,
    file_case,
    find_alike,
    find_case,
    take_step,
    verify_case,
    withdraw,
)
from bot.errors import CaseNotFound, InvalidTransition
from bot.storage import Database
from bot.storage.sealing import open_sealed
from tests.integration.test_cases import AT, DRAFT, NAME, PHONE, VAULT, citizen_of, count, filed

LATER = AT + timedelta(minutes=10)
PLACED = replace(DRAFT, place_text="朝阳区望京街道幸福嘉园5号楼")


async def amended(
    database: Database, number: str, draft: CaseDraft, who: str = "visitor-1", words: str = "写错了"
) -> Amended:
    citizen = await citizen_of(database, who)
    async with database.session() as session, session.begin():
        return await amend_case(session, number, citizen, draft, LATER, vault=VAULT, words=words)


async def alike_of(database: Database, draft: CaseDraft, who: str) -> Alike | None:
    citizen = await citizen_of(database, who)
    async with database.session() as session:
        return await find_alike(session, draft, citizen, LATER, vault=VAULT)


async def test_a_corrected_number_is_in_the_case_and_the_chain_verifies(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    done = await amended(database, one.case_number, replace(PLACED, contact_phone="13900010009"))
    assert (done.fields, done.moved) == (("contact",), False)
    async with database.session() as session:
        record = await case_record(session, VAULT, one.case_number)
        progress = await verify_case(session, one.case_number)
    assert record.contact_phone == "13900010009"
    assert progress.state is CaseState.DISPATCHED
    assert done.view.timeline[-1].words == "您更正了情况"


async def test_nothing_changed_is_nothing_written(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    done = await amended(database, one.case_number, PLACED)
    assert done.fields == ()
    assert await count(database, "case_note") == 0


async def test_another_place_moves_the_case_to_the_unit_there_before_one_has_signed(
    database: Database,
) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    there = replace(
        PLACED,
        district="海淀区",
        street="上地街道",
        place_text="上地东里6号楼",
        lead_unit="海淀区上地街道",
        lead_unit_id="ST.2",
    )
    done = await amended(database, one.case_number, there)
    assert done.moved
    assert done.view.holder == "海淀区上地街道"
    async with database.session() as session:
        await verify_case(session, one.case_number)


async def test_a_unit_that_has_signed_keeps_the_case_and_sees_the_correction(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    async with database.session() as session, session.begin():
        await take_step(session, one.case_number, "sign", "unit:ST", AT)
    there = replace(
        PLACED, district="海淀区", place_text="上地东里6号楼", lead_unit="海淀区上地街道", lead_unit_id="ST.2"
    )
    done = await amended(database, one.case_number, there)
    assert not done.moved
    assert done.view.holder == "朝阳区望京街道"
    async with database.session() as session:
        assert (await case_record(session, VAULT, one.case_number)).district == "海淀区"


THERE = replace(
    PLACED, district="海淀区", place_text="上地东里6号楼", lead_unit="海淀区上地街道", lead_unit_id="ST.2"
)


@pytest.mark.parametrize("slip", [{"contact_phone": "13900010009"}, {"occurred": {"text": "昨天"}}])
async def test_a_number_or_a_time_never_moves_a_case(database: Database, slip: dict[str, Any]) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    other_lead = replace(PLACED, lead_unit=THERE.lead_unit, lead_unit_id=THERE.lead_unit_id, **slip)
    done = await amended(database, one.case_number, other_lead)
    assert (len(done.fields), done.moved) == (1, False)
    assert done.view.holder == "朝阳区望京街道"


async def test_what_a_clerk_ruled_is_not_undone(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    ruled = {"lead_unit_id": "D.9", "lead_unit": "朝阳区水务局", "due_at": LATER, "dispatch_due_at": LATER}
    async with database.session() as session, session.begin():
        for action, actor in (("ask_return", "unit:ST"), ("reassign", "clerk:1")):
            await take_step(session, one.case_number, action, actor, AT, data=ruled)
    assert not (await amended(database, one.case_number, THERE)).moved  # waits for the clerk
    async with database.session() as session, session.begin():
        await take_step(session, one.case_number, "dispatch", "clerk:1", AT, data=ruled)
    done = await amended(database, one.case_number, replace(THERE, content=f"{PLACED.content}；又响了"))
    assert (done.fields, done.moved, done.view.holder) == (("content",), False, "朝阳区水务局")


async def test_what_could_not_be_sent_goes_once_its_place_is_told(database: Database) -> None:
    unclear = replace(PLACED, lead_unit_id="D.x", lead_unit="{区}市场监督管理局", district=None)
    one = await filed(database, await citizen_of(database), unclear)
    assert (await amended(database, one.case_number, THERE)).moved


async def notes_of(database: Database, number: str, key: bytes | None = None) -> list[str]:
    """The notes of a case, opened with its citizen's key, or its own when it is anonymous."""
    query = text(
        "SELECT c.number, n.seq, n.sealed, t.wrapped_key FROM case_note n JOIN case_ c ON c.id = n.case_id "
        "JOIN case_text t ON t.case_id = c.id WHERE c.number = :number ORDER BY n.seq"
    )
    async with database.session() as session:
        rows = (await session.execute(query, {"number": number})).all()
    return [
        open_sealed(
            key or VAULT.unwrap(row.wrapped_key), row.sealed, bound_to=f"{row.number}/{row.seq}"
        ).decode()
        for row in rows
    ]


async def test_notes_of_an_anonymous_case_tell_nobody(database: Database) -> None:
    one = await filed(database, await citizen_of(database), replace(PLACED, anonymous=True))
    code = one.tracking_code or ""
    said = f"我叫{NAME}，打{PHONE}"
    async with database.session() as session, session.begin():
        await add_words(session, code, None, LATER, vault=VAULT, words=said)
    await amended(database, code, replace(PLACED, content="换个说法"), words=said)
    async with database.session() as session, session.begin():
        await withdraw(session, code, None, LATER, vault=VAULT, words=said)
    notes = await notes_of(database, one.case_number)
    assert len(notes) == 3
    for note in notes:
        assert "[电话]" in note
        assert PHONE not in note
        assert NAME not in note


async def test_a_contact_that_is_taken_out_is_not_kept_in_the_note(database: Database) -> None:
    citizen = await citizen_of(database)
    plain = replace(PLACED, content="锅炉房半夜轰鸣")
    one = await filed(database, citizen, plain)
    other = replace(plain, contact_phone="13900010009")
    await amended(database, one.case_number, other)
    await amended(
        database, one.case_number, replace(other, contact_phone=None), words="把13900010009这个电话删了"
    )
    changed, removed = await notes_of(database, one.case_number, citizen.key)
    assert PHONE in changed
    assert "13900010009" not in removed
    assert set(orjson.loads(removed)["before"]) == {"content", "place_text", "point", "occurred"}


async def test_a_turn_that_is_taken_twice_amends_and_moves_once(database: Database) -> None:
    citizen = await citizen_of(database)
    one = await filed(database, citizen, PLACED)

    async def turn(key: str | None) -> Amended:
        async with database.session() as session, session.begin():
            return await amend_case(
                session, one.case_number, citizen, THERE, LATER, vault=VAULT, words="在上地", key=key
            )

    first, again = await asyncio.gather(turn("inbox 7"), turn("inbox 7"))
    assert first == again
    assert (first.fields, first.moved) == (("place",), True)
    assert await count(database, "case_note") == 1
    assert (await turn("inbox 8")).fields == ()


@pytest.mark.parametrize("anonymous", [False, True])
async def test_a_turn_that_is_taken_twice_adds_and_withdraws_once(
    database: Database, anonymous: bool
) -> None:
    citizen = await citizen_of(database)
    one = await filed(database, citizen, replace(PLACED, anonymous=anonymous))
    number = one.tracking_code or one.case_number
    async with database.session() as session, session.begin():
        for key in ("inbox 7", "inbox 7", "inbox 8", None, None):
            await add_words(session, number, citizen, LATER, vault=VAULT, words="又响了", key=key)
        for _ in range(2):
            view = await withdraw(session, number, citizen, LATER, vault=VAULT, words="好了", key="inbox 7")
            assert view.state is CaseState.WITHDRAWN
        with pytest.raises(InvalidTransition):
            await withdraw(session, number, citizen, LATER, vault=VAULT, key="inbox 9")
    assert await count(database, "case_note") == 5
    async with database.session() as session:
        await verify_case(session, one.case_number)
        data = str((await session.execute(text("SELECT data FROM case_event"))).all())
    assert "inbox" not in data  # the message would lead to who wrote it


async def test_an_anonymous_case_is_amended_by_its_code_and_stays_anonymous(database: Database) -> None:
    citizen = await citizen_of(database)
    one = await filed(database, citizen, replace(PLACED, anonymous=True))
    code = one.tracking_code or ""
    await amended(database, code, replace(PLACED, content=f"{PLACED.content}；在地下室", contact_phone=PHONE))
    async with database.session() as session:
        record = await case_record(session, VAULT, code)
    assert record.anonymous
    assert record.contact_phone is None
    assert "地下室" in (record.content or "")
    assert PHONE not in (record.content or "")


async def test_a_stranger_and_a_closed_case_are_refused(database: Database) -> None:
    citizen = await citizen_of(database)
    one = await filed(database, citizen, PLACED)
    with pytest.raises(CaseNotFound):
        await amended(database, one.case_number, replace(PLACED, contact_phone=None), who="stranger")
    async with database.session() as session, session.begin():
        await withdraw(session, one.case_number, citizen, AT, vault=VAULT)
    with pytest.raises(InvalidTransition):
        await amended(database, one.case_number, replace(PLACED, contact_phone=None))


async def test_the_same_matter_at_the_same_place_is_found(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    same = replace(PLACED, place_text="幸福嘉园五号楼二单元", content="我家也不热")
    mine, theirs = await alike_of(database, same, "visitor-1"), await alike_of(database, same, "neighbour")
    assert mine is not None
    assert (mine.number, mine.own) == (one.case_number, True)
    assert theirs is not None
    assert not theirs.own
    assert theirs.holder == "朝阳区望京街道"


@pytest.mark.parametrize(
    "other",
    [
        replace(PLACED, place_text="幸福嘉园6号楼"),
        replace(PLACED, place_text="幸福嘉园5号楼", district="海淀区"),
        replace(PLACED, category="030201"),
        replace(PLACED, place_text="望京街道"),
        replace(PLACED, place_text="小区5号楼"),
        replace(PLACED, kind="咨询"),
    ],
    ids=[
        "another building",
        "another district",
        "another matter",
        "no place finer than a street",
        "no name",
        "a question",
    ],
)
async def test_what_is_not_the_same(database: Database, other: CaseDraft) -> None:
    await filed(database, await citizen_of(database), PLACED)
    assert await alike_of(database, other, "neighbour") is None


@pytest.mark.parametrize("hidden", [{"confidential": True}, {"anonymous": True}])
async def test_confidential_and_anonymous_cases_are_not_spoken_of(
    database: Database, hidden: dict[str, bool]
) -> None:
    await filed(database, await citizen_of(database), replace(PLACED, **hidden))
    assert await alike_of(database, PLACED, "neighbour") is None


async def test_a_closed_or_old_case_is_another_story(database: Database) -> None:
    citizen = await citizen_of(database)
    one = await filed(database, citizen, PLACED)
    async with database.session() as session:
        assert await find_alike(session, PLACED, citizen, AT + timedelta(days=40), vault=VAULT) is None
    async with database.session() as session, session.begin():
        await withdraw(session, one.case_number, citizen, AT, vault=VAULT)
    assert await alike_of(database, PLACED, "neighbour") is None


async def test_a_citizens_own_words_are_known_again_under_another_leaf(database: Database) -> None:
    await filed(database, await citizen_of(database), PLACED)
    again = replace(PLACED, category="030201", content="锅炉房半夜又轰鸣，吵得睡不着觉")
    assert await alike_of(database, again, "visitor-1") is not None
    assert await alike_of(database, again, "neighbour") is None


async def test_a_follower_has_a_case_of_their_own_that_waits_for_the_first(database: Database) -> None:
    one = await filed(database, await citizen_of(database), PLACED)
    neighbour = await citizen_of(database, "neighbour")
    async with database.session() as session, session.begin():
        follower = await file_case(
            session,
            PLACED,
            vault=VAULT,
            inbox_id=2,
            issue=0,
            citizen=neighbour,
            at=LATER,
            master=one.case_number,
        )
    assert follower.view.state is CaseState.MERGED
    async with database.session() as session:
        await verify_case(session, follower.case_number)
        assert (await find_case(session, follower.case_number, neighbour)).case_number != one.case_number


async def test_the_place_is_not_in_the_open(database: Database) -> None:
    await filed(database, await citizen_of(database), PLACED)
    async with database.session() as session:
        row = (await session.execute(text("SELECT site_hash, spot_hash, c::text FROM case_ c"))).one()
    assert row.site_hash is not None
    assert row.spot_hash is not None
    assert "幸福嘉园" not in row[2]
