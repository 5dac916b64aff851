"""Access tokens: the stable ones and the others, which live apart from each other (getStableAccessToken, getAccessToken)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.platforms.wechat.account import Times

_SHAPE = re.compile(r"[0-9A-Za-z_-]{20,512}")


@dataclass(slots=True)
class _Line:
    """One kind of token: the newest, and when it was last forced."""

    newest: str | None = None
    forced_at: float = float("-inf")
    forced: int = 0
    forced_day: int = -1


@dataclass(slots=True)
class Tokens:
    """The account's tokens.

    Attributes:
        times: How long they live.
        clock: Seconds, as the platform counts them.
        made: How many were made so far.
        asked: How often one was asked for.
    """

    times: Times
    clock: Callable[[], float]
    made: int = 0
    asked: int = 0
    _ends: dict[str, float] = field(default_factory=dict, repr=False)
    _replaced: set[str] = field(default_factory=set, repr=False)
    _stable: _Line = field(default_factory=_Line, repr=False)
    _plain: _Line = field(default_factory=_Line, repr=False)

    def stable(self, *, force: bool) -> tuple[str, int] | None:
        """A stable token and the seconds it lives; None when too many were forced today."""
        self.asked += 1
        line, now = self._stable, self.clock()
        left = self._left(line)
        if force and now - line.forced_at >= self.times.forced_every:
            day = int(now // 86400)
            if line.forced_day != day:
                line.forced, line.forced_day = 0, day
            if line.forced >= self.times.forced_a_day:
                return None
            line.forced += 1
            line.forced_at = now
            return self._make(line)
        if line.newest is not None and left > (0 if force else self.times.token_early):
            return line.newest, int(left)
        return self._make(line)

    def plain(self) -> tuple[str, int]:
        """A token of the older kind: always a new one."""
        self.asked += 1
        return self._make(self._plain)

    def errcode(self, token: str | None) -> int:
        """0 when a call with this token may go on, else the code it is answered with."""
        if not token:
            return 41001
        if not _SHAPE.fullmatch(token):
            return 40014
        end = self._ends.get(token)
        if end is None:
            return 40001
        if self.clock() >= end:
            return 40001 if token in self._replaced else 42001
        return 0

    def expire(self) -> None:
        """Let all end now: they are answered with 42001."""
        self._replaced.clear()
        self._ends = dict.fromkeys(self._ends, self.clock())

    def forget(self) -> None:
        """Know none any more: they are answered with 40001."""
        self._ends.clear()
        self._stable.newest = self._plain.newest = None

    def _left(self, line: _Line) -> float:
        return self._ends.get(line.newest or "", 0.0) - self.clock()

    def _make(self, line: _Line) -> tuple[str, int]:
        now = self.clock()
        if line.newest is not None:
            old = self._ends.get(line.newest, 0.0)
            if old > now:
                self._replaced.add(line.newest)
                self._ends[line.newest] = min(old, now + self.times.old_token)
        self.made += 1
        line.newest = f"{self.made}_{secrets.token_urlsafe(60)}"
        self._ends[line.newest] = now + self.times.token
        return line.newest, int(self.times.token)
