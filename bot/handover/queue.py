"""The desk's side, reading: who waits, and what a clerk has to know."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import ConfigError, HandoverNotFound, StorageError
from bot.handover.model import LONGEST, HandoverDetail, Line, Step, Waiting, Words, open_words
from bot.handover.opening import HANDOVERS, handover_of
from bot.handover.tables import IS_OPEN, HandoverEventRow
from bot.identity.tables import CitizenRow
from bot.intake import Said, history
from bot.intake.text import clean
from bot.storage.sealing import Vault

_EVENTS = HandoverEventRow.__table__.c
_CITIZENS = CitizenRow.__table__.c
_MOST = 500
_LINES = 300

_log = structlog.get_logger(__name__)


async def waiting_handovers(
    session: AsyncSession, vault: Vault, *, with_taken: bool = False
) -> list[Waiting]:
    """Who waits for a person: dangers first, then the oldest; at most 500.

    Forgotten citizens are not in it. What cannot be unsealed is shown without its summary.

    Args:
        session: For reading.
        vault: Opens citizens' keys.
        with_taken: Also those that a clerk is talking with.
    """
    query = (
        select(*HANDOVERS, _CITIZENS.wrapped_key)
        .join(CitizenRow, _CITIZENS.id == HANDOVERS.citizen_id)
        .where(IS_OPEN, _CITIZENS.wrapped_key.is_not(None))
        .order_by(HANDOVERS.danger.desc(), HANDOVERS.created_at, HANDOVERS.id)
        .limit(_MOST)
    )
    if not with_taken:
        query = query.where(HANDOVERS.state == "waiting")
    rows = (await session.execute(query)).all()
    found = []
    for row in rows:
        words = _words(vault, row)
        found.append(Waiting(handover_of(row), None if words is None else words.summary))
    return found


async def read_handover(session: AsyncSession, vault: Vault, handover_id: UUID) -> HandoverDetail:
    """A handover with what was said before and, of the last 300 lines, since; for staff only, and masked by whoever shows it.

    Raises:
        HandoverNotFound: There is none.
    """
    query = (
        select(*HANDOVERS, _CITIZENS.wrapped_key, _CITIZENS.merged_into)
        .join(CitizenRow, _CITIZENS.id == HANDOVERS.citizen_id)
        .where(HANDOVERS.id == handover_id)
    )
    row = (await session.execute(query)).first()
    if row is None:
        raise HandoverNotFound("There is no such handover.")
    words = _words(vault, row)
    conversation = () if words is None else await _conversation(session, vault, row)
    expired = not row.sealed and row.state != "erased"
    return HandoverDetail(handover_of(row), words, conversation, await _steps(session, handover_id), expired)


def _words(vault: Vault, row: Any) -> Words | None:
    """What was sealed; None when it is no longer there or does not open: one row must not stop the queue."""
    if row.wrapped_key is None or not row.sealed:
        return None
    try:
        return open_words(vault.unwrap(row.wrapped_key), row.id, row.sealed)
    except (StorageError, ConfigError) as error:
        _log.error("handover_unreadable", handover=str(row.id), error=type(error).__name__)
        return None


async def _conversation(session: AsyncSession, vault: Vault, row: Any) -> tuple[Line, ...]:
    said: list[Said] = []
    for citizen_id in (
        row.citizen_id,
        row.merged_into,
    ):  # after linking two channels the talk goes on as the other
        if citizen_id is not None:
            said += await history(session, vault, citizen_id, _LINES)
    said.sort(key=lambda one: one.at)
    return tuple(
        _line(one) for one in said if one.at > row.since and (row.until is None or one.at <= row.until)
    )


def _line(said: Said) -> Line:
    text = clean(said.reply.text, LONGEST)
    if said.by == "bot" and said.reply.data.get("from") == "clerk":
        return Line("clerk", text, said.at, str(said.reply.data.get("clerk", "")), said.untold)
    return Line(said.by, text, said.at, untold=said.untold)


async def _steps(session: AsyncSession, handover_id: UUID) -> tuple[Step, ...]:
    query = (
        select(_EVENTS.action, _EVENTS.clerk, _EVENTS.at)
        .where(_EVENTS.handover_id == handover_id)
        .order_by(_EVENTS.id)
    )
    return tuple(Step(row.action, row.clerk, row.at) for row in (await session.execute(query)).all())
