"""One citizen on several channels: what a link code does, and what it does not."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.cases import CaseDraft, FiledCase, add_words, cases_of, file_case, find_case, records_of, verify_case
from bot.cases.moving import note_key
from bot.custody import use_link_code
from bot.custody.retention import expire
from bot.errors import CaseNotFound, StorageError
from bot.identity import (
    CitizenRef,
    LinkOutcome,
    address_of,
    citizen_by_id,
    everyone_of,
    find_or_create,
    forget,
    new_link_code,
    order_erasure,
    parse_link_code,
    present_citizen,
)
from bot.identity.linking import WRONG_PER_CITIZEN
from bot.intake import accept, history, push
from bot.intake.delivery import Recipient
from bot.messages import Incoming, Reply
from bot.storage import Database
from bot.storage.sealing import Vault, open_text
from tests.support.town import Town, town

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
VAULT = Vault(b"m" * 32)
DRAFT = CaseDraft(
    kind="投诉",
    title="室温不达标",
    content="锅炉房半夜轰鸣",
    channel="web",
    dispatch_kind="直派街乡",
    lead_unit_id="ST",
    lead_unit="朝阳区望京街道",
)


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as opened:
        yield opened


async def citizen_of(
    database: Database, channel: str, address: str = "a", vault: Vault = VAULT
) -> CitizenRef:
    async with database.session() as session, session.begin():
        return await find_or_create(session, vault, channel, address, AT)


async def code_of(database: Database, citizen: CitizenRef, at: datetime = AT, vault: Vault = VAULT) -> str:
    async with database.session() as session, session.begin():
        shown = await new_link_code(session, vault, citizen, at)
    assert shown.expires_at == at + timedelta(minutes=15)
    code = parse_link_code(shown.code)
    assert code is not None
    assert shown.code == f"{code[:4]} {code[4:]}"
    assert code not in repr(shown)
    return code


async def use(
    database: Database, code: str, citizen: CitizenRef, at: datetime = AT, vault: Vault = VAULT
) -> LinkOutcome:
    async with database.session() as session, session.begin():
        return await use_link_code(session, vault, code, citizen, "telegram", at)


async def link(database: Database, issuer: CitizenRef, other: CitizenRef) -> None:
    assert await use(database, await code_of(database, issuer), other) is LinkOutcome.LINKED


async def filed(
    database: Database, citizen: CitizenRef, inbox_id: int = 1, draft: CaseDraft = DRAFT
) -> FiledCase:
    async with database.session() as session, session.begin():
        return await file_case(
            session, draft, vault=VAULT, inbox_id=inbox_id, issue=0, citizen=citizen, at=AT
        )


async def one(database: Database, statement: str) -> Any:
    async with database.session() as session:
        return (await session.execute(text(statement))).scalar()


async def test_a_code_of_another_channel_makes_one_citizen_of_two(database: Database) -> None:
    web, telegram = await citizen_of(database, "web"), await citizen_of(database, "telegram")
    await link(database, web, telegram)
    assert (await citizen_of(database, "telegram")).id == web.id
    assert (await citizen_of(database, "web")).id == web.id
    async with database.session() as session:
        assert await address_of(session, web, "telegram") == "a"
        assert await present_citizen(session, VAULT, telegram.id) == web
        kept = await citizen_by_id(session, VAULT, telegram.id)
        assert kept == telegram  # the key stays for what is under way
        assert await everyone_of(session, telegram.id) == [web.id, telegram.id]


async def test_a_code_is_stored_as_a_hash_and_seen_in_no_table(database: Database) -> None:
    code = await code_of(database, await citizen_of(database, "web"))
    row = await one(database, "SELECT link_code::text FROM link_code")
    assert code not in row
    assert hashlib.sha256(code.encode()).hexdigest() not in row


async def test_ones_own_code_changes_nothing_and_stays_good(database: Database) -> None:
    web, telegram = await citizen_of(database, "web"), await citizen_of(database, "telegram")
    code = await code_of(database, web)
    assert await use(database, code, web) is LinkOutcome.OWN
    assert await use(database, code, telegram) is LinkOutcome.LINKED


async def test_a_turn_that_runs_again_hears_the_same(database: Database) -> None:
    web, telegram = await citizen_of(database, "web"), await citizen_of(database, "telegram")
    code = await code_of(database, web)
    assert [await use(database, code, telegram) for _ in range(3)] == [LinkOutcome.LINKED] * 3
    assert await one(database, "SELECT count(*) FROM link_try") == 0


async def test_a_code_is_good_once_and_only_the_newest(database: Database) -> None:
    web, telegram = await citizen_of(database, "web"), await citizen_of(database, "telegram")
    stranger = await citizen_of(database, "wechat")
    old, new = await code_of(database, web), await code_of(database, web)
    assert await use(database, old, telegram) is LinkOutcome.WRONG
    assert await use(database, new, telegram) is LinkOutcome.LINKED
    assert await use(database, new, stranger) is LinkOutcome.WRONG
    assert await one(database, "SELECT count(*) FROM link_code") == 1


async def test_a_code_lives_a_quarter_of_an_hour(database: Database) -> None:
    web, telegram = await citizen_of(database, "web"), await citizen_of(database, "telegram")
    code = await code_of(database, web)
    assert await use(database, code, telegram, AT + timedelta(minutes=15)) is LinkOutcome.EXPIRED
    assert await use(database, code, telegram, AT + timedelta(minutes=14, seconds=59)) is LinkOutcome.LINKED


async def test_who_tries_too_many_wrong_codes_has_to_wait(database: Database) -> None:
    web, guesser = await citizen_of(database, "web"), await citizen_of(database, "telegram")
    code = await code_of(database, web)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    outcomes = [await use(database, wrong, guesser) for _ in range(WRONG_PER_CITIZEN + 1)]
    assert outcomes == [LinkOutcome.WRONG] * WRONG_PER_CITIZEN + [LinkOutcome.TOO_MANY]
    assert await use(database, code, guesser) is LinkOutcome.TOO_MANY
    other = await citizen_of(database, "wechat")
    assert await use(database, wrong, other) is LinkOutcome.WRONG
    later = AT + timedelta(hours=1, seconds=1)
    assert await use(database, await code_of(database, web, later), guesser, later) is LinkOutcome.LINKED


async def test_wrong_codes_at_once_are_all_counted(database: Database) -> None:
    guesser = await citizen_of(database, "telegram")
    tries = await asyncio.gather(*(use(database, f"{number:08d}", guesser) for number in range(8)))
    assert tries.count(LinkOutcome.WRONG) == WRONG_PER_CITIZEN
    assert tries.count(LinkOutcome.TOO_MANY) == 3


async def test_a_guesser_with_many_faces_is_stopped_too(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.identity.linking.WRONG_IN_ALL", 3)
    faces = [await citizen_of(database, "web", f"face-{number}") for number in range(4)]
    outcomes = [await use(database, "00000000", face) for face in faces]
    assert outcomes == [LinkOutcome.WRONG] * 3 + [LinkOutcome.TOO_MANY]


async def test_cases_of_both_are_found_by_the_one(database: Database) -> None:
    web, telegram = await citizen_of(database, "web"), await citizen_of(database, "telegram")
    mine, other = await filed(database, web, 1), await filed(database, telegram, 2)
    hidden = await filed(database, telegram, 3, replace(DRAFT, anonymous=True))
    async with database.session() as session, session.begin():
        await add_words(session, other.case_number, telegram, AT, vault=VAULT, words="又响了")
    await link(database, web, telegram)
    async with database.session() as session:
        seen = await cases_of(session, web)
        assert {view.case_number for view in seen} == {mine.case_number, other.case_number}
        assert (await find_case(session, other.case_number, web)).title == "室温不达标"
        with pytest.raises(CaseNotFound):
            await find_case(session, other.case_number, telegram)
        assert [record.content for record in await records_of(session, VAULT, web.id)] == [
            "锅炉房半夜轰鸣"
        ] * 2
        await verify_case(session, other.case_number)
        assert hidden.tracking_code is not None
        assert (await find_case(session, hidden.tracking_code, None)).case_number == hidden.case_number
        with pytest.raises(CaseNotFound):
            await find_case(session, hidden.case_number, web)


async def test_a_moved_note_still_opens_and_still_proves_itself(database: Database) -> None:
    first, second, third = [await citizen_of(database, channel) for channel in ("web", "telegram", "wechat")]
    case = await filed(database, first)
    async with database.session() as session, session.begin():
        await add_words(session, case.case_number, first, AT, vault=VAULT, words="又响了")
    await link(database, second, first)
    await link(database, third, second)
    async with database.session() as session:
        row = (
            await session.execute(
                text(
                    "SELECT seq, sealed, sealed_key, data FROM case_note JOIN case_event USING (case_id, seq)"
                )
            )
        ).one()
    key = note_key(third.key, case.case_number, row.seq, row.sealed_key)
    assert open_text(key, row.sealed, bound_to=f"{case.case_number}/{row.seq}") == "又响了"
    assert hashlib.sha256(row.sealed).hexdigest() == row.data["note"]
    with pytest.raises(StorageError):
        note_key(second.key, case.case_number, row.seq, row.sealed_key)


async def test_chains_end_at_one_citizen(database: Database) -> None:
    a, b, c = [await citizen_of(database, channel) for channel in ("web", "telegram", "wechat")]
    case = await filed(database, c)
    await link(database, b, c)
    await link(database, a, b)
    async with database.session() as session:
        for someone in (a, b, c):
            assert await present_citizen(session, VAULT, someone.id) == a
        assert [view.case_number for view in await cases_of(session, a)] == [case.case_number]
    code = await code_of(database, c)  # asked for in a turn that began as c
    assert await use(database, code, b) is LinkOutcome.OWN
    assert await one(database, "SELECT count(*) FROM citizen WHERE merged_into IS NOT NULL") == 2


async def test_two_who_use_each_others_codes_at_once_do_not_go_in_a_circle(database: Database) -> None:
    for number in range(5):
        a = await citizen_of(database, "web", f"a{number}")
        b = await citizen_of(database, "telegram", f"b{number}")
        from_a, from_b = await code_of(database, a), await code_of(database, b)
        outcomes = await asyncio.gather(use(database, from_a, b), use(database, from_b, a))
        assert outcomes.count(LinkOutcome.LINKED) == 1
        assert (await citizen_of(database, "web", f"a{number}")).id == (
            await citizen_of(database, "telegram", f"b{number}")
        ).id
        async with database.session() as session:
            assert len(await everyone_of(session, a.id)) == 2
    assert (
        await one(
            database,
            "SELECT count(*) FROM citizen a JOIN citizen b ON b.id = a.merged_into WHERE b.merged_into IS NOT NULL",
        )
        == 0
    )


async def test_one_code_used_by_two_at_once_links_one(database: Database) -> None:
    issuer = await citizen_of(database, "web")
    others = [await citizen_of(database, "telegram", f"t{number}") for number in range(4)]
    code = await code_of(database, issuer)
    outcomes = await asyncio.gather(*(use(database, code, other) for other in others))
    assert sorted(outcomes) == ["linked", "wrong", "wrong", "wrong"]


async def test_a_forgotten_citizens_code_is_worth_nothing(database: Database) -> None:
    web, telegram = await citizen_of(database, "web"), await citizen_of(database, "telegram")
    code = await code_of(database, web)
    async with database.session() as session, session.begin():
        await forget(session, web.id, AT)
    assert await use(database, code, telegram) is LinkOutcome.WRONG
    async with database.session() as session:
        with pytest.raises(StorageError):
            await new_link_code(session, VAULT, web, AT)


async def test_who_is_to_be_erased_takes_nobody_along(database: Database) -> None:
    leaving, staying = await citizen_of(database, "web"), await citizen_of(database, "telegram")
    before = await code_of(database, leaving)
    async with database.session() as session, session.begin():
        await order_erasure(session, leaving.id, AT)
    assert await use(database, before, staying) is LinkOutcome.WRONG
    assert await use(database, await code_of(database, leaving), staying) is LinkOutcome.EXPIRED
    assert await use(database, await code_of(database, staying), leaving) is LinkOutcome.EXPIRED


async def test_old_codes_and_tries_are_cleared_away(database: Database) -> None:
    web, telegram = await citizen_of(database, "web"), await citizen_of(database, "telegram")
    code = await code_of(database, web)
    assert await use(database, f"{(int(code) + 1) % 10**8:08d}", telegram) is LinkOutcome.WRONG
    assert await expire(database, AT + timedelta(hours=12), timedelta(days=30)) == 0
    assert await expire(database, AT + timedelta(days=2), timedelta(days=30)) == 2


async def test_messages_before_and_after_are_answered_and_the_conversation_follows(here: Town) -> None:
    """The message that links, one accepted meanwhile, and the next ones: each is answered where it was said."""
    at = datetime.now(UTC)
    first = await here.say("网页上说的", who="w", channel="web")
    meanwhile = await here.say("还在路上", who="t", channel="terminal", external_id="m1")
    web = await citizen_of(here.database, "web", "w", here.vault)
    other = await citizen_of(here.database, "terminal", "t", here.vault)
    code = await code_of(here.database, web, at, here.vault)
    assert await use(here.database, code, other, at, here.vault) is LinkOutcome.LINKED
    after = await here.say("接着说", who="t", channel="terminal")
    again = await here.say("还在路上", who="t", channel="terminal", external_id="m1")
    assert (meanwhile.citizen_id, after.citizen_id) == (other.id, web.id)
    assert (again.duplicate, again.inbox_id, again.citizen_id) == (True, meanwhile.inbox_id, web.id)
    async with here.worker():
        answers = [await here.hears(receipt) for receipt in (first, meanwhile, after)]
    assert answers == [["收到：网页上说的"], ["收到：还在路上"], ["收到：接着说"]]
    talks = {turn["text"]: turn["conversation_id"] for turn in here.turns()}
    assert talks == {
        "网页上说的": str(web.id),
        "还在路上": str(other.id),
        "接着说": str(web.id),
    }
    async with here.database.session() as session:
        lines = await history(session, here.vault, web.id, 10)
        assert {line.reply.text for line in lines if line.by == "citizen"} == {"网页上说的", "接着说"}
        assert len(await history(session, here.vault, other.id, 10)) == 2


class Post:
    """Remembers what it was to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    async def send(self, to: Recipient, replies: Sequence[Reply]) -> int:
        self.sent.append((to.address, replies[0].text))
        return 1


async def test_what_is_sent_to_either_reaches_the_old_address(here: Town) -> None:
    """The reply of the linking turn itself is written after the merge, for a citizen who has no address any more."""
    at = datetime.now(UTC)
    web = await citizen_of(here.database, "web", "w", here.vault)
    under_way = await here.say("接续码", who="chat-7", channel="telegram")
    other = await citizen_of(here.database, "telegram", "chat-7", here.vault)
    code = await code_of(here.database, web, at, here.vault)
    assert await use(here.database, code, other, at, here.vault) is LinkOutcome.LINKED
    post = Post()
    async with here.worker(senders={"telegram": post}):
        assert await here.hears(under_way) == ["收到：接续码"]
        async with here.database.session() as session, session.begin():
            assert await push(session, here.vault, other.id, [Reply("有进展了")], channel="telegram") == 1
        for _ in range(100):
            if len(post.sent) == 2:
                break
            await asyncio.sleep(0.1)
    assert sorted(post.sent) == [("chat-7", "收到：接续码"), ("chat-7", "有进展了")]
    async with here.database.session() as session:  # and is part of the conversation that goes on
        assert [line.reply.text for line in await history(session, here.vault, web.id, 5)] == ["有进展了"]


async def test_what_could_not_be_told_before_a_merge_is_told_when_they_write_again(here: Town) -> None:
    at = datetime.now(UTC)
    web = await citizen_of(here.database, "web", "w", here.vault)
    early = replace(Incoming("wechat", "o-1", "m1", "早的", at), opens="message")
    async with here.database.session() as session, session.begin():
        await accept(session, here.vault, early)
    async with here.worker():  # its channel is not open here: the reply waits
        for _ in range(100):
            if await here.fetch("SELECT 1 FROM outbox"):
                break
            await asyncio.sleep(0.1)
    await here.fetch("UPDATE outbox SET state = 'untold', error_code = 'window_shut'")
    other = await citizen_of(here.database, "wechat", "o-1", here.vault)
    code = await code_of(here.database, web, at, here.vault)
    assert await use(here.database, code, other, at, here.vault) is LinkOutcome.LINKED
    assert await here.fetch("SELECT citizen_id, kind FROM channel_window") == [(web.id, "message")]
    post = Post()
    async with here.worker(senders={"wechat": post}):
        later = replace(early, external_id="m2", text="晚的", sent_at=datetime.now(UTC))
        async with here.database.session() as session, session.begin():
            assert (await accept(session, here.vault, later)).citizen_id == web.id
        for _ in range(100):
            if len(post.sent) == 2:
                break
            await asyncio.sleep(0.1)
    assert sorted(post.sent) == [("o-1", "收到：早的"), ("o-1", "收到：晚的")]


async def test_a_page_that_is_open_goes_on_with_the_other_conversation(here: Town) -> None:
    at = datetime.now(UTC)
    web = await citizen_of(here.database, "web", "w", here.vault)
    page = await citizen_of(here.database, "web", "page", here.vault)
    code = await code_of(here.database, web, at, here.vault)
    heard: list[str] = []

    async def listen() -> None:
        async for outgoing in here.mailbox.stream(page.id, after=0):
            heard.append(outgoing.reply.text)
            if len(heard) == 2:
                return

    listening = asyncio.create_task(listen())
    async with here.database.session() as session, session.begin():
        await push(session, here.vault, page.id, [Reply("先前的")], channel="web")
    assert await use(here.database, code, page, at, here.vault) is LinkOutcome.LINKED
    async with here.database.session() as session, session.begin():
        await push(session, here.vault, web.id, [Reply("后来的")], channel="web")
        await session.execute(
            text("SELECT pg_notify('suda_outbox', :citizen)"), {"citizen": str(page.id)}
        )  # a page's own look comes after twenty seconds
    try:
        async with asyncio.timeout(15):
            await listening
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
    assert heard == ["先前的", "后来的"]
