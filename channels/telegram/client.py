"""The Bot API client: python-telegram-bot with our time-outs, our pool, silent logs, and statuses that stay data."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, cast

import httpx
import orjson
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest, RequestData

from channels.telegram.settings import TelegramSettings

CONNECT, READ, WRITE, POOL = 5.0, 15.0, 10.0, 5.0
"""Seconds a step of a call may take; together less than the grace of a worker that ends."""
POLL_WAIT = 25
"""Seconds for which Telegram holds a request for updates when there are none."""
CONNECTIONS = 64
_KEPT = 5.0
"""Seconds an idle connection is kept: less than servers do, so that few calls meet one that is being closed."""
_SILENT = ("httpx", "httpcore", "telegram")

_DEFAULT = HTTPXRequest.DEFAULT_NONE


class TooFast(TelegramError):  # noqa: N818 - the platform's "Too Many Requests"
    """429: ``after`` is how many seconds to wait."""

    def __init__(self, after: float) -> None:
        super().__init__(f"Too many requests: wait {after:g} s.")
        self.after = after


class ServerTrouble(TelegramError):  # noqa: N818
    """5xx: ``status`` says which."""

    def __init__(self, status: int) -> None:
        super().__init__(f"The Bot API answered {status}.")
        self.status = status


class Wire(HTTPXRequest):
    """HTTP for :class:`telegram.Bot`; raises by status what the library keeps only in a sentence."""

    __slots__ = ()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = _DEFAULT,
        write_timeout: Any = _DEFAULT,
        connect_timeout: Any = _DEFAULT,
        pool_timeout: Any = _DEFAULT,
    ) -> tuple[int, bytes]:
        """As the base class.

        Raises:
            TooFast, ServerTrouble: By status.
            telegram.error.NetworkError: Its ``__cause__`` is what httpx said.
        """
        status, body = await super().do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        if status == 429:
            raise TooFast(_retry_after(body))
        if status >= 500:
            raise ServerTrouble(status)
        return status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the base class, which would log what it cannot read."""
        try:
            return cast("dict[str, Any]", orjson.loads(payload))
        except orjson.JSONDecodeError:
            raise TelegramError("The Bot API's answer is no JSON.") from None


class Client(Bot):
    """The bot, and updates as Telegram sent them: one that cannot be read must not hide the others."""

    async def raw_updates(self, offset: int | None, allowed: Sequence[str]) -> list[dict[str, Any]]:
        """Updates from ``offset`` on, which confirms those before it; waits for some up to :data:`POLL_WAIT` seconds."""
        data = {"offset": offset, "timeout": POLL_WAIT, "limit": 100, "allowed_updates": allowed}
        return cast(
            "list[dict[str, Any]]", await self._post("getUpdates", data, read_timeout=READ + POLL_WAIT)
        )


def make_client(settings: TelegramSettings) -> Client:
    """The client; nothing is called yet. End with :func:`close_client`."""
    silence_libraries()
    return Client(
        settings.bot_token,
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=_wire(settings, CONNECTIONS),
        get_updates_request=_wire(settings, 2),
    )


async def close_client(client: Client) -> None:
    """Close its connections."""
    for request in client._request:  # ``Bot.shutdown`` closes only what ``initialize`` opened with a call
        await request.shutdown()


def silence_libraries() -> None:
    """Keep the libraries' own lines out of the log at every level: URLs hold the token, and calls hold what was said."""
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _wire(settings: TelegramSettings, connections: int) -> Wire:
    return Wire(
        read_timeout=READ,
        write_timeout=WRITE,
        connect_timeout=CONNECT,
        pool_timeout=POOL,
        httpx_kwargs={
            "limits": httpx.Limits(max_connections=connections, keepalive_expiry=_KEPT),
            "trust_env": settings.uses_proxy,
        },
    )


def _retry_after(body: bytes) -> float:
    try:
        seconds = float(orjson.loads(body)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return 1.0
    return min(max(seconds, 0.1), 86_400.0)
