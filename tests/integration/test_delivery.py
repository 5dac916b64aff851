"""Sending and keeping what came of it, when the database goes away in between."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.intake import push
from bot.intake.delivery import Recipient
from bot.messages import Reply
from tests.support.town import Town, town

_END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    " AND datname = current_database() AND application_name LIKE 'suda%'"
)


class CutsTheDatabase:
    """A platform; while it takes the first message, every connection of the worker breaks."""

    def __init__(self, here: Town) -> None:
        self._here = here
        self.sent: list[str] = []

    async def send(self, to: Recipient, replies: Sequence[Reply]) -> int:
        del to
        self.sent.append(replies[0].text)
        if len(self.sent) == 1:
            await self._here.fetch(_END_OTHERS)
        return 1


async def test_what_was_sent_is_not_sent_again_when_the_database_went_away_meanwhile(
    database_url: str, tmp_path: Path
) -> None:
    async with town(database_url, tmp_path) as here:
        receipt = await here.say("你好", channel="test")
        platform = CutsTheDatabase(here)
        async with here.worker(senders={"test": platform}):
            for _ in range(200):
                if await here.fetch("SELECT state FROM outbox") == [("sent",)]:
                    break
                await asyncio.sleep(0.1)
            async with here.database.session() as session, session.begin():
                await push(session, here.vault, receipt.citizen_id, [Reply("有进展")], channel="test")
            for _ in range(200):
                if await here.fetch("SELECT state FROM outbox ORDER BY id") == [("sent",)] * 2:
                    break
                await asyncio.sleep(0.1)
        assert await here.fetch("SELECT state, error_code FROM outbox") == [("sent", None)] * 2
        assert platform.sent == ["收到：你好", "有进展"]
