"""The platform's citizens: what they said and saw, whether they follow, and how much may be sent to them unasked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.support.platforms.wechat.account import Times
from tests.support.platforms.wechat.payloads import NO_DEED, Message, Opens
from tests.support.platforms.wechat.records import How, Pressable, Said, Seen


@dataclass(slots=True)
class Window:
    """How many messages may still follow what a citizen did, and until when."""

    left: int
    closes_at: float


class Windows:
    """The windows of one citizen; each kind of deed has its own, and a newer deed of a kind opens it afresh.

    Args:
        times: Their lengths and budgets.
        clock: Seconds, as the platform counts them.
    """

    def __init__(self, times: Times, clock: Callable[[], float]) -> None:
        self._times = times
        self._clock = clock
        self._open: dict[Opens, Window] = {}
        self._message_at = float("-inf")

    def open(self, kind: Opens) -> None:
        """The citizen did something."""
        times, now = self._times, self._clock()
        if kind == "message":
            self._message_at = now
            self._open[kind] = Window(times.message_budget, now + times.message_window)
        else:
            self._open[kind] = Window(times.event_budget, now + times.event_window)

    def take(self) -> int:
        """Use one message of the window that closes first: 0, 45015 (none is open) or 45047 (all used up)."""
        now = self._clock()
        open_ones = sorted(
            (one for one in self._open.values() if one.closes_at > now), key=lambda one: one.closes_at
        )
        if not open_ones:
            return 45015
        for window in open_ones:
            if window.left > 0:
                window.left -= 1
                return 0
        return 45047

    def left(self) -> int:
        """Messages that may still be sent."""
        now = self._clock()
        return sum(one.left for one in self._open.values() if one.closes_at > now)

    def now(self) -> float:
        """Seconds, as the platform counts them."""
        return self._clock()

    def since_message(self) -> float:
        """Seconds since the citizen's last message."""
        return self._clock() - self._message_at


@dataclass(slots=True)
class Citizen:
    """One citizen on the platform."""

    openid: str
    windows: Windows
    follows: bool = True
    talk: list[Said | Seen] = field(default_factory=list)
    consents: Counter[str] = field(default_factory=Counter)
    signs: list[datetime] = field(default_factory=list)
    """When they were shown that the account is writing."""
    typing_until: float = float("-inf")
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def typing(self) -> bool:
        """Whether they see that the account is writing."""
        return self.windows.now() < self.typing_until

    def did(self, message: Message, media_id: str | None = None) -> None:
        """Keep what they did, and open what it opens."""
        if message.kind not in NO_DEED:
            number, now = len(self.talk) + 1, datetime.now(UTC)
            self.talk.append(Said(number, now, message.text, media_id, message.is_event))
        if message.opens is not None:
            self.windows.open(message.opens)

    def show(
        self,
        how: How,
        text: str,
        *,
        buttons: tuple[tuple[str, str], ...] = (),
        msg_id: int | None = None,
        media_id: str | None = None,
    ) -> Seen:
        """Show something; ``buttons`` are (id, title)."""
        number = len(self.talk) + 1
        pressable = tuple(Pressable(title, f"menu:{number}:{button}") for button, title in buttons)
        seen = Seen(number, datetime.now(UTC), how, text, pressable, msg_id, media_id)
        self.talk.append(seen)
        self.typing_until = float("-inf")
        self.news.set()
        self.news = asyncio.Event()
        return seen

    def seen(self) -> list[Seen]:
        """What was shown, in order."""
        return [one for one in self.talk if isinstance(one, Seen)]
