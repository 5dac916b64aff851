"""Nothing is kept for ever: conversations older than the installation's retention are deleted, cases are not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.removal import remove_attachments_older
from bot.calls.removal import expire_calls
from bot.handover import expire_handovers
from bot.identity.erasure import drop_old_orders
from bot.identity.linking import drop_old_codes
from bot.intake.removal import remove_messages_older
from bot.storage import Database


async def expire(database: Database, at: datetime, retention: timedelta) -> int:
    """Delete messages, replies and the engine's memory of more than ``retention`` before ``at``, in short transactions.

    Files that belong to no case go with them. Handovers and calls that ended before then lose what was said in them and stay as facts. Spent link codes go after a day. Cases, their events and what was said in them stay: they live until their citizen's key
    is destroyed.

    Returns:
        How many rows.
    """
    cutoff = at - retention
    total = 0
    for batch in (remove_messages_older, expire_handovers, expire_calls, remove_attachments_older):
        while removed := await _remove(database, batch, cutoff):
            total += removed
    async with database.session() as session, session.begin():
        total += int((await session.execute(select(func.engine_delete_older(cutoff)))).scalar_one())
        total += await drop_old_codes(session, at)
        total += await drop_old_orders(session, cutoff)
    return total


async def _remove(
    database: Database, batch: Callable[[AsyncSession, datetime], Awaitable[int]], cutoff: datetime
) -> int:
    async with database.session() as session, session.begin():
        return await batch(session, cutoff)
