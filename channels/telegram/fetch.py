"""Photos, files and voice notes: asked for by their id, read no further than allowed."""

from __future__ import annotations

from typing import Any

import httpx
import structlog
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.connector import Fetched
from bot.errors import ChannelError, MediaRefused, PlatformAway, RateLimited
from channels.telegram.client import CONNECT, POOL, READ, WRITE, Client, TooFast
from channels.telegram.settings import TelegramSettings

_log = structlog.get_logger(__name__)

PLATFORM_LIMIT = 20 * 1024 * 1024
"""Bytes of the largest file that the Bot API hands out."""


class TelegramFetcher:
    """Fetches; one a process.

    Args:
        client: The Bot API.
        http: For the files themselves; see :func:`file_client`.
    """

    def __init__(self, client: Client, http: httpx.AsyncClient) -> None:
        self._client = client
        self._http = http

    async def fetch(self, medium: dict[str, Any], *, limit: int) -> Fetched:
        """Bring one file; see :class:`bot.connector.Fetcher`.

        ``limit`` counts up to the platform's 20 MB.

        Raises:
            PlatformAway, RateLimited: Not now.
            MediaRefused: ``too_large``, ``gone``.
        """
        most = min(limit, PLATFORM_LIMIT)
        _refuse_over(most, medium.get("size"))
        try:
            found = await self._client.get_file(str(medium.get("file_id", "")))
        except TelegramError as error:
            raise _file_meaning(error) from error
        _refuse_over(most, found.file_size)
        if not found.file_path:
            raise MediaRefused("gone")
        content = await self._read(found.file_path, most)
        return Fetched(content, str(medium.get("name") or found.file_path.rpartition("/")[2]))

    async def _read(self, url: str, most: int) -> bytes:
        content = bytearray()
        try:
            async with self._http.stream("GET", url) as response:
                if response.status_code in (400, 404, 410):
                    raise MediaRefused("gone")
                if response.status_code != 200:
                    raise PlatformAway(f"Telegram's files answered {response.status_code}.")
                announced = response.headers.get("content-length", "")
                _refuse_over(most, int(announced) if announced.isdecimal() else 0)
                async for chunk in response.aiter_bytes():
                    content += chunk
                    _refuse_over(most, len(content))
        except (httpx.HTTPError, httpx.InvalidURL):
            # Without its cause, whose text may hold the address and with it the token.
            raise PlatformAway("Telegram's files cannot be reached.") from None
        return bytes(content)


def file_client(settings: TelegramSettings) -> httpx.AsyncClient:
    """A client for the files, with the channel's time-outs and proxies; close it."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(connect=CONNECT, read=READ, write=WRITE, pool=POOL),
        limits=httpx.Limits(max_connections=8),
        trust_env=settings.uses_proxy,
    )


def _refuse_over(limit: int, size: object) -> None:
    if isinstance(size, int) and size > limit:
        raise MediaRefused("too_large")


def _file_meaning(error: TelegramError) -> ChannelError:
    """Asking again costs nothing, so what is unsure may be tried again."""
    if isinstance(error, TooFast):
        return RateLimited("Telegram wants us to wait.", after=error.after)
    if isinstance(error, BadRequest):
        return MediaRefused("too_large" if "too big" in error.message.lower() else "gone")
    if isinstance(error, InvalidToken):
        _log.error("telegram_token_refused")
    return PlatformAway("Telegram cannot be reached.")
