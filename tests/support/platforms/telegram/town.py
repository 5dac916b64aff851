"""A town whose citizens write by Telegram: the stand-in, the served channel, a worker, and what was kept."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from bot.intake import push
from bot.intake.sealed import open_incoming
from bot.messages import Reply
from tests.support.connected import connected
from tests.support.platforms.telegram.stand_in import SECRET, TelegramStandIn
from tests.support.town import Town, town

PATH = "/channels/telegram"


@dataclass
class TelegramTown:
    """What a test needs at hand."""

    town: Town
    telegram: TelegramStandIn
    url: str = ""

    @asynccontextmanager
    async def open(self, *, worker: bool = True) -> AsyncIterator[TelegramTown]:
        """Serve the channel, and tell the stand-in where it is."""
        async with connected(self.town, worker=worker) as app:
            self.url = f"{app.url}{PATH}"
            hook = self.telegram.world.webhook
            hook.url, hook.secret = self.url, SECRET
            await self.telegram.until(
                lambda: self.telegram.world.commands
            )  # so that faults meet what they are meant for
            yield self

    async def kept(self) -> list[tuple[str, dict[str, Any]]]:
        """Text and payload of every message that was stored, in order."""
        rows = await self.town.fetch(
            "SELECT wrapped_key, body FROM inbox JOIN citizen ON citizen.id = inbox.citizen_id ORDER BY inbox.id"
        )
        return [open_incoming(self.town.vault.unwrap(key), body) for key, body in rows]

    async def tell(self, chat_id: int, *replies: Reply, key: str = "k") -> None:
        """Say something to a citizen unasked, as the core does."""
        citizen = await self._citizen(chat_id)
        async with self.town.database.session() as session, session.begin():
            await push(session, self.town.vault, citizen, list(replies), channel="telegram", key=key)

    async def _citizen(self, chat_id: int) -> Any:
        hashes = self.town.vault.address_hashes("telegram", str(chat_id))
        rows = await self.town.fetch(
            "SELECT citizen_id FROM citizen_address WHERE address_hash = ANY(%s)", hashes
        )
        return rows[0][0]


@contextmanager
def telegram_env(telegram: TelegramStandIn, **others: str) -> Iterator[None]:
    """The channel's settings, as an installation has them."""
    env = {
        "SUDA_TELEGRAM_TOKEN": telegram.world.token,
        "SUDA_TELEGRAM_SECRET": SECRET,
        "SUDA_TELEGRAM_API_URL": telegram.url,
        **others,
    }
    with mock.patch.dict(os.environ, env):
        yield


@asynccontextmanager
async def telegram_town(
    database_url: str, folder: Path, *, env: dict[str, str] | None = None, **limits: Any
) -> AsyncIterator[TelegramTown]:
    """A town and the stand-in; the channel is still to be opened."""
    async with (
        TelegramStandIn(**limits) as telegram,
        town(database_url, folder, channels=("telegram",)) as opened,
    ):
        with telegram_env(telegram, **(env or {})):
            yield TelegramTown(opened, telegram)
