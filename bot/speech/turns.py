"""Who may use the model next: a voice note that somebody waits for comes before the next stretch of a long recording."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

WAITED_FOR, LATER = 0, 1
"""A citizen waits for the answer; nobody does."""


class ModelTurns:
    """Gives the model to one thread at a time, the most urgent first, those of one urgency in the order they came."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[int, int]] = []
        self._numbers = itertools.count()
        self._taken = False

    @contextmanager
    def turn(self, urgency: int) -> Iterator[None]:
        """Hold the model for the block.

        Args:
            urgency: :data:`WAITED_FOR` or :data:`LATER`.
        """
        mine = (urgency, next(self._numbers))
        with self._changed:
            heapq.heappush(self._waiting, mine)
            self._changed.wait_for(lambda: not self._taken and self._waiting[0] == mine)
            heapq.heappop(self._waiting)
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()
