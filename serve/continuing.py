"""``/calls/{token}``: the page that a link to a call opens; it leads to the chat, where the caller goes on. No script, and nothing of the call.

Looking at it changes nothing, for messengers look at links before people do; only its button uses the link.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import structlog
from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.calls.drafting import GOES_ON
from bot.clock import now
from bot.connector.body import BodyRefused, read_body
from bot.custody import CallLink, LinkState, continue_call, look_at_link
from bot.errors import StorageError
from channels.web.channel import web_channel
from channels.web.page import ASSETS, assets
from channels.web.refusal import Refused
from channels.web.sender import check_same_origin, cookie_address
from serve.parts import WebParts

HERE = Path(__file__).parent / "templates"
STYLE = "/assets/calls/{version}/continuing.css"
BODY_LIMIT = 2048
"""Bytes of the form."""
TITLE = "您刚才打 12345 反映的事，可以在这里接着说"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_READS_BACK = "打开后，先请您看一下电话里听到的内容，没说全的再补充，核对好就登记。"
_OTHERWISE = "您可以在对话里直接说，也可以拨打 12345。"
_ENDS: dict[LinkState, tuple[int, str, str]] = {
    LinkState.LOCKED: (410, "这个链接已经停用", f"号码输错的次数太多了。{_OTHERWISE}"),
    LinkState.EARLY: (
        200,
        "请过一会儿再打开",
        "电话还没有结束，或者录音还在整理。过几分钟再打开这个链接就行。",
    ),
    LinkState.IN_HAND: (
        200,
        "您反映的事已经在办了",
        "工作人员已经为您登记，不用再说一遍。有要补充的，请拨打 12345。",
    ),
    LinkState.USED: (410, "这个链接已经用过了", "如果是您打开的，回到对话里接着说就行。"),
    LinkState.LEAVING: (409, "请过几分钟再打开", "您刚才要求删除个人信息，正在处理。处理完再打开这个链接。"),
    LinkState.GONE: (410, "这个链接已经不能用了", f"可能已经过期。{_OTHERWISE}"),
}
_AWAY = (503, "系统正忙", "请过一会儿再打开，这个链接还能用。")
_STRANGE = (403, "请在这个页面里操作", "请重新打开收到的链接，再按“接着说”。")
_CUT = (400, "没有收全", "网络不太好，请重新打开链接再试一次。")

_log = structlog.get_logger(__name__)

router = APIRouter(include_in_schema=False)


@router.get("/calls/{token}")
async def get_link(request: Request, token: str) -> Response:
    """Ask for what a link needs, or say why it leads nowhere."""
    parts = _parts(request)
    try:
        async with parts.database.session() as session:
            return _show(await look_at_link(session, parts.vault, token, now()))
    except (DBAPIError, PoolTimeoutError, OSError, StorageError) as error:
        return _busy(error)


@router.post("/calls/{token}")
async def post_link(request: Request, token: str) -> Response:
    """Use a link: the browser is its caller's from now on, and goes to the chat."""
    channel, parts = web_channel(request), _parts(request)
    try:
        check_same_origin(request)
        form = await read_body(request, limit=BODY_LIMIT, within=channel.body_wait)
    except Refused:
        return _end(_STRANGE)
    except BodyRefused:
        return _end(_CUT)
    sender = channel.cookie.read(request) or channel.cookie.make()
    address = cookie_address(sender)
    try:
        async with parts.database.session() as session, session.begin():
            link = await continue_call(session, parts.vault, token, _digits(form), GOES_ON, address, now())
    except (DBAPIError, PoolTimeoutError, OSError, StorageError) as error:
        return _busy(error)
    if link.state is not LinkState.CONTINUED:
        return _show(link)
    response = RedirectResponse("/", 303, headers={"Cache-Control": "no-store"})
    channel.cookie.write(response, sender, secure=request.url.scheme == "https")
    return response


@router.get(STYLE)
async def get_style(version: str) -> Response:
    """The page's style; browsers keep the present version for ever."""
    present, content = _style()
    kept = "public, max-age=31536000, immutable" if version == present else "no-cache"
    return Response(content, media_type="text/css", headers={"Cache-Control": kept})


def _parts(request: Request) -> WebParts:
    parts: WebParts = request.app.state.services
    return parts


def _digits(form: bytes) -> str:
    try:
        fields = parse_qs(form.decode("utf-8", "replace"), errors="replace", max_num_fields=5)
    except ValueError:
        return ""
    return fields.get("digits", [""])[0]


def _show(link: CallLink) -> Response:
    if link.state in _ENDS:
        return _end(_ENDS[link.state], chat=link.state is not LinkState.EARLY)
    notice = ""
    if link.state is LinkState.WRONG:
        notice = f"这不是打电话用的那个号码。请再看一下，还可以试 {link.tries} 次。"
    return _page(
        422 if notice else 200,
        title=TITLE,
        lines=[_READS_BACK],
        notice=notice,
        form=True,
        digits=link.asks_digits,
    )


def _end(said: tuple[int, str, str], *, chat: bool = False) -> Response:
    status, title, line = said
    return _page(status, title=title, lines=[line], chat=chat)


def _busy(error: Exception) -> Response:
    _log.warning("call_link_waits", error=type(error).__name__)
    return _end(_AWAY)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(
        assets=f"{ASSETS}/{assets()[0]}",
        style=STYLE.format(version=_style()[0]),
        notice="",
        form=False,
        chat=False,
    )
    return templates


@cache
def _style() -> tuple[str, bytes]:
    content = (HERE / "continuing.css").read_bytes()
    return hashlib.sha256(content).hexdigest()[:16], content


def _page(status: int, **values: Any) -> Response:
    """A page that nobody keeps or frames.

    ``Referrer-Policy`` is not ``no-referrer``: with that, browsers send ``Origin: null`` with our own form.
    """
    return Response(
        _templates().get_template("continuing.html").render(**values),
        status,
        media_type="text/html",
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": _POLICY,
            "Referrer-Policy": "same-origin",
        },
    )
