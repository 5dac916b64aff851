"""``/api/handovers``: the desk for programs with the API key, such as a city's own seat software."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.clock import now
from bot.errors import HandoverClosed, HandoverError, HandoverNotFound, HandoverNotHeld, SudaError
from bot.handover import (
    erase_handovers,
    hand_back,
    say_as_clerk,
    take_handover,
    waiting_handovers,
)
from console.access import CLERK, Denied, check_api_key, desk_of
from console.handovers.reading import read_for
from console.handovers.showing import detail_json, facts_json, waiting_json

NO_STORE = {"Cache-Control": "no-store"}
_REFUSALS: dict[type[SudaError], tuple[int, str, str]] = {
    HandoverNotFound: (404, "not_found", "没有这次转接。"),
    HandoverClosed: (409, "closed", "这次转接已经结束。"),
    HandoverNotHeld: (409, "not_held", "请先接手，再回复或交回。"),
}
_EMPTY = (422, "no_words", "请写下要说的话。")
_RESPONSES: dict[int | str, dict[str, Any]] = {
    401: {"description": "X-API-Key is missing or wrong."},
    404: {"description": "There is no such handover."},
    409: {"description": "`closed`: it has ended; `not_held`: this clerk has not taken it."},
}

Clerk = Annotated[str, StringConstraints(pattern=f"^{CLERK.pattern}$")]


class TakeBody(BaseModel):
    """Which clerk acts."""

    clerk: Clerk


class SayBody(TakeBody):
    """What a clerk says; the same ``key`` again is not said again."""

    words: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    key: str | None = Field(None, pattern="^[A-Za-z0-9._:-]{1,80}$")


class HandBackBody(TakeBody):
    """Which clerk hands back, and last words, if any."""

    words: Annotated[str, StringConstraints(max_length=4000)] | None = None


class ApiRoute(APIRoute):
    """Turns refusals into ``{"error": {"code", "message"}}``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler behind the key and inside our translation of errors."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                check_api_key(request)
                return await handler(request)
            except Denied as denied:
                return _error(denied.status, "unauthorized", "需要有效的密钥。")
            except HandoverError as error:
                return _error(*refusal(error))

        return guarded


router = APIRouter(prefix="/api/handovers", route_class=ApiRoute, tags=["handovers"], responses=_RESPONSES)


@router.get("", summary="Who waits for a person, and who is being helped")
async def get_handovers(request: Request) -> JSONResponse:
    """``{"handovers": [...]}``: open ones, dangers first, then the oldest; numbers of people are masked."""
    desk = desk_of(request)
    async with desk.database.session() as session, session.begin():
        await erase_handovers(session, now())
        found = await waiting_handovers(session, desk.vault, with_taken=True)
    return JSONResponse({"handovers": [waiting_json(one) for one in found]}, headers=NO_STORE)


@router.get("/{handover_id:uuid}", summary="One handover; unmasked for the clerk who holds it")
async def get_handover(request: Request, handover_id: UUID, clerk: Clerk | None = None) -> JSONResponse:
    """Summary, fields, the talk before (``transcript``), what was said since (``conversation``), what happened (``steps``).

    Numbers of people are masked unless ``clerk`` holds the handover; ``masked`` says which, and each reading without masks
    is one of the ``steps``, at most one a minute. ``expired``: what was said is no longer kept.
    """
    detail, whole = await read_for(desk_of(request), handover_id, clerk, now())
    return JSONResponse(detail_json(detail, is_masked=not whole), headers=NO_STORE)


@router.post("/{handover_id:uuid}/take", summary="Take it, also from another clerk")
async def post_take(request: Request, handover_id: UUID, body: TakeBody) -> JSONResponse:
    """The handover, taken."""
    async with desk_of(request).database.session() as session, session.begin():
        handover = await take_handover(session, handover_id, body.clerk, now())
    return JSONResponse(facts_json(handover), headers=NO_STORE)


@router.post("/{handover_id:uuid}/say", summary="Say something to the citizen")
async def post_say(request: Request, handover_id: UUID, body: SayBody) -> JSONResponse:
    """``{"said": true}``; false when ``key`` was used before."""
    desk, key = desk_of(request), body.key or secrets.token_urlsafe(16)
    async with desk.database.session() as session, session.begin():
        said = await say_as_clerk(session, desk.vault, handover_id, body.clerk, body.words, now(), key)
    return JSONResponse({"said": said}, headers=NO_STORE)


@router.post("/{handover_id:uuid}/hand_back", summary="Give it back to the bot")
async def post_hand_back(request: Request, handover_id: UUID, body: HandBackBody) -> JSONResponse:
    """The handover, ended; the citizen hears the last words, if any, and that the bot goes on."""
    desk = desk_of(request)
    async with desk.database.session() as session, session.begin():
        handover = await hand_back(session, desk.vault, handover_id, body.clerk, now(), body.words)
    return JSONResponse(facts_json(handover), headers=NO_STORE)


def refusal(error: SudaError) -> tuple[int, str, str]:
    """Status, code, and the sentence a clerk reads."""
    return _REFUSALS.get(type(error), _EMPTY)


def _error(status: int, code: str, sentence: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": sentence}}, status, headers=NO_STORE)
