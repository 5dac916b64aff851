"""What every request passes on its way in and out: an id, limits, headers, errors without their text.

Plain ASGI: one object, no task of its own, so that it costs microseconds and streams stay streams.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.observability import metrics

_log = structlog.get_logger(__name__)

SENTENCES = {
    400: "请求的格式不对。",
    401: "需要有效的密钥。",
    403: "没有权限。",
    404: "没有这个地址。",
    405: "这个地址不支持这种请求。",
    413: "内容太长了，请分几次发送。",
    415: "请用 JSON 格式发送。",
    422: "请求的内容不完整。",
    429: "发送得太快了，请稍等一下。",
    500: "系统出了点问题，请稍后再试。",
    503: "系统正忙，请稍后再试。",
}
CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json_type",
    422: "invalid",
    429: "too_fast",
    500: "internal",
    503: "unavailable",
}

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Set where a route has not set its own."""


class _TooLargeError(Exception):
    """The body grew over the limit while it was read."""


def error_body(status: int) -> bytes:
    """``{"error": {"code", "message"}}`` for a status: fixed words, never an exception's."""
    known = status if status in CODES else (500 if status >= 500 else 400)
    return orjson.dumps({"error": {"code": CODES[known], "message": SENTENCES[known]}})


class Edge:
    """The outermost middleware.

    Args:
        app: What is inside.
        body_limit: Bytes of a request's body.
        larger: Paths that take larger ones, each with its own limit; they ask who it is before they read.
    """

    def __init__(self, app: ASGIApp, *, body_limit: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit = body_limit
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = False
        limit = self._larger.get(scope["path"], self._limit)

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers["X-Request-Id"] = request_id
                _count(scope, message["status"])
            await send(message)

        try:
            declared = _declared_length(scope)
            if declared is not None and declared > limit:
                raise _TooLargeError  # noqa: TRY301 - the same way out as for a body that grows
            await self._app(scope, _limited(receive, limit), guarded_send)
        except _TooLargeError:
            if not started:
                await _refuse(guarded_send, 413)
        except Exception:
            metrics.error_happened("request_failed")
            _log.exception("request_failed", route=_route(scope))
            if started:
                raise
            await _refuse(guarded_send, 500)


def _declared_length(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return None


def _limited(receive: Receive, limit: int) -> Receive:
    read = 0

    async def limited_receive() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > limit:
                raise _TooLargeError
        return message

    return limited_receive


async def _refuse(send: Send, status: int) -> None:
    body = error_body(status)
    headers: list[Any] = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _route(scope: Scope) -> str:
    """The route's pattern: the path itself may carry ids and is without bound."""
    route = scope.get("route")
    return getattr(route, "path", "unknown")


def _count(scope: Scope, status: int) -> None:
    metrics.REQUESTS.labels(_route(scope), f"{status // 100}xx").inc()
