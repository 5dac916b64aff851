"""Handing a conversation to a person and back: one at a time, in the citizen's own channel, without words in the open."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from bot.errors import HandoverClosed, HandoverError, HandoverNotFound, HandoverNotHeld
from bot.handover import (
    Handover,
    HandoverDetail,
    Waiting,
    erase_handovers,
    hand_back,
    open_handover,
    open_handover_of,
    read_handover,
    say_as_clerk,
    take_handover,
    waiting_handovers,
    withdraw_handover,
)
from bot.identity import CitizenRef, find_or_create, forget
from bot.identity.merging import hold_identities, merge
from bot.intake import accept, history, push
from bot.messages import Incoming, Reply
from bot.storage import Database
from bot.storage.sealing import Vault

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
VAULT = Vault(b"m" * 32)
SUMMARY = "锅炉房半夜轰鸣，要找人工"
PHONE = "13900010001"
_ids = itertools.count(1)


async def citizen_of(database: Database, address: str = "a", channel: str = "web") -> CitizenRef:
    async with database.session() as session, session.begin():
        return await find_or_create(session, VAULT, channel, address, AT)


async def asked(database: Database, citizen: CitizenRef, **changes: Any) -> Handover:
    values: dict[str, Any] = {
        "channel": "web",
        "reason": "asked",
        "summary": SUMMARY,
        "fields": {"电话": PHONE},
        "transcript": [("citizen", "锅炉房太吵了\ud83d"), ("bot", "请问在哪里？")],
        "danger": False,
        "at": AT,
    }
    async with database.session() as session, session.begin():
        return await open_handover(session, citizen, **(values | changes))


async def take(database: Database, handover: Handover, clerk: str = "c7") -> Handover:
    async with database.session() as session, session.begin():
        return await take_handover(session, handover.id, clerk, AT + timedelta(minutes=1))


async def say(
    database: Database, handover: Handover, words: str, clerk: str = "c7", key: str | None = None
) -> bool:
    async with database.session() as session, session.begin():
        return await say_as_clerk(
            session, VAULT, handover.id, clerk, words, AT + timedelta(minutes=2), key or f"k{next(_ids)}"
        )


async def back(
    database: Database, handover: Handover, clerk: str = "c7", words: str | None = None
) -> Handover:
    async with database.session() as session, session.begin():
        return await hand_back(session, VAULT, handover.id, clerk, AT + timedelta(minutes=3), words)


async def citizen_says(database: Database, words: str, address: str = "a") -> None:
    incoming = Incoming("web", address, f"m{next(_ids)}", words, AT)
    async with database.session() as session, session.begin():
        await accept(session, VAULT, incoming)


async def queue(database: Database, **options: Any) -> list[Waiting]:
    async with database.session() as session:
        return await waiting_handovers(session, VAULT, **options)


async def read(database: Database, handover: Handover) -> HandoverDetail:
    async with database.session() as session:
        return await read_handover(session, VAULT, handover.id)


async def heard(database: Database, citizen: CitizenRef) -> list[Reply]:
    async with database.session() as session:
        return [one.reply for one in await history(session, VAULT, citizen.id, 50) if one.by == "bot"]


async def test_asking_twice_is_one_handover_with_the_newest_words(database: Database) -> None:
    citizen = await citizen_of(database)
    first = await asked(database, citizen)
    again = await asked(
        database,
        citizen,
        summary="还有煤气味",
        danger=True,
        reason="danger",
        transcript=[("citizen", "快来人")],
    )
    calmer = await asked(database, citizen, summary="还有煤气味，楼道里")
    assert (first.repeated, again.repeated, calmer.repeated) == (False, True, True)
    assert first.id == again.id == calmer.id
    assert (calmer.danger, calmer.reason) == (True, "danger")
    detail = await read(database, first)
    assert detail.words is not None
    assert detail.words.summary == "还有煤气味，楼道里"
    assert detail.words.transcript == (("citizen", "锅炉房太吵了"), ("bot", "请问在哪里？"))
    assert [step.action for step in detail.steps] == ["opened", "asked_again", "asked_again"]


async def test_two_askings_at_once_make_one(database: Database) -> None:
    citizen = await citizen_of(database)
    found = await asyncio.gather(*(asked(database, citizen) for _ in range(8)))
    assert len({one.id for one in found}) == 1
    assert sum(not one.repeated for one in found) == 1
    assert len(await queue(database)) == 1


async def test_a_turn_sees_whether_a_clerk_has_the_talk(database: Database) -> None:
    citizen = await citizen_of(database)

    async def state() -> str | None:
        async with database.session() as session:
            found = await open_handover_of(session, citizen.id)
        return None if found is None else found.state

    assert await state() is None
    handover = await asked(database, citizen)
    assert await state() == "waiting"
    await take(database, handover)
    assert await state() == "taken"
    await back(database, handover)
    assert await state() is None


async def test_danger_comes_first_then_who_waited_longest(database: Database) -> None:
    order = [("late", 5, False), ("early", 1, False), ("fire", 9, True)]
    for name, minutes, danger in order:
        citizen = await citizen_of(database, name)
        await asked(database, citizen, summary=name, danger=danger, at=AT + timedelta(minutes=minutes))
    assert [one.summary for one in await queue(database)] == ["fire", "early", "late"]
    await take(database, (await queue(database))[0].handover)
    assert [one.summary for one in await queue(database)] == ["early", "late"]
    assert [one.summary for one in await queue(database, with_taken=True)] == ["fire", "early", "late"]


async def test_a_clerk_speaks_in_the_citizens_own_channel(database: Database) -> None:
    citizen = await citizen_of(database, "openid", "wechat")
    handover = await asked(database, citizen, channel="wechat")
    await take(database, handover)
    assert await say(database, handover, "您好，我来帮您。")
    (reply,) = await heard(database, citizen)
    assert (reply.text, reply.data) == ("您好，我来帮您。", {"from": "clerk", "clerk": "c7"})
    async with database.session() as session:
        row = (await session.execute(text("SELECT channel, kind, state FROM outbox"))).one()
    assert tuple(row) == ("wechat", "push", "ready")


async def test_the_same_words_sent_twice_are_said_once(database: Database) -> None:
    citizen = await citizen_of(database)
    handover = await asked(database, citizen)
    await take(database, handover)
    results = await asyncio.gather(*(say(database, handover, "马上处理", key="once") for _ in range(4)))
    assert sorted(results) == [False, False, False, True]
    assert [reply.text for reply in await heard(database, citizen)] == ["马上处理"]


async def test_handing_back_says_so_and_a_new_asking_is_a_new_handover(database: Database) -> None:
    citizen = await citizen_of(database)
    handover = await asked(database, citizen)
    await take(database, handover)
    ended = await back(database, handover, words="已经登记好了。")
    assert (ended.state, ended.clerk) == ("handed_back", "c7")
    said = await heard(database, citizen)
    assert [reply.data.get("from") for reply in said] == ["clerk", None]
    assert said[0].text == "已经登记好了。"
    assert "由我继续为您服务" in said[1].text
    again = await asked(database, citizen)
    assert again.id != handover.id
    assert not again.repeated


async def test_a_clerk_reads_what_was_said_since_and_nothing_after_the_end(database: Database) -> None:
    await citizen_says(database, "以前的话")
    citizen = await citizen_of(database)
    handover = await asked(database, citizen)
    await citizen_says(database, "喂，有人吗\ud83d")
    async with database.session() as session, session.begin():
        await push(session, VAULT, citizen.id, [Reply("已转人工，请稍等。")], channel="web")
    await take(database, handover)
    await say(database, handover, "我在。")
    lines = [(line.by, line.text, line.clerk) for line in (await read(database, handover)).conversation]
    assert lines == [
        ("citizen", "喂，有人吗", None),
        ("bot", "已转人工，请稍等。", None),
        ("clerk", "我在。", "c7"),
    ]
    await back(database, handover)
    await citizen_says(database, "另外一件事")
    lines = [(line.by, line.text, line.clerk) for line in (await read(database, handover)).conversation]
    assert len(lines) == 4
    assert lines[-1][0] == "bot"


async def test_another_clerk_can_take_over_and_who_had_it_is_kept(database: Database) -> None:
    handover = await asked(database, await citizen_of(database))
    await take(database, handover, "c7")
    await take(database, handover, "c7")
    assert (await take(database, handover, "c8")).clerk == "c8"
    with pytest.raises(HandoverNotHeld):
        await say(database, handover, "我说", "c7")
    with pytest.raises(HandoverNotHeld):
        await back(database, handover, "c7")
    steps = [(step.action, step.clerk) for step in (await read(database, handover)).steps]
    assert steps == [("opened", None), ("taken", "c7"), ("taken_over", "c8")]


async def test_a_step_that_does_not_fit_changes_nothing(database: Database) -> None:
    citizen = await citizen_of(database)
    handover = await asked(database, citizen)
    with pytest.raises(HandoverNotHeld):
        await say(database, handover, "还没接手")
    with pytest.raises(HandoverNotHeld):
        await back(database, handover)
    await take(database, handover)
    with pytest.raises(HandoverError, match="no words"):
        await say(database, handover, " \n\x00")
    await back(database, handover)
    for act in (take(database, handover), say(database, handover, "晚了"), back(database, handover)):
        with pytest.raises(HandoverClosed):
            await act
    async with database.session() as session, session.begin():
        with pytest.raises(HandoverNotFound):
            await take_handover(session, uuid4(), "c7", AT)
        with pytest.raises(HandoverNotFound):
            await read_handover(session, VAULT, uuid4())
    assert len(await heard(database, citizen)) == 1


async def test_who_no_longer_needs_a_person_leaves_the_queue(database: Database) -> None:
    citizen = await citizen_of(database)
    handover = await asked(database, citizen)
    async with database.session() as session, session.begin():
        assert await withdraw_handover(session, citizen.id, AT)
        assert not await withdraw_handover(session, citizen.id, AT)
    assert await queue(database) == []
    with pytest.raises(HandoverClosed):
        await take(database, handover)
    assert (await read(database, handover)).handover.state == "withdrawn"


async def test_a_forgotten_citizen_is_unreadable_and_stops_nobody(database: Database) -> None:
    gone, other = await citizen_of(database, "gone"), await citizen_of(database, "other")
    handover = await asked(database, gone, danger=True)
    await take(database, handover)
    await asked(database, other)
    async with database.session() as session, session.begin():
        await forget(session, gone.id, AT)
    assert [one.handover.citizen_id for one in await queue(database, with_taken=True)] == [other.id]
    for act in (take(database, handover, "c8"), say(database, handover, "喂"), back(database, handover)):
        with pytest.raises(HandoverClosed):
            await act
    async with database.session() as session, session.begin():
        assert await erase_handovers(session, AT) == 1
        assert await erase_handovers(session, AT) == 0
    detail = await read(database, handover)
    assert (detail.handover.state, detail.words, detail.conversation) == ("erased", None, ())


async def test_words_that_do_not_open_leave_the_row_in_the_queue(database: Database) -> None:
    handover = await asked(database, await citizen_of(database))
    async with database.session() as session, session.begin():
        await session.execute(text("UPDATE handover SET sealed = '\\x0102'::bytea"))
    (one,) = await queue(database)
    assert (one.handover.id, one.summary) == (handover.id, None)
    again = await asked(database, await citizen_of(database))
    assert again.repeated
    assert (await queue(database))[0].summary == SUMMARY


async def test_no_words_lie_in_the_open(database: Database, database_url: str) -> None:
    handover = await asked(database, await citizen_of(database))
    await take(database, handover)
    await say(database, handover, "请您打13900020002")
    await back(database, handover, words="再见啦")
    found = []
    with psycopg.connect(database_url) as connection:
        for table in ("handover", "handover_event", "handover_line", "outbox"):
            found += connection.execute(f"SELECT t::text FROM {table} t").fetchall()  # noqa: S608
    dump = str(found)
    assert len(found) == 1 + 3 + 2 + 3
    for secret in (SUMMARY, PHONE, "13900020002", "再见啦", "太吵", "电话"):
        assert secret not in dump
        assert secret.encode().hex() not in dump


async def test_a_talk_goes_on_after_its_citizen_linked_two_channels(database: Database) -> None:
    citizen, other = await citizen_of(database), await citizen_of(database, "openid", "wechat")
    handover = await asked(database, citizen)
    await take(database, handover)
    await citizen_says(database, "我换手机了")
    async with database.session() as session, session.begin():
        await hold_identities(session)
        await merge(session, citizen, other)
    await citizen_says(database, "现在是我")
    await say(database, handover, "看到了")
    assert [reply.text for reply in await heard(database, other)] == ["看到了"]
    lines = [line.text for line in (await read(database, handover)).conversation]
    assert lines == ["我换手机了", "现在是我", "看到了"]
