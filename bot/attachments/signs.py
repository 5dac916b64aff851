"""While a voice note is being heard: the citizen sees that Suda is at it, and the turn knows nothing of it.

The sign is the platform's own (对方正在输入…), not a sentence: it costs nothing of what WeChat lets us say (5 messages in 48
hours, of which the answer needs some), goes away by itself, and leaves no line in the talk that was true for ten seconds.
Only where a platform shows it no longer (WeChat, 30 s after the citizen's word) and the words are still not there, one
sentence says so, once: minutes without any sign are worse than one message fewer, and the note has just opened all five.
An account that can only answer has no sign; its webhook holds the message for WeChat's three tries and then says that the
answer takes longer (channels/wechat/webhook.py). The web page shows its own sign.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog
from sqlalchemy import extract, func, select

from bot.connector.progress import Progress
from bot.errors import CannotTell, ChannelError, RateLimited
from bot.identity import CitizenRef, address_of
from bot.intake import statements
from bot.intake.delivery import Recipient
from bot.intake.sealed import seal_reply
from bot.intake.tables import InboxRow
from bot.intake.turns import Waiting
from bot.intake.wording import STILL_HEARING
from bot.storage import Database, raw_connection

_log = structlog.get_logger(__name__)
_INBOX = InboxRow.__table__.c

FIRST = 2.9
"""Seconds from a note's arrival to the first sign, which is then on the phone at three."""
GRACE = 0.2
"""Seconds of hearing without a sign in a try that begins later: one that fails at once (nobody hears) shows none."""
WITHIN = 4.0
"""Seconds that a platform may take for a sign; what comes later is worth nothing."""
AGAIN = 5.0
"""Seconds from a sign that was not shown to the next try."""
LEAST = 1.0
"""Seconds between two signs, whatever a channel says."""


class Signs:
    """Shows signs; one a worker process.

    Args:
        database: Where addresses and messages are.
        progress: Each channel's sign.
    """

    def __init__(self, database: Database, progress: Mapping[str, Progress]) -> None:
        self._database = database
        self._progress = progress
        self._tasks: set[asyncio.Task[None]] = set()

    @contextmanager
    def during(self, message: Waiting) -> Iterator[None]:
        """Show signs while the block runs. It is neither held up nor ended by them, and ends them at once."""
        progress = self._progress.get(message.channel)
        if progress is None:
            yield
            return
        task = asyncio.create_task(self._run(message, progress))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            yield
        finally:
            task.cancel()  # a call under way is cut off, so that no sign comes behind the answer

    async def _run(self, message: Waiting, progress: Progress) -> None:
        try:
            found = await self._recipient(message)
            if found is None:
                return
            to, age = found
            pause: float | None = max(GRACE, FIRST - age)
            while pause is not None:
                await asyncio.sleep(pause)
                pause = await self._show(message, progress, to)
        except Exception as error:  # whatever is wrong with a sign, nobody misses more than that
            _log.warning("sign_broke", channel=message.channel, error=type(error).__name__)

    async def _show(self, message: Waiting, progress: Progress, to: Recipient) -> float | None:
        """Seconds until the next sign; None: none any more."""
        try:
            async with asyncio.timeout(WITHIN):
                faded = await progress.show(to)
        except (ChannelError, TimeoutError) as error:
            _log.info("sign_not_shown", channel=message.channel, error=type(error).__name__)
            if getattr(error, "final", False) or (isinstance(error, CannotTell) and error.code != "unsure"):
                return None
            return max(AGAIN, (error.after or 0.0) if isinstance(error, RateLimited) else 0.0)
        if faded is None:
            await self._tell(message)
            return None
        return max(LEAST, faded)

    async def _recipient(self, message: Waiting) -> tuple[Recipient, float] | None:
        """Who waits, and since how many seconds; None for one who was forgotten or became another citizen meanwhile."""
        age = select(extract("epoch", func.now() - _INBOX.created_at)).where(_INBOX.id == message.inbox_id)
        citizen = CitizenRef(message.citizen_id, message.key)
        async with self._database.session() as session:
            address = await address_of(session, citizen, message.channel)
            seconds = (await session.execute(age)).scalar()
        if address is None or seconds is None:
            return None
        return Recipient(citizen.id, address), float(seconds)

    async def _tell(self, message: Waiting) -> None:
        """Say in words that it is still being heard; once a message, and nothing when it was told that it is late."""
        values = {
            "inbox_id": message.inbox_id,
            "citizen": message.citizen_id,
            "body": seal_reply(message.key, STILL_HEARING),
            "outbox_state": "ready",
        }
        async with self._database.session() as session, session.begin():
            await (await raw_connection(session)).execute(statements.TELL, values)
