"""A call that is over becomes a draft: its caller's words, understood, with what is missing; late words make it anew or come to its case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.spoken import Spoken
from bot.calls.model import Draft, Told
from bot.calls.reading import late_words, segments_of
from bot.calls.sealed import seal_draft
from bot.calls.speakers import words_of_caller
from bot.calls.tables import CallRow
from bot.calls.taking import CALLS, caller_of, citizen_of, locked_row, note, order_draft
from bot.cases import add_words
from bot.clock import now
from bot.errors import CallClosed, CallNotFound, CaseError
from bot.identity import CitizenRef, address_of, present_citizen
from bot.intake import accept
from bot.messages import Incoming
from bot.storage import Database
from bot.storage.sealing import Vault

_log = structlog.get_logger(__name__)

DraftOf = Callable[[Told], Awaitable[Draft]]
"""Makes a draft of words; raises :class:`bot.errors.StorageError` where it may be asked again."""
GOES_ON = "web"
"""The channel in which a citizen goes on by a link to their call."""
BATCH = 200
"""Calls that one look ends because nothing more came."""


class Drafter:
    """Makes drafts of calls; one a worker.

    Args:
        database: Rows.
        vault: Opens citizens' keys.
        draft_of: Understands words; the models are another process's.
        clock: The present moment, aware.
    """

    def __init__(
        self, database: Database, vault: Vault, draft_of: DraftOf, clock: Callable[[], datetime] = now
    ) -> None:
        self._database = database
        self._vault = vault
        self._draft_of = draft_of
        self._clock = clock

    async def draft(self, call_id: UUID) -> None:
        """Make a call's draft of what was said up to now; harmless when that was done.

        Words are understood outside the transaction: what is said meanwhile has another draft made.
        """
        async with self._database.session() as session, session.begin():
            try:
                row = await locked_row(session, call_id)
                citizen = await citizen_of(session, self._vault, row)
            except (CallNotFound, CallClosed):
                return
            said, mixed = await segments_of(session, citizen.key, row)
            if row.state in ("filed", "continued") or (row.edited and row.drafted != row.revision):
                await self._add(session, row, late_words(said, row.drafted))
                return
            if row.state != "open" and row.drafted == row.revision:
                return
        caller = caller_of(citizen.key, row)
        words = words_of_caller(one for _revision, one in said)
        draft = await self._draft_of(Told(words, row.started_at, caller)) if words else Draft()
        await self._write(row, citizen, draft, mixed=mixed)

    async def end_silent(self, before: datetime) -> int:
        """End live calls of which nothing was heard since then: their end was never told, or was lost; how many."""
        query = (
            select(CALLS.id)
            .where(CALLS.state == "open", CALLS.ended_at.is_(None), CALLS.source == "live")
            .where(CALLS.updated_at < before)
            .order_by(CALLS.updated_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        async with self._database.session() as session, session.begin():
            ids = list((await session.execute(query)).scalars())
            for call_id in ids:
                await session.execute(
                    update(CallRow).where(CALLS.id == call_id).values(ended_at=CALLS.updated_at)
                )
                await note(session, call_id, "ended", None, self._clock(), detail="silent")
                await order_draft(session, call_id)
        return len(ids)

    async def _write(self, row: Any, citizen: CitizenRef, draft: Draft, *, mixed: bool) -> None:
        danger = any(part.case.emergency for part in draft.parts)
        empty = not draft.parts and row.rejected in (None, "no_speech")
        values = {
            "state": "empty" if empty else "draft",
            "danger": danger,
            "mixed": mixed,
            "sealed": seal_draft(citizen.key, row.id, draft),
            "drafted": row.revision,
            "updated_at": func.now(),
            "closed_at": None,
        }
        # A clerk may have decided meanwhile; a dropped call in which more is said is looked at again.
        still = CALLS.state.in_(("open", "draft", "empty", "dropped")) & ~CALLS.edited
        wrote = (
            update(CallRow)
            .where(CALLS.id == row.id, still, CALLS.drafted <= row.revision)
            .values(values)
            .returning(CALLS.id)
        )
        async with self._database.session() as session, session.begin():
            if (await session.execute(wrote)).first() is not None:
                await note(session, row.id, "drafted", None, self._clock())

    async def _add(self, session: Any, row: Any, late: tuple[str, ...]) -> None:
        """Late words come to the case or the talk that was made of the call; those of a draft that a clerk has changed are shown beside it."""
        if row.state not in ("filed", "continued") or not late:
            return
        citizen = await present_citizen(session, self._vault, row.citizen_id)
        if citizen is None:
            return
        words = "".join(late)
        if row.state == "continued":
            await self._say(session, row, citizen, words)
        for number in row.cases:
            try:
                await add_words(
                    session,
                    number,
                    citizen,
                    self._clock(),
                    vault=self._vault,
                    words=words,
                    key=f"call {row.id} {row.revision}",
                )
            except CaseError as error:
                _log.warning("late_words_of_a_call_not_added", call=str(row.id), error=type(error).__name__)
        await session.execute(update(CallRow).where(CALLS.id == row.id).values(drafted=row.revision))
        await note(session, row.id, "late_words", None, self._clock())

    async def _say(self, session: AsyncSession, row: Any, citizen: CitizenRef, words: str) -> None:
        """Late words of a call that its citizen goes on with are their next message there."""
        address = await address_of(session, citizen, GOES_ON)
        if address is None:
            return
        message = Incoming(GOES_ON, address, f"call:{row.id}:{row.revision}", words, self._clock())
        await accept(session, self._vault, replace(message, payload={"speech": Spoken(words).as_json()}))
