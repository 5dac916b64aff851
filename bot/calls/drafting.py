"""A call that is over becomes a draft: its caller's words, understood, with what is missing; late words make it anew, come to its case, or bring it back to a clerk."""

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
from bot.calls.spoken import spoken_of
from bot.calls.tables import CallRow
from bot.calls.taking import CALLS, caller_of, citizen_of, hold_citizen_of, locked_row, note, order_draft
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
                await hold_citizen_of(session, call_id)
                row = await locked_row(session, call_id)
                citizen = await citizen_of(session, self._vault, row)
            except (CallNotFound, CallClosed):
                return
            said, mixed = await segments_of(session, citizen.key, row)
            if row.state != "open" and row.drafted == row.revision:
                return
            late = late_words(said, row.drafted)
            decided = row.state in ("filed", "continued")
            if decided and (not late or await self._add(session, row, late)):
                return
            if row.edited and not decided:
                if row.state == "dropped" and late:
                    await self._come_back(session, row)
                return  # what a clerk wrote stays; late words are shown beside it
        caller = caller_of(citizen.key, row)
        if decided:
            anonymous = row.state == "filed" and not row.cases
            told = Told("".join(late), row.started_at, caller, anonymous=anonymous)
            await self._bring_back(row, await self._draft_of(told))
            return
        words = words_of_caller(one for _revision, one in said)
        draft = await self._draft_of(Told(words, row.started_at, caller)) if words else Draft()
        unsure = bool(spoken_of(one for _revision, one in said).unclear)
        await self._write(row, citizen, draft, mixed=mixed, unsure=unsure)

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

    async def _write(self, row: Any, citizen: CitizenRef, draft: Draft, *, mixed: bool, unsure: bool) -> None:
        danger = any(part.case.emergency for part in draft.parts)
        empty = not draft.parts and not unsure and row.rejected in (None, "no_speech")
        values = {
            "state": "empty" if empty else "draft",
            "danger": CALLS.danger | danger,
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

    async def _add(self, session: AsyncSession, row: Any, late: tuple[str, ...]) -> bool:
        """Late words come to the cases or the talk that was made of the call; False when nothing takes them: the cases are closed, or anonymous."""
        citizen = await present_citizen(session, self._vault, row.citizen_id)
        if citizen is None:
            return True
        words = "".join(late)
        taken = row.state == "continued" and await self._say(session, row, citizen, words)
        for number in row.cases if row.state == "filed" else ():
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
                taken = True
            except CaseError as error:
                _log.warning("late_words_of_a_call_not_added", call=str(row.id), error=type(error).__name__)
        if taken:
            await session.execute(update(CallRow).where(CALLS.id == row.id).values(drafted=row.revision))
            await note(session, row.id, "late_words", None, self._clock())
        return taken

    async def _bring_back(self, row: Any, draft: Draft) -> None:
        """Late words that no case takes wait for a clerk as a draft of their own; it counts as changed, so that what was filed is not drafted again."""
        async with self._database.session() as session, session.begin():
            try:
                present = await locked_row(session, row.id)
                citizen = await citizen_of(session, self._vault, present)
            except (CallNotFound, CallClosed):
                return
            if (present.state, present.drafted) != (row.state, row.drafted):
                return
            await self._come_back(
                session,
                row,
                sealed=seal_draft(citizen.key, row.id, draft),
                drafted=row.revision,
                edited=True,
                danger=any(part.case.emergency for part in draft.parts),
            )

    async def _come_back(self, session: AsyncSession, row: Any, **more: Any) -> None:
        values = {"state": "draft", "closed_at": None, "updated_at": func.now()}
        await session.execute(update(CallRow).where(CALLS.id == row.id).values(values | more))
        await note(session, row.id, "came_back", None, self._clock())

    async def _say(self, session: AsyncSession, row: Any, citizen: CitizenRef, words: str) -> bool:
        """Late words of a call that its citizen goes on with are their next message there."""
        address = await address_of(session, citizen, GOES_ON)
        if address is None:
            return False
        message = Incoming(GOES_ON, address, f"call:{row.id}:{row.revision}", words, self._clock())
        await accept(session, self._vault, replace(message, payload={"speech": Spoken(words).as_json()}))
        return True
