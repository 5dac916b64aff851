"""``/console/handovers``: the desk as plain pages; no script, so that the strictest policy holds.

The conversation is a frame that loads itself again, so what a clerk is typing beside it stays.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.clock import now
from bot.errors import HandoverError, SudaError
from bot.handover import erase_handovers, hand_back, say_as_clerk, take_handover, waiting_handovers
from console.access import clerk_of, desk_of
from console.handovers import showing
from console.handovers.api import refusal
from console.handovers.reading import read_for
from console.pages import Pages, form_of

Act = Callable[[AsyncSession, str, dict[str, str]], Coroutine[Any, Any, Any]]


def _refused(error: SudaError) -> tuple[int, str]:
    status, _, sentence = refusal(error)
    return status, sentence


pages = Pages(
    Path(__file__).parent,
    "/console/handovers",
    "handovers",
    errors=HandoverError,
    refuse=_refused,
    more="frame-src 'self'; ",
    words={
        "reasons": showing.REASONS,
        "states": showing.STATES,
        "channels": showing.CHANNELS,
        "speakers": showing.SPEAKERS,
        "steps": showing.STEPS,
        "untold": showing.UNTOLD,
        "not_told": showing.NOT_TOLD,
    },
)
router = pages.router()


@router.get("")
async def get_list(request: Request) -> Response:
    """Who waits and who is being helped; numbers of people are masked."""
    desk, at = desk_of(request), now()
    async with desk.database.session() as session, session.begin():
        await erase_handovers(session, at)
        found = await waiting_handovers(session, desk.vault, with_taken=True)
    return pages.page(
        "list.html",
        clerk=clerk_of(request),
        waiting=[one for one in found if one.handover.state == "waiting"],
        taken=[one for one in found if one.handover.state == "taken"],
        at=at,
    )


@router.get("/{handover_id:uuid}")
async def get_detail(request: Request, handover_id: UUID) -> Response:
    """One handover: what is known, what was said, and what a clerk can do."""
    return await _detail(request, handover_id)


@router.get("/{handover_id:uuid}/conversation")
async def get_conversation(request: Request, handover_id: UUID, n: int = 0) -> Response:
    """The frame: what was said since. ``n`` alternates, for an address with the same path and ``#end`` is not loaded again."""
    detail, _ = await read_for(desk_of(request), handover_id, clerk_of(request), now())
    return pages.page("conversation.html", framed=True, detail=detail, next=1 - (n % 2))


@router.post("/{handover_id:uuid}/take")
async def post_take(request: Request, handover_id: UUID) -> Response:
    """接手."""

    async def take(session: AsyncSession, clerk: str, _form: dict[str, str]) -> None:
        await take_handover(session, handover_id, clerk, now())

    return await _act(request, handover_id, take)


@router.post("/{handover_id:uuid}/say")
async def post_say(request: Request, handover_id: UUID) -> Response:
    """发送; the form's key keeps a button pressed twice from saying it twice."""
    vault = desk_of(request).vault

    async def say(session: AsyncSession, clerk: str, form: dict[str, str]) -> None:
        key = form.get("key", "")[:80].lstrip("/") or secrets.token_urlsafe(16)
        await say_as_clerk(session, vault, handover_id, clerk, form.get("words", ""), now(), key)

    return await _act(request, handover_id, say)


@router.post("/{handover_id:uuid}/hand_back")
async def post_hand_back(request: Request, handover_id: UUID) -> Response:
    """交回机器人."""
    vault = desk_of(request).vault

    async def back(session: AsyncSession, clerk: str, _form: dict[str, str]) -> None:
        await hand_back(session, vault, handover_id, clerk, now())

    return await _act(request, handover_id, back)


async def _act(request: Request, handover_id: UUID, act: Act) -> Response:
    """Do what a form asks and show the handover again; what was typed stays when it could not be done."""
    clerk, form = clerk_of(request), await form_of(request)
    try:
        async with desk_of(request).database.session() as session, session.begin():
            await act(session, clerk, form)
    except HandoverError as error:
        status, code, sentence = refusal(error)
        if code == "not_found":
            raise
        return await _detail(request, handover_id, status, notice=sentence, typed=form.get("words", ""))
    return RedirectResponse(f"/console/handovers/{handover_id}", 303, headers={"Cache-Control": "no-store"})


async def _detail(
    request: Request, handover_id: UUID, status: int = 200, *, notice: str = "", typed: str = ""
) -> Response:
    clerk, at = clerk_of(request), now()
    detail, whole = await read_for(desk_of(request), handover_id, clerk, at)
    return pages.page(
        "detail.html",
        status,
        clerk=clerk,
        detail=detail,
        whole=whole,
        notice=notice,
        typed=typed,
        key=secrets.token_urlsafe(16),
        at=at,
    )
