"""``/channels/voice``: recordings of calls come in, what became of them is asked, and citizens are let go on by a link; with the API key."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.calls.model import CallDetail, draft_json
from bot.clock import in_city, now
from channels.voice.channel import voice_channel
from channels.voice.parse import id_of_content, read_call
from channels.voice.refusal import NO_STORE, Refused
from channels.voice.upload import FORM, read_upload

_FIELDS = {
    "call_id": {"type": "string"},
    "caller": {"type": "string"},
    "started_at": {"type": "string", "format": "date-time"},
    "caller_channel": {"type": "string", "enum": ["left", "right", "auto"]},
}
_BODY: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in _FIELDS.items()
    ],
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}, **_FIELDS},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    },
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    401: {"description": "The key is missing or wrong."},
    408: {"description": "The recording did not come in time."},
    413: {"description": "The recording is too large."},
    415: {"description": "It is not a recording of a kind we know."},
    422: {"description": "It is empty, or something told with it is not as documented."},
    503: {"description": "It could not be stored; send it again."},
}


class VoiceRoute(APIRoute):
    """Asks for the key before anything is read, and turns refusals into ``{"error": {"code", "message"}}``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler behind the key."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                if not voice_channel(request).knows(request):
                    raise Refused("unauthorized")  # noqa: TRY301 - the same way out as for the others
                return await handler(request)
            except Refused as refused:
                return refused.response()

        return guarded


router = APIRouter(prefix="/channels/voice", route_class=VoiceRoute, tags=["voice"])


@router.post(
    "/recordings",
    status_code=202,
    summary="A recording of a call",
    openapi_extra=_BODY,
    responses=_RESPONSES,
)
async def post_recording(request: Request) -> Response:
    """Keep a recording and have it heard; 202 ``{"call_id", "state", "known", "url"}``.

    The same recording again is kept once, and recordings with the same ``call_id`` are of one call. Without ``call_id`` the recording itself
    names its call.
    """
    channel = voice_channel(request)
    async with channel.gate:
        recording, told = await read_upload(request, largest=channel.largest, within=channel.within)
        new = read_call(
            told,
            source="recording",
            at=now(),
            otherwise=id_of_content(recording.content),
            caller_channel=channel.caller_channel,
        )
        call = await channel.take_recording(new, recording)
    body = {
        "call_id": call.external_id,
        "state": call.state,
        "known": call.known,
        "url": f"/channels/voice/calls/{call.external_id}",
    }
    return JSONResponse(body, 202, headers=NO_STORE)


@router.get("/calls/{call_id}", summary="What became of a call", responses={404: {"description": "None."}})
async def get_call(request: Request, call_id: str) -> Response:
    """State, words and draft of a call; ``draft`` is null while none is made, ``cases`` are the numbers of what was filed."""
    return JSONResponse(call_json(await voice_channel(request).read(call_id)), headers=NO_STORE)


@router.post(
    "/calls/{call_id}/link",
    summary="Let the citizen go on in the web page",
    responses={404: {"description": "None."}, 409: {"description": "It was decided already."}},
)
async def post_link(request: Request, call_id: str) -> Response:
    """``{"url"}``: to be sent to the citizen, such as by SMS; good for 48 hours and one use. An earlier one is no longer good."""
    token = await voice_channel(request).link(call_id)
    return JSONResponse({"url": str(request.base_url.replace(path=f"/calls/{token}"))}, headers=NO_STORE)


def call_json(detail: CallDetail) -> dict[str, Any]:
    """A call as programs read it; moments in the city's time."""
    call = detail.call
    return {
        "call_id": call.external_id,
        "state": call.state,
        "source": call.source,
        "danger": call.danger,
        "speakers_mixed": call.mixed,
        "rejected": call.rejected,
        "started_at": in_city(call.started_at).isoformat(),
        "ended_at": None if call.ended_at is None else in_city(call.ended_at).isoformat(),
        "segments": [
            {
                "speaker": one.speaker,
                "start": one.start,
                "end": one.until,
                "text": one.text,
                "confidence": one.confidence,
                "final": one.final,
            }
            for one in detail.segments
        ],
        "draft": None if detail.draft is None else draft_json(detail.draft),
        "cases": list(call.cases),
    }
