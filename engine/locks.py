"""One turn at a time in each conversation, without polling."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import AsyncIterator, Dict, Tuple
from uuid import UUID


class ConversationLocks:
    """First come, first served; a lock lives while somebody holds or awaits it.

    Rasa's lock store looks every second whether it is its turn, which costs a citizen who writes twice in a row a second
    and can swap the two messages.
    """

    def __init__(self) -> None:
        self._locks: Dict[UUID, Tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def one(self, conversation: UUID) -> AsyncIterator[None]:
        """Wait until no earlier turn of the conversation runs, and keep later ones waiting."""
        lock, users = self._locks.get(conversation, (asyncio.Lock(), 0))
        self._locks[conversation] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[conversation]
            if users == 1:
                del self._locks[conversation]
            else:
                self._locks[conversation] = (lock, users - 1)

    def __len__(self) -> int:
        return len(self._locks)
