"""A channel's way of fetching, for tests: files by name, and trouble as told."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from bot.connector.media import Fetched
from bot.errors import MediaRefused
from bot.intake import Receipt, accept
from bot.messages import Incoming
from tests.support.town import Town

CHANNEL = "letter"
_ids = itertools.count(1)


class Album:
    """Brings what lies in it.

    Attributes:
        files: Contents by name.
        trouble: Raised first, one at each call.
        fetched: The names that were asked for, in order.
        limits: With which limits.
    """

    def __init__(self, **files: bytes) -> None:
        self.files = files
        self.trouble: list[Exception] = []
        self.fetched: list[str] = []
        self.limits: list[int] = []

    async def fetch(self, medium: dict[str, Any], *, limit: int) -> Fetched:
        self.fetched.append(medium["name"])
        self.limits.append(limit)
        if self.trouble:
            raise self.trouble.pop(0)
        content = self.files.get(medium["name"])
        if content is None:
            raise MediaRefused("gone")
        if len(content) > limit:
            raise MediaRefused("too_large")
        return Fetched(content, f"{medium['name']}.bin")


def medium(name: str, kind: str = "photo") -> dict[str, str]:
    return {"kind": kind, "name": name}


async def send(
    here: Town,
    *media: dict[str, str],
    text: str = "",
    who: str = "甲",
    channel: str = CHANNEL,
    **payload: Any,
) -> Receipt:
    """A citizen sends files, and the message is kept."""
    content = {"media": list(media), **payload} if media else payload
    incoming = Incoming(channel, who, f"album-{next(_ids)}", text, datetime.now(UTC), content)
    async with here.database.session() as session, session.begin():
        return await accept(session, here.vault, incoming)
