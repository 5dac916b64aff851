"""A citizen who asks to be forgotten is forgotten, everywhere, once; and what is old goes by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.cases import (
    CaseDraft,
    CaseState,
    FiledCase,
    add_words,
    case_record,
    file_case,
    find_case,
    take_step,
    verify_case,
    withdraw,
)
from bot.custody import erase, expire, use_link_code
from bot.custody.jobs import Custodian
from bot.handover import (
    expire_handovers,
    hand_back,
    open_handover,
    open_handover_of,
    read_handover,
    say_as_clerk,
    take_handover,
    withdraw_handover,
)
from bot.identity import (
    CitizenRef,
    LinkOutcome,
    cancel_erasure,
    citizen_by_id,
    find_or_create,
    new_link_code,
    order_erasure,
    parse_link_code,
)
from bot.intake import history, replies_of
from bot.intake.engine import EngineClient
from bot.intake.removal import remove_messages_older
from tests.support.stand_in_engine import SECRET
from tests.support.town import Town, town

DRAFT = CaseDraft(
    kind="投诉",
    title="室温不达标",
    content="锅炉房半夜轰鸣",
    channel="web",
    district="朝阳区",
    dispatch_kind="直派街乡",
    lead_unit_id="ST",
    lead_unit="朝阳区望京街道",
)
RETENTION = timedelta(days=1095)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as opened:
        yield opened


@asynccontextmanager
async def custodian(here: Town, clock: Callable[[], datetime]) -> AsyncIterator[Custodian]:
    async with EngineClient(here.settings.engine_url, SECRET, timeout=5) as engine:
        yield Custodian(here.database, engine, retention=RETENTION, settle=timedelta(seconds=30), clock=clock)


async def citizen_of(here: Town, who: str = "a", channel: str = "web") -> CitizenRef:
    async with here.database.session() as session, session.begin():
        return await find_or_create(session, here.vault, channel, who, datetime.now(UTC))


async def filed(
    here: Town, citizen: CitizenRef, inbox_id: int, draft: CaseDraft = DRAFT, issue: int = 0
) -> FiledCase:
    async with here.database.session() as session, session.begin():
        return await file_case(
            session,
            draft,
            vault=here.vault,
            inbox_id=inbox_id,
            issue=issue,
            citizen=citizen,
            at=datetime.now(UTC),
        )


async def order(here: Town, citizen: CitizenRef, at: datetime) -> datetime:
    async with here.database.session() as session, session.begin():
        return await order_erasure(session, citizen.id, at)


async def count(here: Town, table: str) -> int:
    return int((await here.fetch(f"SELECT count(*) FROM {table}"))[0][0])  # noqa: S608


async def test_everything_of_a_citizen_goes_and_the_facts_stay(here: Town) -> None:
    at = datetime.now(UTC)
    async with here.worker():
        said = await here.say("锅炉房半夜轰鸣")
        told = await here.say("就这样")
        await here.hears(told)
    citizen = await citizen_of(here)
    open_case = await filed(here, citizen, said.inbox_id)
    closed = await filed(here, citizen, said.inbox_id, issue=1)
    nameless = await filed(here, citizen, told.inbox_id, replace(DRAFT, anonymous=True))
    async with here.database.session() as session, session.begin():
        await add_words(session, open_case.case_number, citizen, at, vault=here.vault, words="又响了")
        await withdraw(session, closed.case_number, citizen, at, vault=here.vault, words="不告了")
        await open_handover(
            session,
            citizen,
            channel="web",
            reason="asked",
            summary="要人工",
            fields={},
            transcript=(),
            danger=False,
            at=at,
        )
        await new_link_code(session, here.vault, citizen, at)
    async with here.database.session() as session, session.begin():
        erased = await erase(session, citizen.id, at)
    assert (erased.citizens, erased.cases, erased.handovers, erased.messages) == (1, 1, 1, 4)
    async with here.database.session() as session:
        assert await citizen_by_id(session, here.vault, citizen.id) is None
        assert await history(session, here.vault, citizen.id, 10) == []
        assert await replies_of(session, here.vault, said.inbox_id) == []
        assert await open_handover_of(session, citizen.id) is None
        for case in (open_case, closed, nameless):
            await verify_case(session, case.case_number)
        record = await case_record(session, here.vault, open_case.case_number)
        assert (record.state, record.content, record.district) == (CaseState.WITHDRAWN, None, "朝阳区")
        assert nameless.tracking_code is not None
        assert (await find_case(session, nameless.tracking_code, None)).is_open
        assert (await case_record(session, here.vault, nameless.case_number)).content == "锅炉房半夜轰鸣"
    assert await here.fetch("SELECT id, body, external_id, state FROM inbox") == [
        (said.inbox_id, b"", f"erased:{said.inbox_id}", "answered")
    ]
    for table in ("outbox", "citizen_address", "link_code"):
        assert await count(here, table) == 0
    assert (await citizen_of(here)).id != citizen.id


async def test_the_reason_is_in_the_events(here: Town) -> None:
    citizen = await citizen_of(here)
    await filed(here, citizen, 1)
    async with here.database.session() as session, session.begin():
        await erase(session, citizen.id, datetime.now(UTC))
    rows = await here.fetch("SELECT actor, reason FROM case_event WHERE action = 'withdraw'")
    assert rows == [("citizen", "erasure")]


async def test_erasing_again_finds_nothing_more(here: Town) -> None:
    citizen = await citizen_of(here)
    await filed(here, citizen, 1)
    for expected in ((1, 1, 0, 0), (0, 0, 0, 0)):
        async with here.database.session() as session, session.begin():
            erased = await erase(session, citizen.id, datetime.now(UTC))
        assert (erased.citizens, erased.cases, erased.handovers, erased.messages) == expected


async def test_whoever_was_merged_goes_too_and_nobody_else(here: Town) -> None:
    at = datetime.now(UTC)
    web, other = await citizen_of(here, "w"), await citizen_of(here, "t", "terminal")
    neighbour = await citizen_of(here, "n")
    await here.say("别人的话", who="n")
    before = await here.say("终端上说的", who="t", channel="terminal")
    case = await filed(here, other, before.inbox_id)
    async with here.database.session() as session, session.begin():
        shown = await new_link_code(session, here.vault, web, at)
        code = parse_link_code(shown.code) or ""
        outcome = await use_link_code(session, here.vault, code, other, "terminal", at)
    assert outcome is LinkOutcome.LINKED
    clock = Clock()
    await order(here, other, clock.at)  # asked in a turn that began before the merge
    clock.at += timedelta(minutes=2)
    async with custodian(here, clock) as keeper:
        assert await keeper.erase_due() == 1
        clock.at += timedelta(minutes=1)
        assert await keeper.finish() == 1
    assert set(here.forgotten()) == {str(web.id), str(other.id)}
    async with here.database.session() as session:
        for gone in (web, other):
            assert await citizen_by_id(session, here.vault, gone.id) is None
        assert await citizen_by_id(session, here.vault, neighbour.id) == neighbour
        assert (await verify_case(session, case.case_number)).state is CaseState.WITHDRAWN
        assert [line.reply.text for line in await history(session, here.vault, neighbour.id, 9)] == [
            "别人的话"
        ]


async def test_ordering_twice_is_ordering_once_and_it_can_be_taken_back(here: Town) -> None:
    citizen, clock = await citizen_of(here), Clock()
    due = await order(here, citizen, clock.at)
    assert due == clock.at + timedelta(seconds=60)
    assert await order(here, citizen, clock.at + timedelta(seconds=20)) == due
    assert await count(here, "erasure_request") == 1
    async with custodian(here, clock) as keeper:
        clock.at = due - timedelta(seconds=1)
        assert await keeper.erase_due() == 0
        async with here.database.session() as session, session.begin():
            assert await cancel_erasure(session, citizen.id)
            assert not await cancel_erasure(session, citizen.id)
        clock.at = due + timedelta(seconds=1)
        assert await keeper.erase_due() == 0
        await order(here, citizen, clock.at - timedelta(minutes=2))
        assert await keeper.erase_due() == 1
    async with here.database.session() as session, session.begin():
        assert not await cancel_erasure(session, citizen.id)


async def test_an_engine_that_is_away_is_asked_until_it_forgets(here: Town) -> None:
    citizen, clock = await citizen_of(here), Clock()
    await order(here, citizen, clock.at - timedelta(minutes=2))
    down = here.journal.with_suffix(".down")
    down.touch()
    async with custodian(here, clock) as keeper:
        assert await keeper.erase_due() == 1
        assert await keeper.finish() == 0  # a turn may still be in hand
        clock.at += timedelta(minutes=1)
        assert await keeper.finish() == 0  # the engine is away
        assert await here.fetch("SELECT done_at FROM erasure_request") == [(None,)]
        down.unlink()
        assert await keeper.finish() == 1
        assert await keeper.finish() == 0
    assert here.forgotten() == [str(citizen.id)]


async def test_what_a_turn_in_hand_leaves_behind_goes_with_the_second_look(here: Town) -> None:
    """A case can be filed with the citizen's key in the instant in which that key is destroyed."""
    citizen, clock = await citizen_of(here), Clock()
    await order(here, citizen, clock.at - timedelta(minutes=2))
    async with custodian(here, clock) as keeper:
        assert await keeper.erase_due() == 1
        late = await filed(here, citizen, 5)
        clock.at += timedelta(minutes=1)
        assert await keeper.finish() == 1
    async with here.database.session() as session:
        assert (await verify_case(session, late.case_number)).state is CaseState.WITHDRAWN


async def test_several_workers_erase_once(here: Town) -> None:
    clock = Clock()
    citizens = [await citizen_of(here, f"c{number}") for number in range(6)]
    for number, citizen in enumerate(citizens):
        await filed(here, citizen, number)
        await order(here, citizen, clock.at - timedelta(minutes=2))
    async with custodian(here, clock) as one, custodian(here, clock) as two:
        assert sum(await asyncio.gather(one.erase_due(), two.erase_due())) == 6
    assert len(await here.fetch("SELECT 1 FROM case_event WHERE action = 'withdraw'")) == 6


async def test_one_that_fails_holds_up_nobody(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    first, second = await citizen_of(here, "a"), await citizen_of(here, "b")
    await order(here, first, clock.at - timedelta(minutes=3))
    await order(here, second, clock.at - timedelta(minutes=2))

    async def breaks(session: Any, citizen_id: Any, at: Any) -> Any:
        if citizen_id == first.id:
            raise RuntimeError
        return await erase(session, citizen_id, at)

    async with custodian(here, clock) as keeper:
        with monkeypatch.context() as patched:
            patched.setattr("bot.custody.jobs.erase", breaks)
            assert await keeper.erase_due() == 1
        assert await keeper.erase_due() == 1


async def test_a_message_that_waits_for_its_turn_ends_in_silence(here: Town) -> None:
    waiting = await here.say("还没轮到我")
    citizen = await citizen_of(here)
    async with here.database.session() as session, session.begin():
        await erase(session, citizen.id, datetime.now(UTC))
    async with here.worker():
        answer = await here.hears(await here.say("别人", who="b"))
    assert answer == ["收到：别人"]
    assert await here.hears(waiting, 0.1) is None
    assert [turn["text"] for turn in here.turns()] == ["别人"]


async def test_the_worker_carries_out_what_is_due_by_itself(here: Town) -> None:
    """Two workers, two ticks' work in one: the wish was due, and another was carried out a while ago."""
    now = datetime.now(UTC)
    citizen, earlier = await citizen_of(here, "a"), await citizen_of(here, "b")
    await order(here, citizen, now - timedelta(minutes=2))
    await order(here, earlier, now - timedelta(minutes=9))
    await here.fetch(
        "UPDATE erasure_request SET erased_at = now() - interval '5 minutes' WHERE citizen_id = %s",
        earlier.id,
    )
    async with here.worker(), here.worker():
        for _ in range(200):
            rows = await here.fetch(
                "SELECT count(*) FILTER (WHERE erased_at IS NOT NULL), count(done_at) FROM erasure_request"
            )
            if rows == [(2, 1)]:
                break
            await asyncio.sleep(0.1)
        # nobody is silenced by it
        assert await here.hears(await here.say("你好", who="c")) == ["收到：你好"]
    assert rows == [(2, 1)]
    assert here.forgotten() == [str(earlier.id)]


async def test_old_conversations_go_and_cases_stay(here: Town) -> None:
    citizen = await citizen_of(here)
    async with here.worker():
        old = await here.say("三年前的话")
        await here.hears(old)
        young = await here.say("今天的话")
        await here.hears(young)
    case = await filed(here, citizen, old.inbox_id)
    await here.fetch("UPDATE inbox SET created_at = now() - interval '1100 days' WHERE id = %s", old.inbox_id)
    await here.fetch(
        "UPDATE outbox SET created_at = now() - interval '1100 days' WHERE inbox_id = %s", old.inbox_id
    )
    for moment in ("1100 days", "1 day"):
        await here.fetch(
            "INSERT INTO engine_turn (inbox_id, conversation_id, at, replies) "
            "VALUES ((SELECT coalesce(max(inbox_id), 0) + 1 FROM engine_turn), %s, now() - %s::interval, '')",
            citizen.id,
            moment,
        )
    assert await expire(here.database, datetime.now(UTC), RETENTION) == 3
    assert await expire(here.database, datetime.now(UTC), RETENTION) == 0
    assert await here.fetch("SELECT id FROM inbox") == [(young.inbox_id,)]
    assert (await count(here, "outbox"), await count(here, "engine_turn")) == (1, 1)
    async with here.database.session() as session:
        assert (await case_record(session, here.vault, case.case_number)).content == "锅炉房半夜轰鸣"
        await take_step(session, case.case_number, "sign", "unit:ST", datetime.now(UTC))


async def test_old_handovers_lose_their_words_and_stay_as_facts(here: Town) -> None:
    at, ids = datetime.now(UTC), []
    for who, closed in (("old", at - timedelta(days=1100)), ("young", at), ("open", None)):
        citizen = await citizen_of(here, who)
        async with here.database.session() as session, session.begin():
            handover = await open_handover(
                session,
                citizen,
                channel="web",
                reason="asked",
                summary="要人工",
                fields={"电话": "13900010001"},
                transcript=(),
                danger=False,
                at=at,
            )
            await take_handover(session, handover.id, "c7", at)
            await say_as_clerk(session, here.vault, handover.id, "c7", "您好", at, "1")
            if closed is not None:
                await hand_back(session, here.vault, handover.id, "c7", closed)
        ids.append(handover.id)
    await here.fetch("DELETE FROM outbox")
    assert await expire(here.database, at, RETENTION) == 2
    assert await expire(here.database, at, RETENTION) == 0
    assert await count(here, "handover_line") == 2
    assert await here.fetch("SELECT sealed FROM handover WHERE id = %s", ids[0]) == [(b"",)]
    async with here.database.session() as session:
        old, young, still = [await read_handover(session, here.vault, one) for one in ids]
    assert (old.words, old.conversation, old.expired) == (None, (), True)
    assert [step.action for step in old.steps] == ["opened", "taken", "handed_back"]
    for kept in (young, still):
        assert kept.words is not None
        assert not kept.expired


async def test_many_old_handovers_are_emptied_in_batches(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime.now(UTC)
    for number in range(5):
        citizen = await citizen_of(here, f"c{number}")
        async with here.database.session() as session, session.begin():
            await open_handover(
                session,
                citizen,
                channel="web",
                reason="asked",
                summary="要人工",
                fields={},
                transcript=(),
                danger=False,
                at=at,
            )
            await withdraw_handover(session, citizen.id, at - timedelta(days=1100))
    monkeypatch.setattr("bot.custody.retention.expire_handovers", partial(expire_handovers, limit=2))
    assert await expire(here.database, at, RETENTION) == 5


async def test_a_message_waits_for_its_younger_reply(here: Town) -> None:
    async with here.worker():
        said = await here.say("边界上的话")
        await here.hears(said)
    await here.fetch("UPDATE inbox SET created_at = now() - interval '1100 days'")
    assert await expire(here.database, datetime.now(UTC), RETENTION) == 0
    await here.fetch("UPDATE outbox SET created_at = now() - interval '1100 days'")
    assert await expire(here.database, datetime.now(UTC), RETENTION) == 2


async def test_a_backlog_is_deleted_in_batches(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        await here.say(f"第{number}句")
    await here.fetch(
        "UPDATE inbox SET created_at = now() - interval '1100 days' WHERE id < (SELECT max(id) FROM inbox)"
    )
    monkeypatch.setattr(
        "bot.custody.retention.remove_messages_older", partial(remove_messages_older, limit=2)
    )
    assert await expire(here.database, datetime.now(UTC), RETENTION) == 6
    assert await count(here, "inbox") == 1


async def test_a_tick_that_cannot_be_written_ends_no_worker(here: Town) -> None:
    """Procrastinate's own deferrer would stop the worker, and with it every citizen's turn."""
    citizen = await citizen_of(here)
    await order(here, citizen, datetime.now(UTC) - timedelta(minutes=2))
    await here.fetch("ALTER TABLE procrastinate_periodic_defers RENAME TO away")
    async with here.worker():
        await asyncio.sleep(0.5)
        assert await here.hears(await here.say("你好", who="c")) == ["收到：你好"]
        await here.fetch("ALTER TABLE away RENAME TO procrastinate_periodic_defers")
        for _ in range(100):
            if (await here.fetch("SELECT count(erased_at) FROM erasure_request"))[0][0] == 1:
                break
            await asyncio.sleep(0.1)
    assert await here.fetch("SELECT count(erased_at) FROM erasure_request") == [(1,)]
