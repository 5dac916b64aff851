"""``/channels/voice/stream``: a WebSocket on which a call centre's transcription engine says what is being said, of one call or of many.

Each final stretch is stored before it is acknowledged. Partial ones are kept in memory, for they come several times a second; those that were
never finished when the call ends or the connection breaks are stored then, so that the last words of a call are not lost.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import orjson
import structlog
from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.calls.model import NewCall, Segment
from bot.clock import now
from bot.observability import metrics
from channels.voice.channel import VoiceChannel, voice_channel
from channels.voice.parse import Message, read_message
from channels.voice.refusal import Refused

LONGEST_MESSAGE = 65_536
"""Characters of one message."""
MOST_PARTIAL = 200
"""Unfinished stretches of one call that are remembered."""
MOST_CALLS = 2000
"""Calls with unfinished stretches on one connection."""
NOT_LET_IN = 1008

_log = structlog.get_logger(__name__)
router = APIRouter()


@router.websocket("/channels/voice/stream")
async def stream(websocket: WebSocket) -> None:
    """Serve one connection until it ends."""
    channel = voice_channel(websocket)
    if not channel.knows(websocket):
        await websocket.close(NOT_LET_IN)  # before it is accepted: the handshake is answered 403
        return
    await websocket.accept()
    talk = _Talk(channel)
    try:
        while True:
            await _say(websocket, await talk.take(await _heard(websocket)))
    except WebSocketDisconnect:
        pass
    finally:
        await talk.keep_unfinished()


async def _heard(websocket: WebSocket) -> str | bytes:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1000)
    text, content = message.get("text"), message.get("bytes")
    return text if text is not None else content or b""


async def _say(websocket: WebSocket, answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        await websocket.send_text(orjson.dumps(answer).decode())


class _Talk:
    """What is remembered of one connection."""

    def __init__(self, channel: VoiceChannel) -> None:
        self._channel = channel
        self._calls: dict[str, NewCall] = {}
        self._partial: dict[str, dict[str, Segment]] = {}

    async def take(self, raw: str | bytes) -> list[dict[str, Any]]:
        """The answers to one message; what is wrong with it is one of them, and the connection stays."""
        call_id = None
        try:
            if len(raw) > LONGEST_MESSAGE:
                raise Refused("too_long")  # noqa: TRY301 - the same way out as for the others
            message = read_message(raw, at=now())
            call_id = message.call.external_id
            return await self._take(message)
        except Refused as refused:
            metrics.error_happened(f"voice_stream_{refused.code}")
            return [{"type": "error", "call_id": call_id, **refused.as_json()["error"]}]

    async def keep_unfinished(self) -> None:
        """The connection is over: store what was never finished. The calls go on; another connection may continue them."""
        for call_id in list(self._partial):
            with suppress(Refused):
                await self._store(call_id)

    async def _take(self, message: Message) -> list[dict[str, Any]]:
        call = message.call
        call_id = call.external_id
        if message.type == "start":
            await self._channel.start(call)
            return [{"type": "started", "call_id": call_id}]
        if message.type == "end":
            await self._channel.end(call, self._unfinished(call_id))
            self._forget(call_id)
            return [{"type": "ended", "call_id": call_id}]
        segment = message.segment
        if segment is None:  # pragma: no cover - a message that is neither has one
            return []
        if not segment.final:
            await self._remember(call, segment)
            return []
        alarm = await self._channel.say(call, (segment,))
        partial = self._partial.get(call_id, {})
        partial.pop(segment.key, None)
        if not partial:
            self._forget(call_id)
        answers: list[dict[str, Any]] = [{"type": "ack", "call_id": call_id, "key": segment.key}]
        if alarm is not None:
            answers.append({"type": "danger", "call_id": call_id, "name": alarm.name, "advice": alarm.advice})
        return answers

    async def _remember(self, call: NewCall, segment: Segment) -> None:
        """Keep an unfinished stretch in mind; where too many are, the oldest are stored.

        Raises:
            Refused: They cannot be stored: this one is not kept.
        """
        call_id = call.external_id
        if call_id not in self._partial and len(self._partial) >= MOST_CALLS:
            await self._store(next(iter(self._partial)))
        known = self._partial.get(call_id, {})
        if segment.key not in known and len(known) >= MOST_PARTIAL:
            await self._store(call_id)
        self._calls[call_id] = call
        self._partial.setdefault(call_id, {})[segment.key] = segment

    async def _store(self, call_id: str) -> None:
        """Store a call's unfinished stretches and forget them.

        Raises:
            Refused: ``busy``: they are still in mind; ``erased``.
        """
        try:
            if unfinished := self._unfinished(call_id):
                await self._channel.say(self._calls[call_id], unfinished)
        except Refused as refused:
            if refused.code == "busy":
                raise
        self._forget(call_id)

    def _unfinished(self, call_id: str) -> tuple[Segment, ...]:
        return tuple(self._partial.get(call_id, {}).values())

    def _forget(self, call_id: str) -> None:
        self._calls.pop(call_id, None)
        self._partial.pop(call_id, None)
