"""While a voice note is being heard the citizen sees that Suda is at it, and whatever becomes of the sign, the answer comes."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.attachments import signs
from bot.attachments.signs import Signs
from bot.connector import Progress
from bot.errors import CannotTell, PlatformAway
from bot.identity import CitizenRef
from bot.intake.delivery import Recipient
from bot.intake.turns import Waiting
from bot.intake.wording import STILL_HEARING
from channels.telegram import progress as telegram_progress
from channels.wechat import progress as wechat_progress
from tests.support.platforms.telegram.town import telegram_town
from tests.support.platforms.telegram.world import Trouble
from tests.support.platforms.wechat import Account, Times, openid_of
from tests.support.slow_ears import slow_ears
from tests.support.town import Town, town
from tests.support.wechat_town import wechat_town
from tests.unit.attachments import pictures as make

AN = 4401
ANNA = openid_of(4401)
OGG = b"OggS" + bytes(200)
TYPING = "message/custom/typing"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs after tenths of a second, so that nobody waits for them."""
    for name, seconds in {"FIRST": 0.4, "GRACE": 0.1, "AGAIN": 0.3, "LEAST": 0.05}.items():
        monkeypatch.setattr(signs, name, seconds)
    monkeypatch.setattr(telegram_progress, "LASTS", 0.3)


def after(at: datetime, since: datetime) -> float:
    return (at - since) / timedelta(seconds=1)


async def test_telegram_shows_that_somebody_writes_until_the_answer_is_there(
    soon: None, database_url: str, tmp_path: Path
) -> None:
    async with slow_ears(1.6), telegram_town(database_url, tmp_path) as made, made.open() as here:
        await here.telegram.voice(AN, OGG)
        (answer,) = await here.telegram.hears(AN, 1, 20)
        chat = here.telegram.world.chats[AN]
        assert answer == "收到：小区门口的路灯不亮了"
        assert after(chat.signs[0], chat.messages[0].at) > 0.3
        assert len(chat.signs) >= 3
        assert not chat.typing, "the answer ended it"
        shown = len(chat.signs)
        await asyncio.sleep(0.8)
        assert len(chat.signs) == shown


async def test_the_first_sign_is_there_at_three_seconds(database_url: str, tmp_path: Path) -> None:
    """Slow: the seconds that citizens wait are the point."""
    async with slow_ears(4.0), telegram_town(database_url, tmp_path) as made, made.open() as here:
        await here.telegram.voice(AN, OGG)
        await here.telegram.hears(AN, 1, 20)
        chat = here.telegram.world.chats[AN]
        assert len(chat.signs) == 1
        assert 2.5 < after(chat.signs[0], chat.messages[0].at) < 3.5


async def test_words_that_are_there_soon_need_no_sign(soon: None, database_url: str, tmp_path: Path) -> None:
    async with slow_ears(0.05), telegram_town(database_url, tmp_path) as made, made.open() as here:
        await here.telegram.voice(AN, OGG)
        await here.telegram.hears(AN, 1, 20)
        await here.telegram.photo(AN, make.screenshot())
        await here.telegram.hears_replies(AN, 2, 20)
        await asyncio.sleep(0.6)
        assert "sendChatAction" not in here.telegram.world.calls


@pytest.mark.parametrize(
    ("trouble", "again"),
    [
        (Trouble(500, "Internal Server Error", "sendChatAction", times=99), True),
        (Trouble(429, "Too Many Requests", "sendChatAction", retry_after=30, times=99), False),
        (Trouble(400, "Bad Request: chat not found", "sendChatAction", times=99), False),
    ],
    ids=["500", "429", "400"],
)
async def test_a_sign_that_is_refused_costs_the_citizen_nothing(
    soon: None, database_url: str, tmp_path: Path, trouble: Trouble, again: bool
) -> None:
    async with slow_ears(1.5), telegram_town(database_url, tmp_path) as made, made.open() as here:
        here.telegram.world.faults.troubles.append(trouble)
        began = time.monotonic()
        await here.telegram.voice(AN, OGG)
        (answer,) = await here.telegram.hears(AN, 1, 20)
        assert answer == "收到：小区门口的路灯不亮了"
        assert time.monotonic() - began < 4.0
        assert (here.telegram.world.calls.count("sendChatAction") > 1) is again


async def test_a_note_that_nobody_hears_yet_shows_no_sign_for_that(
    soon: None, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.attachments.step.pause", lambda _tries: 0.3)
    async with slow_ears(0.0) as ears, telegram_town(database_url, tmp_path) as made, made.open() as here:
        ears.fails = 3
        await here.telegram.voice(AN, OGG)
        await here.telegram.hears(AN, 1, 20)
        assert here.telegram.world.calls.count("sendChatAction") == 0


async def test_wechat_shows_that_somebody_writes_for_fifteen_seconds_at_a_time(
    soon: None, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wechat_progress, "LASTS", 0.9)
    times = Times(typing=0.8)
    async with slow_ears(2.2), wechat_town(database_url, tmp_path, times=times) as here:
        result = await here.platform.send_voice(ANNA, make.AMR)
        citizen = here.platform.citizen(ANNA)
        assert result.shown is not None, "it was answered while WeChat waited"
        assert result.shown.text == "收到：小区门口的路灯不亮了"
        assert len(citizen.signs) >= 2
        assert not citizen.typing
        assert {call.errcode for call in here.platform.calls(TYPING)} == {0}
        assert citizen.windows.left() == times.message_budget, "a sign is no message"


async def test_where_wechat_shows_it_no_longer_one_sentence_says_so(
    soon: None, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow: it is about a note that is still being heard when WeChat's own request is over."""
    monkeypatch.setattr(wechat_progress, "LASTS", 2.1)
    times = Times(typing=2.0, typing_after=4.5)
    async with slow_ears(7.5) as ears, wechat_town(database_url, tmp_path, times=times) as here:
        ears.fails = 1  # a later try tells nothing twice
        await here.platform.send_voice(ANNA, make.AMR)
        seen = await here.platform.wait_seen(ANNA, 2, 20)
        assert [one.text for one in seen] == [STILL_HEARING.text, "收到：小区门口的路灯不亮了"]
        assert {one.how for one in seen} == {"custom"}
        assert [call.errcode for call in here.platform.calls(TYPING)][-1] == 45080
        assert await here.outbox() == [("sent", None), ("sent", None)]


async def test_a_sign_that_wechat_shows_already_is_no_error(
    soon: None, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wechat_progress, "LASTS", 0.3)
    monkeypatch.setattr(wechat_progress, "SOON", 0.3)
    async with slow_ears(1.6), wechat_town(database_url, tmp_path) as here:
        result = await here.platform.send_voice(ANNA, make.AMR)
        assert result.outcome == "passive"
        codes = [call.errcode for call in here.platform.calls(TYPING)]
        assert codes[0] == 0
        assert set(codes[1:]) == {45081}


async def test_an_account_that_can_only_answer_is_never_asked_for_a_sign(
    soon: None, database_url: str, tmp_path: Path
) -> None:
    account = Account("", kind="subscription")
    async with (
        slow_ears(1.5),
        wechat_town(
            database_url, tmp_path, account=account, settings={"SUDA_WECHAT_KIND": "subscription"}
        ) as here,
    ):
        result = await here.platform.send_voice(ANNA, make.AMR)
        assert result.outcome == "passive"
        assert here.platform.calls(TYPING) == []


class Never:
    """A platform that takes a sign and never answers."""

    def __init__(self) -> None:
        self.asked = 0

    async def show(self, _to: Recipient) -> float | None:
        self.asked += 1
        await asyncio.Event().wait()
        return None


class Broken(Never):
    """A channel with a mistake in it."""

    async def show(self, _to: Recipient) -> float | None:
        self.asked += 1
        raise ZeroDivisionError


class Away(Never):
    """A platform that is away, and then has blocked us."""

    async def show(self, _to: Recipient) -> float | None:
        self.asked += 1
        raise PlatformAway("away") if self.asked < 3 else CannotTell("blocked")


@pytest.mark.parametrize(("progress", "asked"), [(Never(), 2), (Broken(), 1), (Away(), 3)])
async def test_whatever_a_channel_does_the_block_goes_on_and_ends_at_once(
    soon: None, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, progress: Any, asked: int
) -> None:
    monkeypatch.setattr(signs, "WITHIN", 0.2)
    async with town(database_url, tmp_path) as here:
        shown: dict[str, Progress] = {"letter": progress}
        message = await waiting(here)
        began = time.monotonic()
        with Signs(here.database, shown).during(message):
            await asyncio.sleep(1.3)
        assert time.monotonic() - began < 1.6
        assert progress.asked >= asked
        final = progress.asked
        await asyncio.sleep(0.8)
        assert progress.asked == final


async def waiting(here: Town) -> Waiting:
    """A message that is to be answered."""
    receipt = await here.say("", who="b", channel="letter")
    citizen: list[Any] = await here.fetch("SELECT wrapped_key FROM citizen WHERE id = %s", receipt.citizen_id)
    key = here.vault.unwrap(citizen[0][0])
    ref = CitizenRef(receipt.citizen_id, key)
    return Waiting(receipt.inbox_id, ref.id, "letter", key, "", {}, datetime.now().astimezone(), 0, False)
