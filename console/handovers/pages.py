"""``/console/handovers``: the desk as plain pages; no script, so that the strictest policy holds.

The conversation is a frame that loads itself again, so what a clerk is typing beside it stays.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from fastapi import APIRouter
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.clock import now
from bot.errors import HandoverError
from bot.handover import erase_handovers, hand_back, say_as_clerk, take_handover, waiting_handovers
from console.handovers import showing
from console.handovers.access import Denied, check_own_page, clerk_of, desk_of
from console.handovers.api import refusal
from console.handovers.reading import read_for

HERE = Path(__file__).parent
STYLE = HERE / "static" / "handovers.css"
_FORM = "application/x-www-form-urlencoded"
_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {framed}"
)
_DENIALS = {
    401: "请用工号和本系统的密钥登录。",
    403: "请在本系统的页面内操作。",
    415: "提交的格式不对。",
}

Act = Callable[[AsyncSession, str, dict[str, str]], Coroutine[Any, Any, Any]]


class PageRoute(APIRoute):
    """Asks who it is, takes forms from our own pages only, and shows refusals as pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler behind the door."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                clerk_of(request)
                if request.method == "POST":
                    check_own_page(request)
                return await handler(request)
            except Denied as denied:
                response = _page("message.html", denied.status, message=_DENIALS[denied.status])
                if denied.status == 401:
                    response.headers["WWW-Authenticate"] = 'Basic realm="Suda", charset="UTF-8"'
                return response
            except HandoverError as error:
                status, _, sentence = refusal(error)
                return _page("message.html", status, message=sentence)

        return guarded


router = APIRouter(prefix="/console/handovers", route_class=PageRoute, include_in_schema=False)
assets_router = APIRouter(include_in_schema=False)


@router.get("")
async def get_list(request: Request) -> Response:
    """Who waits and who is being helped; numbers of people are masked."""
    desk, at = desk_of(request), now()
    async with desk.database.session() as session, session.begin():
        await erase_handovers(session, at)
        found = await waiting_handovers(session, desk.vault, with_taken=True)
    return _page(
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
    return _page("conversation.html", framed=True, detail=detail, next=1 - (n % 2))


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


@assets_router.get("/assets/console/{version}/handovers.css")
async def get_style(version: str) -> Response:
    """The pages' style; browsers keep the present version for ever."""
    present, content = _style()
    kept = "public, max-age=31536000, immutable" if version == present else "no-cache"
    return Response(content, media_type="text/css", headers={"Cache-Control": kept})


async def _act(request: Request, handover_id: UUID, act: Act) -> Response:
    """Do what a form asks and show the handover again; what was typed stays when it could not be done."""
    clerk, form = clerk_of(request), await _form(request)
    try:
        async with desk_of(request).database.session() as session, session.begin():
            await act(session, clerk, form)
    except HandoverError as error:
        status, code, sentence = refusal(error)
        if code == "not_found":
            raise
        return await _detail(request, handover_id, status, notice=sentence, typed=form.get("words", ""))
    return RedirectResponse(f"/console/handovers/{handover_id}", 303, headers={"Cache-Control": "no-store"})


async def _form(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Denied(415)
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, errors="replace", max_num_fields=20)
    except ValueError as error:
        raise Denied(415) from error
    return {name: values[0] for name, values in fields.items()}


async def _detail(
    request: Request, handover_id: UUID, status: int = 200, *, notice: str = "", typed: str = ""
) -> Response:
    clerk, at = clerk_of(request), now()
    detail, whole = await read_for(desk_of(request), handover_id, clerk, at)
    return _page(
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


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(mask=showing.mask, city_time=showing.city_time)
    templates.globals.update(
        waited=showing.waited,
        reasons=showing.REASONS,
        states=showing.STATES,
        channels=showing.CHANNELS,
        speakers=showing.SPEAKERS,
        steps=showing.STEPS,
        untold=showing.UNTOLD,
        not_told=showing.NOT_TOLD,
        style=f"/assets/console/{_style()[0]}/handovers.css",
    )
    return templates


@cache
def _style() -> tuple[str, bytes]:
    content = STYLE.read_bytes()
    return hashlib.sha256(content).hexdigest()[:16], content


def _page(template: str, status: int = 200, *, framed: bool = False, **values: Any) -> Response:
    """A page that nobody keeps and nobody else's page shows; the frame is shown by ours.

    ``Referrer-Policy`` is not ``no-referrer``: with that, browsers send ``Origin: null`` with our own forms.
    """
    own = "'self'" if framed else "'none'"
    return Response(
        _templates().get_template(template).render(**values),
        status,
        media_type="text/html",
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": _POLICY.format(framed=own),
            "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
            "Referrer-Policy": "same-origin",
        },
    )
