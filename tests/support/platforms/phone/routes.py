"""The phone's routes: ``/`` and its files, ``/phone/...`` for what the citizen does and sees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.support.platforms.phone.contract import Line, Phone, Press, WireNote

_FOLDER = Path(__file__).parent
_FILES = {
    "": ("phone.html", "text/html; charset=utf-8"),
    "phone.css": ("phone.css", "text/css; charset=utf-8"),
    "phone.js": ("phone.js", "text/javascript; charset=utf-8"),
    "phone.svg": ("phone.svg", "image/svg+xml"),
}
FILE_LIMIT = 10 * 1024 * 1024
"""Bytes of a photo or a voice note."""
TEXT_LIMIT = 4096
"""Characters of a text."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def phone_routes(phone: Phone) -> APIRouter:
    """The page and its interface; to be included in a FastAPI app or mounted at ``/`` of a Starlette one.

    - ``GET /phone/about`` -> ``{"platform", "title", "menu": [{"title", "press"}], "deeds": [...]}``
    - ``POST /phone/say`` ``{"text"?, "press"?, "location"?: {"latitude", "longitude", "label"?}}`` -> ``{"said": n}``
    - ``POST /phone/photo``, the image itself as body -> ``{"said": 1}``
    - ``POST /phone/voice``, the recording itself as body -> ``{"said": 1}``
    - ``GET /phone/messages?after=N`` -> ``{"messages": [{"n", "from", "text", "buttons", "at", "note"?, "photo"?, "event"?}], "typing"}``
    - ``GET /phone/wire?after=N`` -> ``{"notes": [{"n", "way", "title", "detail", "well", "seconds", "at"}]}``

    What cannot be done is 400, with ``{"error"}``.
    """
    router = APIRouter()
    routes = _Routes(phone)
    router.add_route("/", _file, methods=["GET"])
    router.add_route("/assets/{name}", _file, methods=["GET"])
    router.add_route("/phone/about", routes.about, methods=["GET"])
    router.add_route("/phone/say", routes.say, methods=["POST"])
    router.add_route("/phone/photo", routes.photo, methods=["POST"])
    router.add_route("/phone/voice", routes.voice, methods=["POST"])
    router.add_route("/phone/messages", routes.messages, methods=["GET"])
    router.add_route("/phone/wire", routes.wire, methods=["GET"])
    return router


async def _file(request: Request) -> Response:
    known = _FILES.get(request.path_params.get("name", ""))
    if known is None:
        return Response("没有这个文件。", 404, media_type="text/plain")
    name, kind = known
    return Response((_FOLDER / name).read_bytes(), headers={**_HEADERS, "Content-Type": kind})


class _Routes:
    """The interface of one phone."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    async def about(self, _: Request) -> Response:
        phone = self._phone
        menu, deeds = [_press(one) for one in phone.menu()], [_press(one) for one in phone.deeds()]
        return _json({"platform": phone.platform, "title": phone.title, "menu": menu, "deeds": deeds})

    async def say(self, request: Request) -> Response:
        # Another site's page cannot send this type without asking first, so it cannot speak for the citizen.
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _refused("application/json is needed", 415)
        try:
            said = _act(self._phone, json.loads(await request.body()))
        except (ValueError, LookupError, TypeError, KeyError) as error:
            return _refused(str(error) or type(error).__name__)
        return _json({"said": said})

    async def photo(self, request: Request) -> Response:
        content = await _file_of(request)
        if content is None:
            return _refused("more than 10 MB", 413)
        if not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
            return _refused("neither JPEG nor PNG")
        self._phone.send_photo(content)
        return _json({"said": 1})

    async def voice(self, request: Request) -> Response:
        content = await _file_of(request)
        if content is None:
            return _refused("more than 10 MB", 413)
        if not content:
            return _refused("an empty recording")
        self._phone.send_voice(content)
        return _json({"said": 1})

    async def messages(self, request: Request) -> Response:
        lines = [_line(one) for one in self._phone.lines(_after(request))]
        return _json({"messages": lines, "typing": self._phone.typing()})

    async def wire(self, request: Request) -> Response:
        return _json({"notes": [_note(one) for one in self._phone.wire(_after(request))]})


async def _file_of(request: Request) -> bytes | None:
    """The body; None when it is too long."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > FILE_LIMIT:
            return None
    return bytes(content)


def _act(phone: Phone, asked: Any) -> int:
    """Do what was asked, and count the deeds."""
    if not isinstance(asked, dict):
        raise TypeError("an object is needed")
    said = 0
    if (text := asked.get("text")) is not None:
        if not isinstance(text, str) or not 0 < len(text) <= TEXT_LIMIT:
            raise ValueError("text must have 1 to 4096 characters")
        phone.say(text)
        said += 1
    if (press := asked.get("press")) is not None:
        phone.press(str(press))
        said += 1
    if (place := asked.get("location")) is not None:
        latitude, longitude = float(place["latitude"]), float(place["longitude"])
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError("no place on Earth")
        phone.send_location(latitude, longitude, str(place.get("label") or ""))
        said += 1
    if not said:
        raise ValueError("text, press or location is needed")
    return said


def _after(request: Request) -> int:
    after = request.query_params.get("after", "0")
    return int(after) if after.isdecimal() else 0


def _press(one: Press) -> dict[str, str]:
    return {"title": one.title, "press": one.press}


def _line(one: Line) -> dict[str, Any]:
    line: dict[str, Any] = {
        "n": one.n,
        "from": one.sender,
        "text": one.text,
        "buttons": [_press(button) for button in one.buttons],
        "at": one.at.isoformat(),
    }
    others = {"note": one.note, "photo": one.photo, "event": one.event}
    return line | {name: value for name, value in others.items() if value}


def _note(one: WireNote) -> dict[str, Any]:
    return {
        "n": one.n,
        "way": one.way,
        "title": one.title,
        "detail": one.detail,
        "well": one.well,
        "seconds": round(one.seconds, 3),
        "at": one.at.isoformat(),
    }


def _json(body: dict[str, Any]) -> Response:
    return JSONResponse(body, headers=_HEADERS)


def _refused(why: str, status: int = 400) -> Response:
    return JSONResponse({"error": why}, status, headers=_HEADERS)
