"""What the web channel needs of the core: a port that the intake fills, and tests may fill from memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.messages import Incoming, Reply


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation as its citizen may see it.

    Attributes:
        id: Place in the order of everything said to this citizen; grows, and is the stream's event id. 0 for a
            citizen's line.
        said_by: Who said it.
        reply: The words; a citizen's line has no buttons and no data.
        at: When it was said.
        external_id: The channel's id of the message this line is or answers; ``None`` for what was pushed unasked.
    """

    id: int
    said_by: Literal["citizen", "bot"]
    reply: Reply
    at: datetime
    external_id: str | None = None


class Conversations(Protocol):
    """The conversations of the web channel's citizens, each known by the address the channel gave them."""

    async def accept(self, incoming: Incoming) -> int:
        """Store the message durably, once by ``external_id``, and return its inbox id.

        Raises:
            RateLimited: Too much, too fast.
            StorageError: It could not be stored; the citizen may try again.
        """

    async def wait_for_replies(self, inbox_id: int, wait: float) -> list[Line] | None:
        """What a stored message was answered; ``None`` when the answer is not there after ``wait`` seconds."""

    async def history(self, address: str, limit: int) -> list[Line]:
        """The last ``limit`` lines, oldest first. An unknown address has none."""

    def stream(self, address: str, after: int | None) -> AsyncGenerator[Line, None]:
        """Every bot line with an id above ``after`` (``None``: from now on), in order, then each new one, without end."""
