"""The platform's interface under ``/cgi-bin``, as accounts call it: tokens, messages, media, the menu."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.platforms.serving import cut
from tests.support.platforms.wechat.errors import answer_of
from tests.support.platforms.wechat.menus import menu_errcode
from tests.support.platforms.wechat.records import Call
from tests.support.platforms.wechat.sending import (
    Outcome,
    send_custom,
    send_subscribed,
    send_template,
    send_typing,
)

if TYPE_CHECKING:
    from tests.support.platforms.wechat.platform import WeChatPlatform

Handler = Callable[["WeChatPlatform", dict[str, Any]], Outcome]

_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\u(?!00[01][0-9a-fA-F])")


def read_body(raw: bytes) -> tuple[dict[str, Any] | None, bool]:
    r"""A call's JSON object as WeChat reads it, and whether it held ``\u`` escapes.

    WeChat takes ``\u4f60`` for six characters of text and shows them so: JSON must come in plain UTF-8.
    """
    literal, escapes = _ESCAPE.subn(rb"\1\\\\u", raw)
    try:
        body = json.loads(literal)
    except ValueError:
        return None, False
    return (body if isinstance(body, dict) else None), escapes > 0


def _create_menu(platform: WeChatPlatform, body: dict[str, Any]) -> Outcome:
    code = menu_errcode(body)
    if code == 0:
        platform.menu = body
    return Outcome(code)


def _get_menu(platform: WeChatPlatform, _: dict[str, Any]) -> Outcome:
    return Outcome(46003) if platform.menu is None else Outcome(0, {"menu": platform.menu})


def _delete_menu(platform: WeChatPlatform, _: dict[str, Any]) -> Outcome:
    platform.menu = None
    return Outcome(0)


def _addresses(_: WeChatPlatform, __: dict[str, Any]) -> Outcome:
    return Outcome(0, {"ip_list": ["127.0.0.1"]})


CALLS: dict[str, tuple[str, str | None, Handler]] = {
    "message/custom/send": ("POST", "custom", send_custom),
    "message/custom/typing": ("POST", "custom", send_typing),
    "message/template/send": ("POST", "template", send_template),
    "message/subscribe/bizsend": ("POST", "subscribe", send_subscribed),
    "menu/create": ("POST", "menu", _create_menu),
    "menu/get": ("GET", "menu", _get_menu),
    "menu/delete": ("GET", "menu", _delete_menu),
    "get_api_domain_ip": ("GET", None, _addresses),
    "getcallbackip": ("GET", None, _addresses),
}
"""Path -> method, the interface that the account must have, and what is done."""


class Api:
    """Answers an account's calls.

    Args:
        platform: On whose state.
    """

    def __init__(self, platform: WeChatPlatform) -> None:
        self._platform = platform
        self.routes = [
            Route("/cgi-bin/{path:path}", self.handle, methods=["GET", "POST"]),
            Route("/pic/{media_id}", self.picture),
        ]

    async def handle(self, request: Request) -> Response:
        """One call: faults first, then what was asked."""
        platform, path, began = self._platform, request.path_params["path"], time.monotonic()
        at = datetime.now(UTC)
        raw = await request.body()
        if platform.faults.bad_gateway:
            platform.note(Call(platform.next_n(), path, -1, at, time.monotonic() - began, "HTTP 502"))
            return Response("<html><h1>502 Bad Gateway</h1></html>", 502, media_type="text/html")
        fault = platform.faults.of_call(path)
        if fault.cut == "before":
            outcome = Outcome(-1, detail="断开，没有处理")
        elif fault.errcode is not None:
            outcome = Outcome(fault.errcode)
        else:
            outcome = self._answer(request, path, raw)
        seconds = time.monotonic() - began
        platform.note(
            Call(platform.next_n(), path, outcome.errcode, at, seconds, outcome.detail, fault.cut or "")
        )
        if fault.cut is not None:
            await cut(request)
        return _response(outcome)

    def _answer(self, request: Request, path: str, raw: bytes) -> Outcome:
        if path in ("token", "stable_token"):
            return self._token(request, path, raw)
        platform = self._platform
        if code := platform.tokens.errcode(request.query_params.get("access_token")):
            return Outcome(code)
        if path in ("media/get", "media/get/jssdk"):
            return self._medium(request.query_params.get("media_id"), wide=path.endswith("jssdk"))
        if path not in CALLS:
            return Outcome(40066)
        method, interface, handler = CALLS[path]
        if request.method != method:
            return Outcome(43001 if method == "GET" else 43002)
        if interface is not None and interface not in platform.account.interfaces:
            return Outcome(48001)
        if method == "GET":
            return handler(platform, {})
        if not raw:
            return Outcome(44002)
        body, escaped = read_body(raw)
        if body is None:
            return Outcome(47001)
        if escaped:
            platform.problem(f"{path}: JSON with \\u escapes, which WeChat shows as they are")
        return handler(platform, body)

    def _token(self, request: Request, path: str, raw: bytes) -> Outcome:
        account, tokens = self._platform.account, self._platform.tokens
        asked: dict[str, Any] = dict(request.query_params)
        if path == "stable_token":
            if request.method != "POST":
                return Outcome(43002)
            asked = read_body(raw)[0] or {}
        if asked.get("grant_type") != "client_credential":
            return Outcome(40002)
        if asked.get("appid") != account.appid:
            return Outcome(40013)
        if asked.get("secret") != account.secret:
            return Outcome(40125)
        made = (
            tokens.stable(force=asked.get("force_refresh") is True)
            if path == "stable_token"
            else tokens.plain()
        )
        if made is None:
            return Outcome(45009)
        return Outcome(0, {"access_token": made[0], "expires_in": made[1]}, f"有效 {made[1]} 秒")

    def _medium(self, media_id: str | None, *, wide: bool) -> Outcome:
        medium = self._platform.media.find(media_id)
        if medium is None or (wide and medium.wide is None):
            return Outcome(40007)
        if medium.ending == "mp4":
            return Outcome(0, {"video_url": f"{self._platform.url}/pic/{media_id}"})
        content, ending = (medium.wide, "speex") if wide else (medium.content, medium.ending)
        kind = "voice/speex" if wide else medium.type
        return Outcome(0, {"file": (content, kind, f"{media_id}.{ending}")}, f"{len(content or b'')} 字节")

    async def picture(self, request: Request) -> Response:
        """A picture by the address in a message (PicUrl), as browsers get it."""
        medium = self._platform.media.find(request.path_params["media_id"])
        if medium is None:
            return Response("gone", 404, media_type="text/plain")
        return Response(medium.content, media_type=medium.type, headers={"X-Content-Type-Options": "nosniff"})


def _response(outcome: Outcome) -> Response:
    if outcome.errcode == 0 and "file" in outcome.others:
        content, kind, name = outcome.others["file"]
        return Response(
            content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )
    bare = outcome.errcode == 0 and outcome.others and "msgid" not in outcome.others
    body = outcome.others if bare else answer_of(outcome.errcode, **outcome.others)
    return JSONResponse(body, media_type="application/json; encoding=utf-8")
