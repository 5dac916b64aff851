"""Cases in a real database: filed once, seen by their citizen only, provable, and without words in the open."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from bot.cases import (
    CaseDraft,
    CaseState,
    FiledCase,
    add_words,
    case_record,
    cases_of,
    export_cases,
    file_case,
    find_case,
    records_of,
    rewrap_case_keys,
    take_step,
    verify_case,
    withdraw,
)
from bot.errors import CaseNotFound, InvalidTransition, StorageError
from bot.identity import CitizenRef, address_of, citizen_by_id, find_or_create, forget, rewrap_keys
from bot.storage import Database
from bot.storage.sealing import Vault

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
VAULT = Vault(b"m" * 32)

PHONE, NAME, WORDS, POINT = "13900010001", "甄好记", "锅炉房半夜轰鸣吵得睡不着", "五号楼二单元"

DRAFT = CaseDraft(
    kind="投诉",
    title="室温不达标",
    content=f"{WORDS}，我叫{NAME}，电话{PHONE}",
    channel="web",
    urgency="S1",
    category="020101",
    category_path="公共服务>供热>室温不达标",
    category_confidence=0.9,
    category_candidates=(("020101", 0.9), ("020102", 0.05)),
    catalogue_version="2026-11",
    place_text=f"幸福嘉园{POINT}",
    district="朝阳区",
    street="望京街道",
    community="幸福社区",
    point=POINT,
    occurred={"text": WORDS, "type": "since", "start": "2026-11-15", "end": None, "ongoing": True},
    contact_phone=PHONE,
    contact_name=NAME,
    understanding={
        "kind": "投诉",
        "category_candidates": [{"code": "020101", "score": 0.9}],
        "contact_phone": PHONE,
        "issues": [{"text": WORDS}],
        "location": {"point": POINT},
    },
    decision={"kind": "直派街乡", "basis": "条例", "evidence": [f"原话：{WORDS}"]},
    dispatch_kind="直派街乡",
    lead_unit_id="ST",
    lead_unit="朝阳区望京街道",
    assist_units=(("D.csgl", "朝阳区城市管理委员会"),),
)


async def citizen_of(database: Database, address: str = "visitor-1") -> CitizenRef:
    async with database.session() as session, session.begin():
        return await find_or_create(session, VAULT, "web", address, AT)


async def filed(
    database: Database, citizen: CitizenRef, draft: CaseDraft = DRAFT, inbox_id: int = 1, issue: int = 0
) -> FiledCase:
    async with database.session() as session, session.begin():
        return await file_case(
            session, draft, vault=VAULT, inbox_id=inbox_id, issue=issue, citizen=citizen, at=AT
        )


async def count(database: Database, table: str) -> Any:
    async with database.session() as session:
        return (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar()  # noqa: S608


def everything_in(url: str) -> bytes:
    """Each row of each table as PostgreSQL writes it, bytes also decoded from hex."""
    found = []
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            for (row,) in connection.execute(f"SELECT t::text FROM {table} t").fetchall():  # noqa: S608
                found.append(row.encode())
                for part in row.replace('"', "").strip("()").split(","):
                    if part.startswith("\\\\x") or part.startswith("\\x"):
                        found.append(bytes.fromhex(part.lstrip("\\").removeprefix("x")))
    return b"\n".join(found)


async def test_a_case_goes_to_its_unit_with_both_clocks(database: Database) -> None:
    case = await filed(database, await citizen_of(database))
    assert case.view.state is CaseState.DISPATCHED
    assert case.view.holder == "朝阳区望京街道"
    assert case.view.due_at == AT + timedelta(hours=24)
    assert [entry.words for entry in case.view.timeline][-1] == "已交给负责的单位：朝阳区望京街道"
    async with database.session() as session:
        progress = await verify_case(session, case.case_number)
    assert progress.dispatch_due_at == AT + timedelta(hours=2)


@pytest.mark.parametrize(
    ("changes", "state", "holder"),
    [
        ({"lead_unit": "{区}市场监督管理局"}, "待派单", "12345热线"),
        ({"lead_unit_id": None, "lead_unit": None, "dispatch_kind": None}, "待派单", "12345热线"),
        ({"dispatch_kind": "知识库直接答复"}, "待回访", "12345热线"),
        ({"dispatch_kind": "转外部渠道", "lead_unit": "人民法院"}, "不予受理", None),
        ({"dispatch_kind": "转外部渠道", "lead_unit": "119", "emergency": True}, "待派单", "12345热线"),
    ],
)
async def test_where_a_case_rests_after_filing(
    database: Database, changes: dict[str, Any], state: str, holder: str | None
) -> None:
    case = await filed(database, await citizen_of(database), replace(DRAFT, **changes))
    assert (case.view.state, case.view.holder) == (state, holder)


async def test_the_same_message_files_one_case_however_often_it_runs(database: Database) -> None:
    citizen = await citizen_of(database)
    results = await asyncio.gather(*(filed(database, citizen) for _ in range(8)))
    assert len({case.case_number for case in results}) == 1
    assert sum(not case.repeated for case in results) == 1
    assert await count(database, "case_") == 1
    assert await count(database, "case_event") == 5
    other = await filed(database, citizen, issue=1)
    assert other.case_number != results[0].case_number


async def test_nobody_sees_the_case_of_another(database: Database) -> None:
    mine, other = await citizen_of(database, "a"), await citizen_of(database, "b")
    case = await filed(database, mine)
    async with database.session() as session:
        seen = await find_case(session, f"查一下{case.case_number.lower()}", mine)
        assert seen.title == "室温不达标"
        for stranger in (other, None):
            with pytest.raises(CaseNotFound):
                await find_case(session, case.case_number, stranger)
        assert [view.case_number for view in await cases_of(session, mine)] == [case.case_number]
        assert await cases_of(session, other) == []


async def test_an_anonymous_case_is_seen_by_its_code_alone(database: Database, database_url: str) -> None:
    citizen = await citizen_of(database)
    case = await filed(database, citizen, replace(DRAFT, anonymous=True), inbox_id=987654)
    again = await filed(database, citizen, replace(DRAFT, anonymous=True), inbox_id=987654)
    assert case.tracking_code is not None
    assert again.tracking_code == case.tracking_code
    async with database.session() as session:
        assert (await find_case(session, f"查询码{case.tracking_code}", None)).case_number == case.case_number
        with pytest.raises(CaseNotFound):
            await find_case(session, case.case_number, citizen)
        assert await cases_of(session, citizen) == []
        record = await case_record(session, VAULT, case.case_number)
        row = (await session.execute(text("SELECT citizen_id, inbox_id FROM case_"))).one()
        owners = (await session.execute(text("SELECT case_::text FROM case_"))).scalar_one()
    assert tuple(row) == (None, None)
    assert str(citizen.id) not in owners
    assert "987654" not in owners
    assert record.contact_phone is None
    assert PHONE not in str(record)
    assert NAME not in str(record)
    assert WORDS in (record.content or "")
    assert record.occurred["start"] == "2026-11-15"  # a date of ours is no telephone number
    assert record.understanding["category_candidates"] == [{"code": "020101", "score": 0.9}]
    assert case.tracking_code.encode() not in everything_in(database_url)


async def test_no_words_and_no_identity_lie_in_the_open(database: Database, database_url: str) -> None:
    citizen = await citizen_of(database, "openid-secret-42")
    case = await filed(database, citizen)
    async with database.session() as session, session.begin():
        await add_words(session, case.case_number, citizen, AT, vault=VAULT, words=f"再说一遍{WORDS}")
        await withdraw(session, case.case_number, citizen, AT, vault=VAULT, words=f"{NAME}不告了")
    dump = everything_in(database_url)
    assert case.case_number.encode() in dump
    for secret in (PHONE, NAME, WORDS, POINT, "openid-secret-42", "不告了"):
        assert secret.encode() not in dump
    async with database.session() as session:
        record = await case_record(session, VAULT, case.case_number)
    assert (record.contact_phone, record.contact_name, record.point) == (PHONE, NAME, POINT)


async def test_the_database_keeps_events_from_being_changed(database: Database) -> None:
    await filed(database, await citizen_of(database))
    for statement in (
        "UPDATE case_event SET actor = 'nobody'",
        "DELETE FROM case_event",
        "TRUNCATE case_event",
        "TRUNCATE case_ CASCADE",
    ):
        async with database.session() as session:
            with pytest.raises(Exception, match="append-only"):
                await session.execute(text(statement))


async def test_a_change_behind_the_triggers_back_is_noticed(database: Database) -> None:
    case = await filed(database, await citizen_of(database))
    async with database.session() as session, session.begin():
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("UPDATE case_event SET actor = 'clerk:7' WHERE seq = 2"))
    async with database.session() as session:
        with pytest.raises(StorageError, match="Event 2"):
            await verify_case(session, case.case_number)


async def test_columns_that_contradict_the_events_are_noticed(database: Database) -> None:
    case = await filed(database, await citizen_of(database))
    async with database.session() as session, session.begin():
        await session.execute(text("UPDATE case_ SET state = '办结'"))
    async with database.session() as session:
        with pytest.raises(StorageError, match="columns"):
            await verify_case(session, case.case_number)


async def test_a_forgotten_citizen_leaves_a_case_without_words(database: Database) -> None:
    citizen = await citizen_of(database)
    case = await filed(database, citizen)
    async with database.session() as session, session.begin():
        assert await forget(session, citizen.id, AT)
    async with database.session() as session:
        await verify_case(session, case.case_number)
        record = await case_record(session, VAULT, case.case_number)
        assert await citizen_by_id(session, VAULT, citizen.id) is None
    assert (record.content, record.contact_phone, record.district) == (None, None, "朝阳区")
    assert (await citizen_of(database)).id != citizen.id


async def test_a_case_runs_to_its_end_and_can_be_reopened(database: Database) -> None:
    case = await filed(database, await citizen_of(database))
    number, due = case.case_number, AT + timedelta(days=3)
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("sign", "unit:ST", {}),
        ("handle", "unit:ST", {}),
        ("ask_extension", "unit:ST", {}),
        ("extend", "clerk:1", {"due_at": due}),
        ("feed_back", "unit:ST", {}),
        ("survey", "system", {}),
        ("rate", "citizen", {}),
        ("close", "system", {}),
        ("reopen", "citizen", {"due_at": due + timedelta(days=1)}),
        ("restart", "unit:ST", {}),
    ]
    for action, actor, data in steps:
        async with database.session() as session, session.begin():
            await take_step(session, number, action, actor, AT, data=data)
    async with database.session() as session:
        progress = await verify_case(session, number)
    assert (progress.state, progress.due_at, progress.closed_at) == (
        CaseState.HANDLING,
        due + timedelta(days=1),
        None,
    )


async def test_a_withdrawn_case_takes_no_more(database: Database) -> None:
    citizen = await citizen_of(database)
    case = await filed(database, citizen)
    async with database.session() as session, session.begin():
        view = await withdraw(session, case.case_number, citizen, AT, vault=VAULT)
    assert (view.state, view.is_open, view.holder, view.due_at) == (CaseState.WITHDRAWN, False, None, None)
    async with database.session() as session:
        with pytest.raises(InvalidTransition):
            await add_words(session, case.case_number, citizen, AT, vault=VAULT, words="还有")


async def test_two_steps_at_once_do_not_both_happen(database: Database) -> None:
    citizen = await citizen_of(database)
    case = await filed(database, citizen)

    async def take_back() -> None:
        async with database.session() as session, session.begin():
            await withdraw(session, case.case_number, citizen, AT, vault=VAULT)

    results = await asyncio.gather(*(take_back() for _ in range(4)), return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, InvalidTransition) for result in results) == 3
    async with database.session() as session:
        await verify_case(session, case.case_number)


async def test_an_export_is_masked_unless_told_otherwise(database: Database) -> None:
    await filed(database, await citizen_of(database))
    async with database.session() as session:
        masked = [record async for record in export_cases(session, VAULT)]
        open_ = [record async for record in export_cases(session, VAULT, masked=False)]
        none = [record async for record in export_cases(session, VAULT, since=AT + timedelta(days=1))]
    shown = str(masked[0].as_json())
    assert PHONE not in shown
    assert NAME not in shown
    assert POINT not in shown
    assert masked[0].contact_phone == "139****0001"
    assert open_[0].as_json()["contact_phone"] == PHONE
    assert none == []


async def test_a_record_has_the_fields_of_understand(database: Database) -> None:
    citizen = await citizen_of(database)
    case = await filed(database, citizen)
    async with database.session() as session:
        body = (await records_of(session, VAULT, citizen.id))[0].as_json()
    assert body["case_number"] == case.case_number
    assert body["location"]["text"] == f"幸福嘉园{POINT}"
    assert body["occurred"]["start"] == "2026-11-15"
    assert body["dispatch"]["lead_unit_id"] == "ST"
    assert body["dispatch"]["basis"] == "条例"


async def test_text_that_no_database_can_hold_is_filed(database: Database) -> None:
    citizen = await citizen_of(database, "odd\ud800")
    case = await filed(database, citizen, replace(DRAFT, content="坏\ud83d字\x00符"))
    async with database.session() as session:
        record = await case_record(session, VAULT, case.case_number)
        assert await address_of(session, citizen, "web") == "odd\ud800"
    assert record.content is not None
    assert record.content.startswith("坏")


async def test_first_contacts_at_once_make_one_citizen(database: Database) -> None:
    found = await asyncio.gather(*(citizen_of(database, "same") for _ in range(8)))
    assert len({citizen.id for citizen in found}) == 1
    assert len({citizen.key for citizen in found}) == 1
    assert await count(database, "citizen") == 1


async def test_a_changed_master_key_keeps_citizens_and_cases(database: Database) -> None:
    citizen = await citizen_of(database)
    case = await filed(database, citizen)
    anonymous = await filed(database, citizen, replace(DRAFT, anonymous=True), inbox_id=2)
    changed = Vault(b"n" * 32, [b"m" * 32])
    async with database.session() as session, session.begin():
        assert (await find_or_create(session, changed, "web", "visitor-1", AT)).id == citizen.id
        assert await rewrap_keys(session, changed) == 1
        assert await rewrap_keys(session, changed) == 0
        assert await rewrap_case_keys(session, changed) == 1
        assert await rewrap_case_keys(session, changed) == 0
    only_new = Vault(b"n" * 32)
    async with database.session() as session, session.begin():
        assert (await find_or_create(session, only_new, "web", "visitor-1", AT)).id == citizen.id
        assert (await case_record(session, only_new, case.case_number)).contact_phone == PHONE
        assert (await case_record(session, only_new, anonymous.case_number)).content is not None
