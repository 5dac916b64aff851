"""``POST /channels/telegram``: authenticate, store, acknowledge."""

from __future__ import annotations

import hmac

import orjson
import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.connector.body import BodyRefused, read_body
from bot.errors import StorageError
from bot.observability import metrics
from channels.telegram.calls import Caller
from channels.telegram.door import Door
from channels.telegram.parse import BODY_LIMIT, Unreadable, read_json
from channels.telegram.settings import PATH

_log = structlog.get_logger(__name__)

HEADER = "x-telegram-bot-api-secret-token"
BODY_WAIT = 20.0
"""Seconds a body may take to arrive."""
STATUS = {"too_long": 413, "too_slow": 408, "cut": 400}


def make_router(door: Door, caller: Caller, secret: str) -> APIRouter:
    """The route.

    Answers: 200 with nothing, or with one call for Telegram to make; 403 the secret is missing or wrong, before the body is
    looked at; 400, 408, 413 the body is no update; 503 not stored, Telegram brings it again.
    """
    router = APIRouter(include_in_schema=False)
    expected = secret.encode()

    @router.post(PATH)
    async def receive(request: Request) -> Response:
        shown = request.headers.get(HEADER, "")
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), expected):
            metrics.error_happened("telegram_wrong_secret")
            return Response(status_code=403, headers={"Connection": "close"})
        return await _receive(request, door, caller)

    return router


async def _receive(request: Request, door: Door, caller: Caller) -> Response:
    try:
        body = await read_body(request, limit=BODY_LIMIT, within=BODY_WAIT)
    except BodyRefused as error:
        metrics.error_happened("telegram_bad_body")
        return Response(status_code=STATUS[error.reason], headers={"Connection": "close"})
    try:
        raw = read_json(body)
    except Unreadable as error:
        metrics.error_happened("telegram_bad_body")
        _log.warning("telegram_bad_body", reason=str(error))
        return Response(status_code=400)
    try:
        call = await door.take(raw)
    except StorageError:
        _log.warning("telegram_update_not_stored")
        return Response(status_code=503)
    if call is not None and not call.may_be_lost:
        caller.start(call)
        call = None
    if call is None:
        return Response(status_code=200)
    return Response(orjson.dumps(call.as_json()), media_type="application/json")
