"""Fetches what citizens send: photos, voice notes and videos, as long as WeChat keeps them (3 days)."""

from __future__ import annotations

from typing import Any

import aiohttp
import orjson
import structlog

from bot.connector import Fetched
from bot.errors import MediaRefused, PlatformAway, RateLimited
from channels.wechat.api import BAD_TOKEN, BUSY, TOO_OFTEN, WeChatApi
from channels.wechat.settings import WeChatSettings

log = structlog.get_logger(__name__)

GONE = frozenset({40007, 41005, 40003})
TIMEOUT = aiohttp.ClientTimeout(total=60.0, sock_connect=3.0, sock_read=20.0)
CHUNK = 64 * 1024


class WeChatFetcher:
    """See :class:`bot.connector.Fetcher`.

    Args:
        api: The account.
        settings: Where the interface is.
        http: Connections.
    """

    def __init__(self, api: WeChatApi, settings: WeChatSettings, http: aiohttp.ClientSession) -> None:
        self._api = api
        self._url = settings.api_url.rstrip("/")
        self._http = http

    async def fetch(self, medium: dict[str, Any], *, limit: int) -> Fetched:
        """Bring one file; a voice note in AMR, or in Speex of higher quality where the message says so."""
        path = "/cgi-bin/media/get/jssdk" if medium.get("format") == "speex" else "/cgi-bin/media/get"
        media_id = str(medium.get("media_id") or "")
        if not media_id:
            raise MediaRefused("gone")
        token = await self._api.token()
        fetched = await self._get(path, token, media_id, limit)
        if fetched is None:
            fetched = await self._get(path, await self._api.another_token(token), media_id, limit)
        if fetched is None:
            raise PlatformAway("WeChat refuses the token.")
        return fetched

    async def _get(self, path: str, token: str, media_id: str, limit: int) -> Fetched | None:
        """The file; None when the token was refused."""
        query = {"access_token": token, "media_id": media_id}
        try:
            async with self._http.get(self._url + path, params=query, timeout=TIMEOUT) as response:
                if response.status != 200:
                    raise PlatformAway(f"WeChat answers {response.status} for a file.")
                content = await _read(response, limit)
                kind = response.content_type
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise PlatformAway("A file could not be fetched from WeChat.") from error
        if kind in ("application/json", "text/plain") and content[:1] == b"{":
            _check_refusal(content)
            return None
        return Fetched(content)


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    if response.content_length is not None and response.content_length > limit:
        raise MediaRefused("too_large")
    content = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > limit:
            raise MediaRefused("too_large")
    return bytes(content)


def _check_refusal(content: bytes) -> None:
    """Raise what an error in place of a file means; return when another token may help."""
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise MediaRefused("broken") from error
    code = answer.get("errcode") if isinstance(answer, dict) else None
    if code in BAD_TOKEN:
        return
    if code in GONE:
        raise MediaRefused("gone")
    if code in TOO_OFTEN:
        raise RateLimited(f"WeChat: errcode {code}.", after=TOO_OFTEN[code])
    log.warning("wechat_file_refused", errcode=code)
    if code == BUSY:
        raise PlatformAway("WeChat is busy.")
    raise MediaRefused("gone")
