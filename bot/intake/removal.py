"""What was said goes: all of one citizen's, or whatever is older than the installation keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage import raw_connection

BATCH = 2000
"""Rows that one transaction deletes, so that none is long."""

_OUTBOX_OF = "DELETE FROM outbox WHERE citizen_id = ANY(%(citizens)s)"
_INBOX_OF = "DELETE FROM inbox WHERE citizen_id = ANY(%(citizens)s) AND NOT id = ANY(%(keep)s::bigint[])"
# Messages before replies: as a turn that ends and a hand-over lock them.
_HOLD = "SELECT id FROM inbox WHERE citizen_id = ANY(%(citizens)s) ORDER BY id FOR UPDATE"
_WINDOWS_OF = "DELETE FROM channel_window WHERE citizen_id = ANY(%(citizens)s)"
_EMPTY = """
UPDATE inbox SET body = '', external_id = 'erased:' || id, handled_at = coalesce(handled_at, now()),
       error_code = CASE state WHEN 'waiting' THEN 'erased' ELSE error_code END,
       state = CASE state WHEN 'waiting' THEN 'failed' ELSE state END
 WHERE citizen_id = ANY(%(citizens)s) AND body <> ''
"""

# Ids grow with time, so the old rows are those before the first young one: no look at the whole table. A message whose
# reply is younger than the cutoff goes with the reply, next time.
_OLDER = {
    "outbox": """
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox
     WHERE id < coalesce((SELECT id FROM outbox WHERE created_at >= %(cutoff)s ORDER BY id LIMIT 1), 9223372036854775807)
     ORDER BY id LIMIT %(limit)s)
""",
    "inbox": """
DELETE FROM inbox WHERE id IN (
    SELECT id FROM inbox
     WHERE id < coalesce((SELECT id FROM inbox WHERE created_at >= %(cutoff)s ORDER BY id LIMIT 1), 9223372036854775807)
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.inbox_id = inbox.id)
     ORDER BY id LIMIT %(limit)s)
""",
    "channel_window": """
DELETE FROM channel_window WHERE (citizen_id, channel, kind) IN (
    SELECT citizen_id, channel, kind FROM channel_window WHERE opened_at < %(cutoff)s LIMIT %(limit)s)
""",
}


async def remove_messages_of(
    session: AsyncSession, citizen_ids: Sequence[UUID], *, keep: Sequence[int] = ()
) -> int:
    """Delete everything these citizens wrote and were told, in the caller's transaction.

    Args:
        session: With an open transaction.
        citizen_ids: Whose.
        keep: Inbox ids that something still refers to: their rows stay, without words and without the channel's id.

    Returns:
        How many messages and replies are gone or emptied. A turn that waits for one of them ends without a word.
    """
    values = {"citizens": list(citizen_ids), "keep": list(keep)}
    count = 0
    await _count(session, _HOLD, values)
    for statement in (_OUTBOX_OF, _INBOX_OF, _EMPTY):
        count += await _count(session, statement, values)
    await _count(session, _WINDOWS_OF, values)
    return count


async def remove_messages_older(session: AsyncSession, cutoff: datetime, *, limit: int = BATCH) -> int:
    """Delete up to ``limit`` replies and as many messages from before ``cutoff``; call again, in new transactions, until 0."""
    values = {"cutoff": cutoff, "limit": limit}
    return sum([await _count(session, statement, values) for statement in _OLDER.values()])


async def _count(session: AsyncSession, statement: str, values: dict[str, Any]) -> int:
    connection = await raw_connection(session)
    return (await connection.execute(statement, values)).rowcount
