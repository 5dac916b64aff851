"""A town that calls its hotline, and a clerk's browser at the desk, for tests without models and without a real browser."""

from __future__ import annotations

import html
import io
import re
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from bot.attachments import store_of
from bot.attachments.scan import Scanner
from bot.calls.drafting import Drafter
from bot.calls.model import CallDetail, Draft, NewCall, Part, Segment, Told
from bot.calls.reading import read_call
from bot.calls.recordings import Recording, RecordingDesk
from bot.calls.taking import add_segments, end_call, open_call
from bot.clock import now
from bot.errors import StorageError
from bot.settings import Settings
from bot.storage import Database
from bot.storage.sealing import Vault
from bot.storage.secrets import api_key, get_vault
from serve.app import create_app
from tests.support.calls import CALLER, new_call, plain_draft
from tests.support.light_services import light_services

SAME = {"Sec-Fetch-Site": "same-origin"}
"""What browsers say with a form of our own page."""
PAGE = "/console/calls"
COLD = "望京西园三号楼的暖气不热"
RUBBISH = "楼下垃圾没人清"
HEAT, STREET = "市热力集团", "望京街道办事处"


async def with_units(told: Told) -> Draft:
    """A draft as the models give it: who leads depends on what is told; two matters in words that name both."""
    parts = told.parts
    if not parts and RUBBISH in told.words:
        draft = await plain_draft(told)
        (whole,) = draft.parts
        both = [replace(whole, case=replace(whole.case, content=words)) for words in (COLD, RUBBISH)]
        return Draft(tuple(_sent(part) for part in both))
    draft = await plain_draft(told)
    return Draft(tuple(_sent(part, confidential=told.confidential) for part in draft.parts))


def _sent(part: Part, *, confidential: bool = False) -> Part:
    name, unit_id = (STREET, "ST.1") if "垃圾" in part.case.content else (HEAT, "C.1")
    case = replace(
        part.case,
        lead_unit=name,
        lead_unit_id=unit_id,
        dispatch_kind="直派企业",
        confidential=confidential,
    )
    lacks = ("heat_provider",) if case.place_text else ("location", "time", "contact", "heat_provider")
    offered = (("070101", "公共服务>供热>暖气不热", 0.8), ("010101", "市场管理>消费维权>商品质量", 0.1))
    return replace(part, case=case, missing=lacks, reasons=("供热由企业负责。",), candidates=offered)


@dataclass
class Town:
    """What calls in, and what is kept of it."""

    app: FastAPI
    settings: Settings
    database: Database
    vault: Vault

    async def call(
        self,
        *segments: Segment,
        name: str = "c-1",
        caller: str | None = CALLER,
        source: str = "live",
        rejected: str | None = None,
        ends: bool = True,
    ) -> UUID:
        async with self.database.session() as session, session.begin():
            call = await open_call(session, self.vault, new_call(name, caller=caller, source=source), now())
            await add_segments(session, self.vault, call.id, segments)
            if ends:
                await end_call(session, call.id, now(), rejected=rejected)
        if ends:
            await self.draft(call.id)
        return call.id

    async def draft(self, call_id: UUID) -> None:
        await Drafter(self.database, self.vault, with_units).draft(call_id)

    async def says(self, call_id: UUID, *segments: Segment) -> None:
        async with self.database.session() as session, session.begin():
            await add_segments(session, self.vault, call_id, segments)

    async def recorded(self, content: bytes, name: str = "c-1") -> UUID:
        desk = RecordingDesk(self.database, self.vault, store_of(self.settings), Scanner(None), largest=10**6)
        new = NewCall(name, "recording", now() - timedelta(minutes=3), CALLER)
        return (await desk.take(new, Recording(content), now())).id

    async def read(self, call_id: UUID) -> CallDetail:
        async with self.database.session() as session:
            return await read_call(session, self.vault, call_id)

    async def steps(self, call_id: UUID) -> list[str]:
        return [step.action for step in (await self.read(call_id)).steps]

    async def cases(self) -> list[Any]:
        query = text("SELECT number, anonymous, citizen_id, lead_unit FROM case_ ORDER BY id")
        async with self.database.session() as session:
            return list((await session.execute(query)).all())

    def models_away(self) -> None:
        async def away(_told: Told) -> Draft:
            raise StorageError("away")

        self.app.state.draft_call = away


@asynccontextmanager
async def open_town(settings: Settings, database: Database) -> AsyncIterator[Town]:
    """The app started, its models replaced by :func:`with_units`."""
    app = create_app(settings, build=light_services)
    async with app.router.lifespan_context(app):
        app.state.draft_call = with_units
        yield Town(app, settings, database, get_vault(settings))


class Clerk:
    """One clerk's browser: pages, and their form as it stands with what the clerk changes."""

    def __init__(self, town: Town, name: str = "c7") -> None:
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=town.app),
            base_url="http://suda.test",
            auth=httpx.BasicAuth(name, api_key(town.settings)),
        )

    async def see(self, path: object = "", **headers: str) -> httpx.Response:
        below = str(path) if not path or str(path).startswith("?") else f"/{path}"
        return await self._client.get(f"{PAGE}{below}", headers=headers)

    async def fill(self, call_id: UUID, query: str = "") -> dict[str, str]:
        return fields_of((await self.see(f"{call_id}{query}")).text)

    async def press(self, call_id: UUID, button: str, form: dict[str, str]) -> httpx.Response:
        return await self._client.post(f"{PAGE}/{call_id}/{button}", headers=SAME, data=form)


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the page's form."""
    form: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        values = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if "name" in values and ("checkbox" not in tag or " checked" in tag):
            form[values["name"]] = html.unescape(values["value"])
    for name, words in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        form[name] = html.unescape(words)
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        form[name] = chosen[1] if chosen else ""
    return form


def a_tone() -> bytes:
    """A second of a wave file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * 62)
    return buffer.getvalue()
