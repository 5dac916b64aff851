"""A clerk's side: takes a conversation, speaks in it, and hands it back to the bot."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import HandoverClosed, HandoverError, HandoverNotFound, HandoverNotHeld
from bot.handover.model import LONGEST, OPEN, Handover
from bot.handover.opening import HANDOVERS, handover_of, note
from bot.handover.tables import HandoverEventRow, HandoverLineRow, HandoverRow
from bot.handover.wording import BOT_IS_BACK
from bot.identity.tables import CitizenRow
from bot.intake import push
from bot.intake.text import clean
from bot.messages import Reply
from bot.storage.sealing import Vault, seal

_CITIZENS = CitizenRow.__table__.c
_LINES = HandoverLineRow.__table__.c
_EVENTS = HandoverEventRow.__table__.c
_READING = timedelta(minutes=1)
"""How long one kept reading stands for those after it: the page loads itself every few seconds."""
_LAST = "/hand_back"
"""No key of a caller begins with a slash."""


async def take_handover(session: AsyncSession, handover_id: UUID, clerk: str, at: datetime) -> Handover:
    """A clerk takes a conversation, also from another clerk; who had it is kept. Taking one's own again changes nothing.

    Raises:
        HandoverNotFound: There is none.
        HandoverClosed: It has ended, or its citizen was forgotten.
    """
    row = await _open_row(session, handover_id)
    if row.state == "taken" and row.clerk == clerk:
        return handover_of(row)
    changed = await session.execute(
        update(HandoverRow)
        .where(HANDOVERS.id == handover_id)
        .values(state="taken", clerk=clerk, taken_at=at)
        .returning(*HANDOVERS)
    )
    await note(session, handover_id, "taken" if row.state == "waiting" else "taken_over", clerk, at)
    return handover_of(changed.one())


async def note_reading(session: AsyncSession, handover_id: UUID, clerk: str, at: datetime) -> bool:
    """Whether this clerk may see numbers of people in a handover now; if so, that they did is kept, once a minute.

    The row is held until the transaction ends, so that what is read after it is read by whoever has the handover.

    Raises:
        HandoverNotFound: There is none.
    """
    query = select(HANDOVERS.state, HANDOVERS.clerk).where(HANDOVERS.id == handover_id).with_for_update()
    row = (await session.execute(query)).first()
    if row is None:
        raise HandoverNotFound("There is no such handover.")
    if row.state != "taken" or row.clerk != clerk:
        return False
    read = select(_EVENTS.id).where(
        _EVENTS.handover_id == handover_id,
        _EVENTS.action == "read",
        _EVENTS.clerk == clerk,
        _EVENTS.at > at - _READING,
    )
    if (await session.execute(read.limit(1))).first() is None:
        await note(session, handover_id, "read", clerk, at)
    return True


async def say_as_clerk(
    session: AsyncSession, vault: Vault, handover_id: UUID, clerk: str, words: str, at: datetime, key: str
) -> bool:
    """A clerk says something; the citizen hears it in their own channel when the transaction commits.

    Args:
        session: With an open transaction.
        vault: Opens the citizen's key.
        handover_id: In which conversation.
        clerk: Who speaks: the one who has taken it.
        words: What is said.
        at: When.
        key: Names these words within the handover for ever: sent again, they are not said again.

    Returns:
        Whether they were said now; False when ``key`` was used before.

    Raises:
        HandoverNotFound: There is none.
        HandoverClosed: It has ended, or its citizen was forgotten.
        HandoverNotHeld: This clerk has not taken it.
        HandoverError: There are no words.
    """
    row = await _held_row(session, handover_id, clerk)
    said = _said(words)
    if not await _keep(session, vault, row, clerk, said, at, key):
        return False
    await push(
        session,
        vault,
        row.citizen_id,
        [_by_clerk(said, clerk)],
        channel=row.channel,
        key=f"handover:{handover_id}:{key}",
    )
    return True


async def hand_back(
    session: AsyncSession, vault: Vault, handover_id: UUID, clerk: str, at: datetime, words: str | None = None
) -> Handover:
    """A clerk gives the conversation back to the bot, which says so; ``words`` are said by the clerk before.

    Raises:
        HandoverNotFound: There is none.
        HandoverClosed: It has ended, or its citizen was forgotten.
        HandoverNotHeld: This clerk has not taken it.
    """
    row = await _held_row(session, handover_id, clerk)
    replies = [BOT_IS_BACK]
    if words is not None and words.strip():
        said = _said(words)
        await _keep(session, vault, row, clerk, said, at, _LAST)
        replies.insert(0, _by_clerk(said, clerk))
    await push(
        session, vault, row.citizen_id, replies, channel=row.channel, key=f"handover:{handover_id}:{_LAST}"
    )
    changed = await session.execute(
        update(HandoverRow)
        .where(HANDOVERS.id == handover_id)
        .values(state="handed_back", closed_at=at, until=func.now())
        .returning(*HANDOVERS)
    )
    await note(session, handover_id, "handed_back", clerk, at)
    return handover_of(changed.one())


async def _open_row(session: AsyncSession, handover_id: UUID) -> Any:
    """The row, locked: two clerks act one after the other."""
    query = (
        select(*HANDOVERS, _CITIZENS.wrapped_key)
        .join(CitizenRow, _CITIZENS.id == HANDOVERS.citizen_id)
        .where(HANDOVERS.id == handover_id)
        .with_for_update(of=HandoverRow)
    )
    row = (await session.execute(query)).first()
    if row is None:
        raise HandoverNotFound("There is no such handover.")
    if row.state not in OPEN:
        raise HandoverClosed(f"The handover has ended ({row.state}).")
    if row.wrapped_key is None:
        raise HandoverClosed("The citizen of this handover was forgotten.")
    return row


async def _held_row(session: AsyncSession, handover_id: UUID, clerk: str) -> Any:
    row = await _open_row(session, handover_id)
    if row.state != "taken" or row.clerk != clerk:
        raise HandoverNotHeld("This clerk has not taken the handover, or another took it over.")
    return row


def _said(words: str) -> str:
    said = clean(words, LONGEST).strip()
    if not said:
        raise HandoverError("There are no words to say.")
    return said


def _by_clerk(words: str, clerk: str) -> Reply:
    return Reply(words, data={"from": "clerk", "clerk": clerk})


async def _keep(
    session: AsyncSession, vault: Vault, row: Any, clerk: str, words: str, at: datetime, key: str
) -> bool:
    """Keep a clerk's line; False when there is one with this key."""
    statement = (
        upsert(HandoverLineRow)
        .values(
            handover_id=row.id,
            key=key,
            clerk=clerk,
            at=at,
            sealed=seal(vault.unwrap(row.wrapped_key), words, bound_to=f"handover {row.id} {key}"),
        )
        .on_conflict_do_nothing(index_elements=["handover_id", "key"])
        .returning(_LINES.id)
    )
    return (await session.execute(statement)).scalar() is not None
