"""``/channels/voice/stream``: a WebSocket on which a call centre's transcription engine says what is being said, of one call or of many.

Each final stretch is stored before it is acknowledged. Partial ones are kept in memory, for they come several times a second; those that were
never finished when the call ends or the connection breaks are stored then, so that the last words of a call are not lost.
"""

from __future__ import annotations

from collections import defaultdict
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
OVERLAP = 0.3
"""Seconds by which two stretches that follow each other may overlap."""
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
        self._partial: dict[str, dict[str, Segment]] = defaultdict(dict)
        self._finished: dict[tuple[str, str], float] = {}

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
            if unfinished := self._unfinished(call_id):
                with suppress(Refused):
                    await self._channel.say(self._calls[call_id], unfinished)

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
        danger = await self._channel.say(call, (segment,))
        if call_id in self._partial:
            self._partial[call_id].pop(segment.key, None)
        whose = (call_id, segment.speaker)
        if len(self._finished) > MOST_CALLS:
            self._finished.clear()  # of calls whose end was never told
        self._finished[whose] = max(segment.until, self._finished.get(whose, 0.0))
        answers: list[dict[str, Any]] = [{"type": "ack", "call_id": call_id, "key": segment.key}]
        return [*answers, {"type": "danger", "call_id": call_id}] if danger else answers

    async def _remember(self, call: NewCall, segment: Segment) -> None:
        call_id = call.external_id
        if call_id not in self._partial and len(self._partial) >= MOST_CALLS:
            await self.keep_unfinished()
        self._calls.setdefault(call_id, call)
        self._partial[call_id][segment.key] = segment
        if len(self._partial[call_id]) > MOST_PARTIAL:
            await self._channel.say(call, self._unfinished(call_id))

    def _unfinished(self, call_id: str) -> tuple[Segment, ...]:
        """The stretches of a call that were never finished, once; not those that a finished one of the same speaker covers by another name."""
        partial = self._partial.pop(call_id, {}).values()
        return tuple(
            one for one in partial if one.start >= self._finished.get((call_id, one.speaker), 0.0) - OVERLAP
        )

    def _forget(self, call_id: str) -> None:
        self._calls.pop(call_id, None)
        for speaker in ("caller", "operator", "unknown"):
            self._finished.pop((call_id, speaker), None)
