"""``/api/chat``: say something, read one's own conversation, hear what comes later."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import now
from bot.connector.body import BodyRefused, read_body
from bot.errors import RateLimited, SudaError
from bot.messages import Incoming
from channels.web.channel import WebChannel, web_channel
from channels.web.lines import line_json, line_key
from channels.web.parse import BODY_LIMIT, parse_chat
from channels.web.port import Line
from channels.web.refusal import Refused, json_response, refusal_response
from channels.web.sender import (
    check_api_key,
    check_same_origin,
    cookie_address,
    external_id,
    vouched_address,
)
from channels.web.stream import stream_lines

log = structlog.get_logger(__name__)

HISTORY_LIMIT = 200
"""Lines that a reloaded page shows."""


class ChatRoute(APIRoute):
    """Turns what the channel and the core raise into ``{"error": {"code", "message"}}``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler inside our translation of errors."""
        handler = super().get_route_handler()

        async def translated(request: Request) -> Response:
            return await _translate(handler, request)

        return translated


async def _translate(handler: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
    try:
        return await handler(request)
    except Refused as refused:
        return refusal_response(refused)
    except BodyRefused as error:
        return refusal_response(Refused("empty_body" if error.reason == "cut" else error.reason))
    except RateLimited:
        return refusal_response(Refused("too_fast"))
    except SudaError as error:
        log.exception("web_request_failed", path=request.url.path, error=type(error).__name__)
        return refusal_response(Refused("busy"))


router = APIRouter(prefix="/api/chat", route_class=ChatRoute, tags=["chat"])

_MESSAGE_SCHEMA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["text"],
                    "properties": {
                        "text": {"type": "string"},
                        "message_id": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,128}$"},
                        "sender_id": {"type": "string", "minLength": 1, "maxLength": 128},
                        "sent_at": {"type": "string", "format": "date-time"},
                    },
                }
            }
        },
    }
}
_REFUSAL_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is not as documented."},
    401: {"description": "X-API-Key is wrong."},
    403: {"description": "Another site's page, or sender_id without X-API-Key."},
    408: {"description": "The body did not arrive in time; try again with the same message_id."},
    413: {"description": "The body is longer than 64 KB."},
    415: {"description": "The body is not application/json."},
    429: {"description": "Too much, too fast."},
    503: {"description": "The message could not be stored; try again with the same message_id."},
}


@router.post(
    "/messages",
    summary="Say something",
    openapi_extra=_MESSAGE_SCHEMA,
    responses={202: {"description": "Stored; the reply comes on the stream."}, **_REFUSAL_RESPONSES},
)
async def post_message(request: Request) -> Response:
    """Store one message and answer 200 ``{"messages", "keys"}``, or 202 ``{"message_id"}`` when the reply takes longer.

    ``keys`` are the names that history and stream use for the same messages.
    """
    channel = web_channel(request)
    trusted = check_api_key(request, channel.api_key)
    if not trusted:
        check_same_origin(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused("not_json_type")
    chat = parse_chat(await read_body(request, limit=BODY_LIMIT, within=channel.body_wait))
    if not trusted and (chat.sender_id is not None or chat.sent_at is not None):
        raise Refused("api_key_required")

    new_sender = None
    if chat.sender_id is not None:
        address = vouched_address(chat.sender_id)
    else:
        sender = channel.cookie.read(request)
        if sender is None:
            sender = new_sender = channel.cookie.make()
        address = cookie_address(sender)
    message_id = chat.message_id or secrets.token_urlsafe(16)
    inbox_id = await channel.conversations.accept(
        Incoming(
            channel="web",
            address=address,
            external_id=external_id(address, message_id),
            text=chat.text,
            sent_at=chat.sent_at or now(),
        )
    )
    lines = await channel.conversations.wait_for_replies(inbox_id, channel.reply_wait)
    response = _answer(lines, message_id)
    if new_sender is not None:
        channel.cookie.write(response, new_sender, secure=request.url.scheme == "https")
    return response


@router.get("/history", summary="One's own conversation", responses={200: {"description": "Oldest first."}})
async def get_history(request: Request) -> Response:
    """``{"messages": [...], "cursor"}``: the sender's last lines, and where a stream has to go on from."""
    channel = web_channel(request)
    address = _reader(channel, request)
    lines = [] if address is None else await channel.conversations.history(address, HISTORY_LIMIT)
    cursor = max((line.id for line in lines), default=0)
    return json_response({"messages": [line_json(line) for line in lines], "cursor": str(cursor)})


@router.get(
    "/stream",
    summary="What is said later",
    responses={
        200: {"description": "Server-sent events named `message`.", "content": {"text/event-stream": {}}}
    },
)
async def get_stream(request: Request) -> Response:
    """Server-sent events; ``Last-Event-ID``, or ``?after=`` at first, goes on without loss or doubling."""
    channel = web_channel(request)
    address = _reader(channel, request)
    if address is None:
        # Nobody can be answered who has not been given a cookie: the page gives one, so this is not our page.
        raise Refused("no_sender")
    return stream_lines(channel, request, address)


def _reader(channel: WebChannel, request: Request) -> str | None:
    """The address whose conversation this request may read."""
    sender_id = request.query_params.get("sender_id")
    if check_api_key(request, channel.api_key):
        if sender_id is not None:
            return vouched_address(sender_id)
    elif sender_id is not None:
        raise Refused("api_key_required")
    else:
        check_same_origin(request)
    sender = channel.cookie.read(request)
    return None if sender is None else cookie_address(sender)


def _answer(lines: list[Line] | None, message_id: str) -> Response:
    if lines is None:
        return json_response({"message_id": message_id}, 202)
    return json_response(
        {"messages": [line.reply.as_json() for line in lines], "keys": [line_key(line) for line in lines]}
    )
