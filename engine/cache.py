"""Recent conversations in memory, the least recently used first to go."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import List, Optional
from uuid import UUID

from rasa.shared.core.events import Event


@dataclass(frozen=True)
class Held:
    """A conversation between two turns.

    Attributes:
        events: Of its last session, as Rasa made or read them.
        seq: The turn it stands at.
        mark: Of the key that sealed it, see :class:`engine.sealing.Seal`.
    """

    events: List[Event]
    seq: int
    mark: bytes


class Conversations:
    """A bounded memory.

    A conversation is taken out for a turn and put back only when the turn is on disk, so a turn that fails leaves
    nothing half changed behind.

    Args:
        events: The most events held in all; about 2 KB each.
    """

    def __init__(self, events: int) -> None:
        self._limit = events
        self._events = 0
        self._held: "OrderedDict[UUID, Held]" = OrderedDict()

    def take(self, conversation: UUID) -> Optional[Held]:
        """Remove and return a conversation, if it is held."""
        held = self._held.pop(conversation, None)
        if held is not None:
            self._events -= len(held.events)
        return held

    def put(self, conversation: UUID, held: Held) -> None:
        """Hold a conversation; the oldest give way."""
        self.take(conversation)
        self._held[conversation] = held
        self._events += len(held.events)
        while self._events > self._limit and self._held:
            self.take(next(iter(self._held)))

    def __len__(self) -> int:
        return len(self._held)
