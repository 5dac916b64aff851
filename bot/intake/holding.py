"""Replies that a platform's own request waits for: handed over to it, or let go to the channel's sender, each one way only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot.intake import statements
from bot.intake.sealed import open_reply
from bot.messages import Reply
from bot.storage.sealing import Vault

Fits = Callable[[Sequence[Reply]], int]
"""How many of some replies, from the first on, one answer of the platform can carry."""
Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

# Lock the message, so that its turn's outcome is either written
# before or finds it released; then take the reply, or let go. Two statements: the second sees what the lock waited for.
_HOLD = "SELECT state, held, citizen_id FROM inbox WHERE id = %(inbox_id)s FOR UPDATE"

# What was handed over is shown again to the platform's next try: it asks again only when it did not get it. Whether
# something else waits to be told first is asked along.
_HELD = """
SELECT outbox.id, outbox.body, citizen.wrapped_key, outbox.seq, inbox.state, EXISTS (
           SELECT 1 FROM outbox AS earlier
            WHERE earlier.citizen_id = inbox.citizen_id AND earlier.state = 'ready' AND earlier.channel = inbox.channel
              AND earlier.id < outbox.id)
  FROM inbox LEFT JOIN outbox ON outbox.inbox_id = inbox.id AND (outbox.state = 'held' OR outbox.handed_to = inbox.id)
       LEFT JOIN citizen ON citizen.id = outbox.citizen_id
 WHERE inbox.id = %(inbox_id)s
 ORDER BY outbox.id
"""

# As _HELD, with whatever else waits for the citizen, which goes first; locked, so that nobody else takes it meanwhile.
_HELD_OR_UNTOLD = """
SELECT outbox.id, outbox.body, citizen.wrapped_key, outbox.seq, outbox.sending_at IS NOT NULL AND outbox.state = 'ready'
  FROM inbox JOIN citizen AS sender ON sender.id = inbox.citizen_id
       JOIN citizen ON citizen.id = coalesce(sender.merged_into, sender.id)
                    OR citizen.merged_into = coalesce(sender.merged_into, sender.id)
       JOIN outbox ON outbox.citizen_id = citizen.id AND outbox.channel = inbox.channel
 WHERE inbox.id = %(inbox_id)s
   AND (outbox.state IN ('ready', 'untold') OR outbox.handed_to = inbox.id
        OR (outbox.state = 'held' AND outbox.inbox_id = inbox.id))
 ORDER BY outbox.id
   FOR UPDATE OF outbox
"""

# What another try of the same message took already is this one's to show as well.
_HAND_OVER = """
WITH message AS (
    UPDATE inbox SET held = false WHERE id = %(inbox_id)s AND held
), taken AS (
    UPDATE outbox SET state = 'sent', handed_to = %(inbox_id)s, sent_at = coalesce(sent_at, now())
     WHERE id = ANY(%(ids)s::bigint[])
       AND (state = 'held' OR handed_to = %(inbox_id)s OR (%(all)s AND state IN ('ready', 'untold')))
    RETURNING id
)
SELECT id FROM taken
"""

# Locked in order, before their rows of the outbox: as a turn that ends just now does it.
_HOLD_ALL = "SELECT id FROM inbox WHERE id = ANY(%(inbox_ids)s::bigint[]) ORDER BY id FOR UPDATE"

_RELEASE = f"""
WITH message AS (
    UPDATE inbox SET held = false WHERE id = ANY(%(inbox_ids)s::bigint[]) AND held RETURNING id
), let_go AS (
    UPDATE outbox SET state = 'ready' WHERE inbox_id = ANY(%(inbox_ids)s::bigint[]) AND state = 'held'
    RETURNING citizen_id
)
SELECT (SELECT count(*) FROM message), procrastinate_defer_jobs_v1(ARRAY[ROW(
    '{statements.DELIVERY_QUEUE}', '{statements.DELIVERY_TASK}', 0, 'deliver:' || citizen_id, NULL,
    jsonb_build_object('citizen_id', citizen_id), NULL
)::procrastinate_job_to_defer_v1]) FROM (SELECT DISTINCT citizen_id FROM let_go) AS citizen
"""  # noqa: S608

# Held by a process that died: no platform waits this long.
_FORGOTTEN = """
(SELECT id FROM inbox
  WHERE held AND created_at < now() - make_interval(secs => %(older)s)
    AND (state = 'waiting' OR EXISTS (SELECT 1 FROM outbox WHERE outbox.inbox_id = inbox.id AND outbox.state = 'held'))
  LIMIT 500)
UNION
(SELECT inbox_id FROM outbox WHERE state = 'held' AND created_at < now() - make_interval(secs => %(older)s) LIMIT 500)
"""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of a held message.

    Attributes:
        state: ``handed``: ``replies`` are now the caller's to show, and are handed over again when the platform asks again.
            ``later``: the reply will be sent by the channel's sender. ``waiting``: there is none yet, and the message is
            still held.
        replies: In order.
    """

    state: Literal["handed", "later", "waiting"]
    replies: tuple[Reply, ...] = ()


class Holding:
    """The held messages of one process.

    Args:
        pool: Connections in autocommit.
        vault: Opens citizens' keys.
    """

    def __init__(self, pool: Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault

    async def take(self, inbox_id: int, fits: Fits) -> HandedOver:
        """Take the replies to an answered message as far as ``fits`` says, and let the rest go to the sender.

        What is written to an answered message does not change any more, so this needs no lock, unless something else waits
        to be told first: then :meth:`let_go` takes that along.
        """
        try:
            rows = await _rows(self._pool, _HELD, {"inbox_id": inbox_id})
        except (psycopg.OperationalError, PoolTimeout):  # it may be back before the platform's patience ends
            return HandedOver("waiting")
        if not rows or rows[0][4] == "waiting":
            return HandedOver("waiting")
        if any(row[5] for row in rows):
            return await self.let_go(inbox_id, fits)
        told = self._told(rows)
        many = fits([reply for _, reply in told]) if told else 0
        if many < len(told) or not told:
            return await self.let_go(inbox_id, fits)
        # A notice that the answer is late is over when the answer is here.
        values = {"ids": [row[0] for row in rows if row[0]], "inbox_id": inbox_id, "all": False}
        taken = {row[0] for row in await _rows(self._pool, _HAND_OVER, values)}
        shown = tuple(reply for id_, reply in told if id_ in taken)
        return HandedOver("handed", shown) if shown else HandedOver("later")

    async def let_go(self, inbox_id: int, fits: Fits, *, only_answers: bool = False) -> HandedOver:
        """As :meth:`take`, decided under locks: whatever waited before goes first, what is not there goes to the sender.

        Args:
            inbox_id: The message.
            fits: How many replies one answer carries.
            only_answers: The channel has no other way: also what could not be told before is handed over, and without an
                answer to this message too.
        """
        async with self._pool.connection() as connection, connection.transaction():
            message = await (await connection.execute(_HOLD, {"inbox_id": inbox_id})).fetchone()
            if message is None:
                return HandedOver("later")
            rows = await (await connection.execute(_HELD_OR_UNTOLD, {"inbox_id": inbox_id})).fetchall()
            on_the_way = not only_answers and any(row[4] for row in rows)
            told = [] if on_the_way or (message[0] == "waiting" and not only_answers) else self._told(rows)
            many = fits([reply for _, reply in told]) if told else 0
            taken = set()
            if many:
                values = {"ids": [id_ for id_, _ in told[:many]], "inbox_id": inbox_id, "all": True}
                cursor = await connection.execute(_HAND_OVER, values)
                taken = {row[0] for row in await cursor.fetchall()}
            await connection.execute(_RELEASE, {"inbox_ids": [inbox_id]})
        shown = tuple(reply for id_, reply in told[:many] if id_ in taken)
        return HandedOver("handed", shown) if shown else HandedOver("later")

    def _told(self, rows: Sequence[Any]) -> list[tuple[int, Reply]]:
        """Ids and replies of rows ``(id, body, key, seq, ...)``; without the notice that an answer is late, beside the answer."""
        whole = [row for row in rows if row[0] is not None and row[2] is not None]
        answers = [row for row in whole if row[3] >= 0] or whole
        return [(row[0], open_reply(self._vault.unwrap(row[2]), row[1])) for row in answers]


async def let_go_forgotten(pool: Pool, older: float) -> int:
    """Give the sender what was held for longer than ``older`` seconds, by a process that died; how many messages.

    Each under its lock: a turn that ends just now is waited for, so that its reply is seen.
    """
    forgotten = [row[0] for row in await _rows(pool, _FORGOTTEN, {"older": older})]
    if forgotten:
        await release(pool, forgotten)
    return len(forgotten)


async def release(pool: Pool, inbox_ids: Sequence[int]) -> None:
    """Let held messages go."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(_HOLD_ALL, {"inbox_ids": list(inbox_ids)})
        await connection.execute(_RELEASE, {"inbox_ids": list(inbox_ids)})


async def _rows(pool: Pool, statement: str, values: dict[str, Any]) -> list[Any]:
    async with pool.connection() as connection:
        return await (await connection.execute(statement, values)).fetchall()
