"""What goes wrong on command, and what goes wrong now and then: on the way to the account and on the way back."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Drop = Literal["before", "mid_reply"]
CallCut = Literal["before", "after"]

HELD_AT_MOST = 5.0
"""Seconds a message waits for another citizen's to overtake it."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of messages (0..1) that something happens to, for load.

    Attributes:
        duplicated: Sent once more after it was accepted.
        delayed: Held back for up to ``longest_delay`` seconds.
        dropped: The first try is broken, half of them before it is sent, half when the answer is there.
        longest_delay: Seconds.
    """

    duplicated: float = 0.0
    delayed: float = 0.0
    dropped: float = 0.0
    longest_delay: float = 3.0


LOAD = Rates(duplicated=0.05, delayed=0.05, dropped=0.02)
"""What a busy day looks like."""


@dataclass(slots=True)
class Plan:
    """What happens to one message: ``drops`` are for its tries in order."""

    delay: float = 0.0
    duplicate: bool = False
    drops: deque[Drop] = field(default_factory=deque)
    hold: bool = False


@dataclass(frozen=True, slots=True)
class CallFault:
    """What happens to one call of the interface: its connection is cut, or it is answered with a code."""

    cut: CallCut | None = None
    errcode: int | None = None


class Faults:
    """Switches of one platform.

    Args:
        seed: Of what happens now and then: the same citizens saying as much meet the same faults.
        rates: How often.
    """

    def __init__(self, seed: int = 0, rates: Rates | None = None) -> None:
        self.rates = rates or Rates()
        self._seed = seed
        self._said: Counter[str] = Counter()
        self._planned: list[tuple[str | None, Plan]] = []
        self._calls: deque[tuple[str | None, CallFault]] = deque()
        self._busy_until = 0.0
        self._gateway_until = 0.0
        self._passed: list[tuple[str, asyncio.Event]] = []

    # ---- on the way to the account

    def delay(self, seconds: float, *, times: int = 1, openid: str | None = None) -> None:
        """Hold the next messages back before their first try."""
        self._plan(times, openid, lambda: Plan(delay=seconds))

    def duplicate(self, *, times: int = 1, openid: str | None = None) -> None:
        """Send the next messages again after they were accepted."""
        self._plan(times, openid, lambda: Plan(duplicate=True))

    def drop(self, where: Drop, *, tries: int = 1, times: int = 1, openid: str | None = None) -> None:
        """Break the first ``tries`` tries of the next messages: ``before`` anything is sent, or once the answer was read."""
        self._plan(times, openid, lambda: Plan(drops=deque([where] * tries)))

    def reorder(self, *, openid: str | None = None) -> None:
        """Hold the next message until one of another citizen, said later, has been taken to the account."""
        self._plan(1, openid, lambda: Plan(hold=True))

    def _plan(self, times: int, openid: str | None, make: Callable[[], Plan]) -> None:
        self._planned += [(openid, make()) for _ in range(times)]

    def plan(self, openid: str) -> Plan:
        """What happens to a message that is said now."""
        self._said[openid] += 1
        for place, (whose, plan) in enumerate(self._planned):
            if whose in (None, openid):
                del self._planned[place]
                return plan
        return self._by_chance(openid)

    def _by_chance(self, openid: str) -> Plan:
        rates = self.rates
        if rates == Rates():
            return Plan()
        # Of the citizen and the message, not of the order in which citizens happen to speak.
        chance = random.Random(f"{self._seed}/{openid}/{self._said[openid]}")  # noqa: S311 - faults, not secrets
        plan = Plan(duplicate=chance.random() < rates.duplicated)
        if chance.random() < rates.delayed:
            plan.delay = chance.uniform(0, rates.longest_delay)
        if chance.random() < rates.dropped:
            plan.drops.append("before" if chance.random() < 0.5 else "mid_reply")
        return plan

    async def hold(self, openid: str) -> None:
        """Wait until another citizen's message has passed, or long enough."""
        passed = asyncio.Event()
        self._passed.append((openid, passed))
        try:
            async with asyncio.timeout(HELD_AT_MOST):
                await passed.wait()
        except TimeoutError:
            pass
        finally:
            self._passed.remove((openid, passed))

    def passed(self, openid: str) -> None:
        """A message was taken to the account: those held of other citizens may follow."""
        for whose, event in self._passed:
            if whose != openid:
                event.set()

    # ---- on the way back

    def answer_calls(self, errcode: int, *, times: int = 1, path: str | None = None) -> None:
        """Answer the next calls (of ``path``, such as ``message/custom/send``) with a code, doing nothing."""
        self._calls.extend([(path, CallFault(errcode=errcode))] * times)

    def cut_calls(self, where: CallCut, *, times: int = 1, path: str | None = None) -> None:
        """Break the connection of the next calls ``before`` or ``after`` they are worked on."""
        self._calls.extend([(path, CallFault(cut=where))] * times)

    def be_busy(self, seconds: float) -> None:
        """Answer every call with -1 for some time."""
        self._busy_until = time.monotonic() + seconds

    def be_bad_gateway(self, seconds: float) -> None:
        """Answer every call with HTTP 502 for some time."""
        self._gateway_until = time.monotonic() + seconds

    @property
    def bad_gateway(self) -> bool:
        """Whether calls get 502 now."""
        return time.monotonic() < self._gateway_until

    def of_call(self, path: str) -> CallFault:
        """What happens to a call that comes now."""
        for place, (whose, fault) in enumerate(self._calls):
            if whose in (None, path):
                del self._calls[place]
                return fault
        return CallFault(errcode=-1 if time.monotonic() < self._busy_until else None)

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.rates = Rates()
        self._planned.clear()
        self._calls.clear()
        self._busy_until = self._gateway_until = 0.0
