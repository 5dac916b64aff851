"""The platforms' stand-ins as a benchmark uses them: who says what, what they heard, and how the channel is set up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from psycopg import AsyncConnection

from bot.errors import ConfigError
from bot.intake.sealed import open_incoming
from bot.storage.sealing import Vault
from tests.support.platforms.telegram import LOAD as TELEGRAM_LOAD
from tests.support.platforms.telegram import SECRET as TELEGRAM_SECRET
from tests.support.platforms.telegram import TOKEN as TELEGRAM_TOKEN
from tests.support.platforms.telegram import Rates, TelegramStandIn
from tests.support.platforms.wechat import LOAD, Account, Faults, WeChatPlatform, openid_of, wechat_platform
from tests.support.platforms.wechat.records import Said
from tests.support.ports import free_port

STEP = 0.1
QUIET = 1.5
"""Seconds without a further message after which a citizen takes what was heard for all: Telegram lets one pass a second."""


class Line(NamedTuple):
    """One line of a talk, by the platform's clock."""

    at: datetime
    by_citizen: bool
    text: str


class StandIn(Protocol):
    """One platform.

    Attributes:
        channel: Its name with us.
        coding: Of its voice notes, see :mod:`bench.recordings`.
        port: Where our web server has to listen.
        environment: Settings that switch the channel on.
    """

    channel: str
    coding: str
    port: int
    environment: dict[str, str]

    async def ready(self) -> None:
        """Once our server is up."""

    def address(self, number: int) -> str:
        """The address of a citizen."""

    async def say_and_hear(self, who: str, text: str, known: int, *, within: float) -> list[str]:
        """Say something; what was seen beyond the first ``known`` things, at least one."""

    async def say(self, who: str, text: str) -> None:
        """Say something; returns when it was brought to the webhook."""

    async def speak(self, who: str, recording: bytes) -> None:
        """Send a voice note, in the same way."""

    def heard(self, who: str) -> list[str]:
        """All that a citizen saw, in order."""

    def talk(self, who: str) -> list[Line]:
        """All that a citizen said and saw, in order."""

    def signs(self, who: str) -> list[datetime]:
        """When a citizen saw that Suda is writing."""

    def counters(self) -> dict[str, int]:
        """What the platform counted."""

    async def stored(self, connection: AsyncConnection[Any]) -> list[float]:
        """Seconds from sending each message (the try that brought it) to its row."""

    def text_of(self, vault: Vault, key: bytes, body: bytes) -> str:
        """The words of a stored message."""


class WeChat:
    """WeChat: passive answers and customer-service messages."""

    channel = "wechat"
    coding = "amr"

    def __init__(self, platform: WeChatPlatform, port: int) -> None:
        self._platform = platform
        self.port = port
        account = platform.account
        self.environment = {
            "SUDA_CHANNELS": "wechat",
            "SUDA_WECHAT_APPID": account.appid,
            "SUDA_WECHAT_SECRET": account.secret,
            "SUDA_WECHAT_TOKEN": account.token,
            "SUDA_WECHAT_AES_KEY": account.aes_key,
            "SUDA_WECHAT_API_URL": platform.url,
        }

    async def ready(self) -> None:
        """The console's check of the address."""
        if not await self._platform.check_url():
            raise ConfigError("The channel wechat does not answer the check of its address.")

    def address(self, number: int) -> str:
        """An openid."""
        return openid_of(number)

    async def say_and_hear(self, who: str, text: str, known: int, *, within: float) -> list[str]:
        """A passive answer comes with the message; a later one by itself."""
        await self._platform.say(who, text)
        await self._platform.wait_seen(who, known + 1, within)
        return self.heard(who)[known:]

    def heard(self, who: str) -> list[str]:
        """As :class:`StandIn`."""
        return self._platform.heard(who)

    async def say(self, who: str, text: str) -> None:
        """As :class:`StandIn`."""
        await self._platform.say(who, text)

    async def speak(self, who: str, recording: bytes) -> None:
        """As :class:`StandIn`."""
        await self._platform.send_voice(who, recording)

    def talk(self, who: str) -> list[Line]:
        """As :class:`StandIn`."""
        return [Line(one.at, isinstance(one, Said), one.text) for one in self._platform.citizen(who).talk]

    def signs(self, who: str) -> list[datetime]:
        """As :class:`StandIn`."""
        return list(self._platform.citizen(who).signs)

    def counters(self) -> dict[str, int]:
        """As :class:`StandIn`."""
        return self._platform.counters()

    async def stored(self, connection: AsyncConnection[Any]) -> list[float]:
        """The row's time is that of its statement; the commit, some milliseconds, comes on top."""
        rows = await (await connection.execute("SELECT external_id, created_at FROM inbox")).fetchall()
        at = {external_id.partition(":")[2]: created for external_id, created in rows}
        found = []
        for result in self._platform.results:
            created = at.get(str(result.msg_id))
            waits = [
                (created - one.at).total_seconds() for one in result.tries if created and one.at <= created
            ]
            if waits:
                found.append(min(waits))
        return found

    def text_of(self, vault: Vault, key: bytes, body: bytes) -> str:
        """As :class:`StandIn`."""
        return open_incoming(vault.unwrap(key), body)[0]


class Telegram:
    """Telegram: everything is sent."""

    channel = "telegram"
    coding = "ogg"

    def __init__(self, stand_in: TelegramStandIn, port: int) -> None:
        self._stand_in = stand_in
        self.port = port
        self.environment = {
            "SUDA_CHANNELS": "telegram",
            "SUDA_TELEGRAM_TOKEN": TELEGRAM_TOKEN,
            "SUDA_TELEGRAM_SECRET": TELEGRAM_SECRET,
            "SUDA_TELEGRAM_API_URL": stand_in.url,
            "SUDA_TELEGRAM_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }

    async def ready(self) -> None:
        """The channel registers its webhook by itself."""
        await self._stand_in.until(lambda: self._stand_in.world.webhook.url, 60)

    def address(self, number: int) -> str:
        """A chat id."""
        return str(100_000 + number)

    async def say_and_hear(self, who: str, text: str, known: int, *, within: float) -> list[str]:
        """As :class:`StandIn`; several messages to one turn come a second apart, so it is waited a little for more."""
        await self._stand_in.say(int(who), text)
        quiet, count = 0.0, known
        for _ in range(int(within / STEP)):
            await asyncio.sleep(STEP)
            heard = self.heard(who)
            quiet = quiet + STEP if len(heard) == count else 0.0
            count = len(heard)
            if count > known and quiet >= QUIET:
                break
        return self.heard(who)[known:]

    def heard(self, who: str) -> list[str]:
        """As :class:`StandIn`."""
        return self._stand_in.told(int(who))

    async def say(self, who: str, text: str) -> None:
        """As :class:`StandIn`."""
        await self._stand_in.say(int(who), text)

    async def speak(self, who: str, recording: bytes) -> None:
        """As :class:`StandIn`."""
        await self._stand_in.voice(int(who), recording)

    def talk(self, who: str) -> list[Line]:
        """As :class:`StandIn`."""
        found = self._stand_in.world.chat(int(who)).messages
        return [Line(one.at, one.by == "citizen", one.text) for one in found]

    def signs(self, who: str) -> list[datetime]:
        """As :class:`StandIn`."""
        return list(self._stand_in.world.chat(int(who)).signs)

    def counters(self) -> dict[str, int]:
        """As :class:`StandIn`."""
        return dict(self._stand_in.world.counters())

    async def stored(self, connection: AsyncConnection[Any]) -> list[float]:
        """From the request to its 2xx, which comes after the commit."""
        del connection
        return [one.seconds for one in self._stand_in.world.wire if one.way == "in" and one.well]

    def text_of(self, vault: Vault, key: bytes, body: bytes) -> str:
        """As :class:`StandIn`."""
        return open_incoming(vault.unwrap(key), body)[0]


@asynccontextmanager
async def open_stand_in(platform: str, *, faults: bool) -> AsyncIterator[StandIn]:
    """A stand-in in this process.

    Raises:
        ConfigError: There is none of that name.
    """
    port = free_port()
    if platform == "wechat":
        account = Account(f"http://127.0.0.1:{port}/channels/wechat")
        async with wechat_platform(account, faults=Faults(rates=LOAD if faults else None)) as wechat:
            yield WeChat(wechat, port)
        return
    if platform == "telegram":
        async with TelegramStandIn() as telegram:
            telegram.world.faults.rates = TELEGRAM_LOAD if faults else Rates()
            yield Telegram(telegram, port)
        return
    raise ConfigError(f"There is no stand-in for {platform}.")
