"""What was found out about a message and serves the other actions of the same turn: the form opens right after the triage."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from actions.turn import Turn

Found = TypeVar("Found")

KEPT = 512
"""Messages remembered a process; another process, or a forgotten one, finds it out again."""


class OncePerTurn(Generic[Found]):
    """Remembers what a function found for a turn.

    Args:
        find: Pure over the turn's message and slots: the same turn gives the same answer.
    """

    def __init__(self, find: Callable[[Turn], Awaitable[Found]]) -> None:
        self._find = find
        self._known: OrderedDict[tuple[int, str], Found] = OrderedDict()

    async def __call__(self, turn: Turn) -> Found:
        """What is found for ``turn``, at the first call or before."""
        key = (turn.inbox_id, turn.text)
        if key in self._known:
            return self._known[key]
        found = self._known[key] = await self._find(turn)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return found
