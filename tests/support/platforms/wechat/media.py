"""Photos and voice notes that citizens sent, kept for three days under their media_id."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.platforms.wechat.account import Times

_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "amr": "audio/amr",
    "speex": "voice/speex",
    "mp4": "video/mp4",
}


@dataclass(frozen=True, slots=True)
class Medium:
    """Bytes with the end of their file name; ``wide`` is the same voice at 16 kHz (speex)."""

    content: bytes = field(repr=False)
    ending: str
    since: float
    wide: bytes | None = field(default=None, repr=False)

    @property
    def type(self) -> str:
        """Its media type."""
        return _TYPES[self.ending]


class Media:
    """All media of one platform.

    Args:
        times: How long they can be fetched.
        clock: Seconds, as the platform counts them.
    """

    def __init__(self, times: Times, clock: Callable[[], float]) -> None:
        self._times = times
        self._clock = clock
        self._kept: dict[str, Medium] = {}

    def keep(self, content: bytes, ending: str, wide: bytes | None = None) -> str:
        """Keep something and give its media_id."""
        media_id = secrets.token_urlsafe(48)
        self._kept[media_id] = Medium(content, ending, self._clock(), wide)
        return media_id

    def find(self, media_id: str | None) -> Medium | None:
        """What is kept under an id; None when nothing is, or no longer."""
        medium = self._kept.get(media_id or "")
        return medium if medium is not None and self._clock() - medium.since < self._times.media else None


def image_ending(content: bytes) -> str:
    """What an image's bytes begin with."""
    return "png" if content.startswith(b"\x89PNG") else "jpg"
