"""What the stand-in for Telegram knows: chats, what they were told, updates that wait, and troubles to make."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(slots=True)
class Told:
    """One message in a chat, from the bot or the citizen."""

    n: int
    message_id: int
    by: str
    text: str
    markup: dict[str, Any] | None
    at: datetime
    photo: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request between us and the bot: ``in`` to its webhook, ``out`` from it."""

    way: str
    title: str
    detail: str
    well: bool
    seconds: float
    at: datetime


@dataclass(slots=True)
class Chat:
    """A private chat with one citizen; calls to an id that nobody wrote from are refused."""

    id: int
    blocked: bool = False
    messages: list[Told] = field(default_factory=list)
    level: float = 0.0
    counted_at: float = 0.0
    answered: list[str] = field(default_factory=list)
    """Ids of pressed buttons' queries that the bot answered."""
    signs: list[datetime] = field(default_factory=list)
    """When the bot said that it is writing."""
    typing_until: float = 0.0
    """``time.monotonic()`` until which the chat shows it."""

    @property
    def typing(self) -> bool:
        return time.monotonic() < self.typing_until

    @property
    def told(self) -> list[Told]:
        return [message for message in self.messages if message.by == "bot"]


@dataclass(slots=True)
class Trouble:
    """An error of the Bot API that is to come; ``times`` calls get it."""

    status: int
    description: str
    method: str | None = None
    chat: int | None = None
    retry_after: int | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Rates:
    """How often something happens to an update on its way, between 0 and 1; the same numbers meet the same faults."""

    duplicated: float = 0.0
    delayed: float = 0.0
    longest_delay: float = 1.0
    dropped: float = 0.0
    """Half of them before anything is sent, half when the answer is on its way."""


SIGN_LASTS = 5.0
"""Seconds for which a chat shows that the bot is writing."""
LOAD = Rates(duplicated=0.05, delayed=0.05, longest_delay=2.0, dropped=0.02)


@dataclass(slots=True)
class Way:
    """What happens to one update on its way."""

    copies: int = 1
    delay: float = 0.0
    drop: str = ""


@dataclass(slots=True)
class Faults:
    """What goes wrong; all off at first."""

    delay: float = 0.0
    """Seconds before each call is answered."""
    drop_before: int = 0
    """So many calls lose their connection before they are done."""
    drop_after: int = 0
    """So many calls are done, and lose their connection in the middle of the answer."""
    away_until: float = 0.0
    """``time.monotonic()`` until which everything is answered 502."""
    duplicates: int = 0
    """So many more times each update is brought."""
    reorder: bool = False
    """Updates of different chats and of one are brought newest first, where several wait."""
    troubles: list[Trouble] = field(default_factory=list)
    rates: Rates = field(default_factory=Rates)

    def way(self, update_id: int) -> Way:
        """What happens to an update."""
        rates = self.rates
        chance = random.Random(update_id)  # noqa: S311 - faults, not secrets
        way = Way(1 + self.duplicates + (chance.random() < rates.duplicated))
        if chance.random() < rates.delayed:
            way.delay = chance.uniform(0, rates.longest_delay)
        if chance.random() < rates.dropped:
            way.drop = "before" if chance.random() < 0.5 else "mid_reply"
        return way

    def away(self, seconds: float) -> None:
        self.away_until = time.monotonic() + seconds

    def trouble_for(self, method: str, chat: int | None) -> Trouble | None:
        for trouble in self.troubles:
            if trouble.method in (None, method) and trouble.chat in (None, chat) and trouble.times > 0:
                trouble.times -= 1
                return trouble
        return None


@dataclass(slots=True)
class Webhook:
    """Where updates are brought."""

    url: str = ""
    secret: str = ""
    allowed: list[str] = field(default_factory=list)
    last_error: str = ""
    last_error_at: int = 0


class World:
    """Everything at the stand-in.

    Args:
        token: The bot's.
        chat_interval: Seconds a message to one chat, a little less than the second that is documented.
        chat_burst: Messages that may come at once.
        overall: Messages a second to all.
        retry_after: Seconds that a 429 asks for.
    """

    def __init__(
        self,
        token: str,
        *,
        chat_interval: float = 0.95,
        chat_burst: int = 2,
        overall: int = 33,
        retry_after: int = 1,
    ) -> None:
        self.token = token
        self.bot = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "诉达",
            "username": "suda_test_bot",
        }
        self.chat_interval, self.chat_burst = chat_interval, chat_burst
        self.overall, self.retry_after = overall, retry_after
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.webhook = Webhook()
        self.faults = Faults()
        self.commands: list[dict[str, str]] = []
        self.clock_off = 0.0
        """Seconds by which our clock is fast."""
        self.refused = 0
        """Messages that were too many."""
        self.calls: list[str] = []
        """Methods called, in order."""
        self.waiting: deque[dict[str, Any]] = deque()
        """Updates for long polling, not yet confirmed."""
        self.acks: list[tuple[int, float]] = []
        """Update ids and the seconds from the citizen's sending to the bot's 2xx."""
        self.failures: list[int] = []
        """Statuses other than 2xx that webhooks were answered; 0: no answer."""
        self.wire: list[Exchange] = []
        """All exchanges, as they ended."""
        self.news = asyncio.Condition()
        self.poller = 0
        """Number of the getUpdates that counts: an older one gets 409."""
        self._all: deque[float] = deque()
        self._updates = itertools.count(700_000_001)
        self._messages = itertools.count(1)
        self._lines = itertools.count(1)

    def chat(self, chat_id: int) -> Chat:
        return self.chats.setdefault(chat_id, Chat(chat_id))

    def add(self, chat_id: int, by: str, text: str, markup: dict[str, Any] | None = None) -> Told:
        told = Told(next(self._lines), next(self._messages), by, text, markup, datetime.now(UTC))
        self.chat(chat_id).messages.append(told)
        if by == "bot":
            self.chat(chat_id).typing_until = 0.0
        return told

    def note(self, way: str, title: str, detail: str, since: float, *, well: bool) -> None:
        """Keep an exchange; ``since`` is ``time.monotonic()`` when it began."""
        self.wire.append(Exchange(way, title, detail, well, time.monotonic() - since, datetime.now(UTC)))

    def update(self, **content: Any) -> dict[str, Any]:
        return {"update_id": next(self._updates), **content}

    def too_fast(self, chat_id: int) -> bool:
        """Count a message to a chat, or refuse it as Telegram does, which bears short bursts."""
        now = time.monotonic()
        chat = self.chat(chat_id)
        chat.level = max(0.0, chat.level - (now - chat.counted_at) / self.chat_interval)
        chat.counted_at = now
        while self._all and self._all[0] <= now - 1.0:
            self._all.popleft()
        if chat.level > self.chat_burst - 1 or len(self._all) >= self.overall:
            self.refused += 1
            return True
        chat.level += 1
        self._all.append(now)
        return False

    def counters(self) -> dict[str, int]:
        """How often what happened: updates by status (0: no answer), calls by outcome."""
        counts = Counter(f"{one.way} {one.title} {one.detail}" for one in self.wire)
        return dict(sorted(counts.items())) | {"too fast": self.refused, "acknowledged": len(self.acks)}

    async def wake(self) -> None:
        async with self.news:
            self.news.notify_all()
