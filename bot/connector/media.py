"""Photos, files and voice notes that a message only names: fetched by a worker, so that no webhook waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as the platform gave it.

    Attributes:
        content: Its bytes.
        name: The sender's name for it, or empty. Not to be trusted.
    """

    content: bytes
    name: str = ""


class Fetcher(Protocol):
    """One channel's way of fetching what a message names.

    A message names its files in ``Incoming.payload["media"]``: a list of ``{"kind": "photo" | "voice" | "video" | "file",
    ...}``, whose other entries only the channel understands.
    """

    async def fetch(self, medium: dict[str, Any], *, limit: int) -> Fetched:
        """Bring one file.

        Args:
            medium: An entry of ``payload["media"]``.
            limit: Bytes from which a file is refused, before it is read whole.

        Raises:
            PlatformAway, RateLimited: Not now.
            MediaRefused: It is gone, too large or no such thing.
        """
        ...
