"""Somebody who called the hotline, on the running system: their calls, recorded, and the browser in which they go on."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import timedelta

import httpx
from sqlalchemy import text

from bot.attachments import attachments_of_case, store_of
from bot.attachments.scan import Scanner
from bot.calls.model import NewCall, Segment
from bot.calls.recordings import Recording, RecordingDesk
from bot.calls.ruling import make_link
from bot.calls.taking import add_segments, end_call, open_call
from bot.cases import CaseRecord, records_of
from bot.clock import now
from bot.identity import find_or_create
from bot.storage import Database
from bot.storage.secrets import get_vault
from tests.support.running_system import RunningSystem
from tests.unit.attachments import pictures as make

AGO = timedelta(hours=3)
WITHIN = 30.0
"""Seconds."""


@dataclass
class Caller:
    """Somebody who called, and now has a browser."""

    system: RunningSystem
    database: Database
    browser: httpx.AsyncClient
    number: str

    async def calls(self, *segments: Segment, ago: timedelta = AGO) -> str:
        """A call that ended ``ago``, recorded; the link to it."""
        vault, started = get_vault(self.system.settings), now() - ago
        new = NewCall(secrets.token_hex(8), "recording", started, self.number)
        store = store_of(self.system.settings)
        desk = RecordingDesk(self.database, vault, store, Scanner(None), largest=10_000_000)
        async with self.database.session() as session, session.begin():
            call = await open_call(session, vault, new, started)
        async with self.database.session() as session, session.begin():
            await add_segments(session, vault, call.id, segments)
        await desk.take(new, Recording(make.AMR + secrets.token_bytes(16), "call.amr"), started)
        async with self.database.session() as session, session.begin():
            await end_call(session, call.id, started)
        async with self.database.session() as session, session.begin():
            return f"/calls/{await make_link(session, vault, call.id, 'c7', now())}"

    async def opens(self, link: str) -> str:
        """What the bot says to the call's words."""
        before = await self._heard()
        answer = await self.browser.post(link, data={"digits": self.number[-4:]})
        assert answer.status_code == 303, answer.text
        return await self._answer(len(before))

    async def says(self, words: str) -> str:
        before = await self._heard()
        await self.browser.post("/api/chat/messages", json={"text": words}, timeout=WITHIN)
        return await self._answer(len(before))

    async def cases(self) -> list[CaseRecord]:
        vault = get_vault(self.system.settings)
        async with self.database.session() as session, session.begin():
            citizen = await find_or_create(session, vault, "voice", self.number, now())
            return await records_of(session, vault, citizen.id)

    async def recordings(self, number: str) -> list[str]:
        async with self.database.session() as session:
            found = await attachments_of_case(session, get_vault(self.system.settings), number)
        return [one.kind for one in found]

    async def dangers(self) -> int:
        """Talks of this citizen that wait for a clerk because somebody is in danger."""
        vault = get_vault(self.system.settings)
        async with self.database.session() as session, session.begin():
            citizen = await find_or_create(session, vault, "voice", self.number, now())
            query = text(
                "SELECT count(*) FROM handover WHERE citizen_id = :id AND danger AND state = 'waiting'"
            )
            return int((await session.execute(query, {"id": citizen.id})).scalar_one())

    async def _heard(self) -> list[str]:
        told = (await self.browser.get("/api/chat/history")).json()["messages"]
        return [one["text"] for one in told if one["from"] == "bot"]

    async def _answer(self, before: int) -> str:
        for _ in range(int(WITHIN / 0.2)):
            if len(heard := await self._heard()) > before:
                return "\n".join(heard[before:])
            await asyncio.sleep(0.2)
        raise AssertionError("The bot says nothing.")
