"""The chat page and its files, held in memory: one address for the page, one for everything it loads."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from channels.web.channel import web_channel

STATIC = Path(__file__).parent / "static"
ASSETS = "/assets/web"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the component's style sheet carries small pictures of its own
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
"""Only our own files run or paint; nothing inline, no frames, no string becomes markup or code."""

_FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: plain and compressed, with its type."""

    plain: bytes
    packed: bytes
    media_type: str


@cache
def assets() -> tuple[str, dict[str, Asset]]:
    """A name for this set of files, made from their content, and the files by their path under ``static``.

    The name is part of every address, also of the modules that import each other by relative path, so browsers may keep
    files for ever and never mix two versions.
    """
    files: dict[str, Asset] = {}
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if not path.is_file() or path.suffix not in (".js", ".css", ".svg", ".webmanifest"):
            continue
        name = path.relative_to(STATIC).as_posix()
        content = path.read_bytes()
        digest.update(name.encode() + b"\0" + content)
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/manifest+json"
        files[name] = Asset(content, gzip.compress(content, 9, mtime=0), kind)
    return digest.hexdigest()[:16], files


@cache
def _page() -> bytes:
    version, _ = assets()
    return (
        (STATIC / "page.html").read_text(encoding="utf-8").replace("{assets}", f"{ASSETS}/{version}").encode()
    )


router = APIRouter(include_in_schema=False)


@router.get("/")
async def get_page(request: Request) -> Response:
    """The chat page; gives or renews the cookie that says whose conversation it shows."""
    channel = web_channel(request)
    response = Response(_page(), media_type="text/html")
    response.headers.update(
        {
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
    )
    sender = channel.cookie.read(request) or channel.cookie.make()
    channel.cookie.write(response, sender, secure=request.url.scheme == "https")
    return response


@router.get(ASSETS + "/{version}/{name:path}")
async def get_asset(request: Request, version: str, name: str) -> Response:
    """One file of the page; an address of an older version answers with the present file, uncached."""
    present, files = assets()
    asset = files.get(name)
    if asset is None:
        return Response("没有这个文件。", 404, media_type="text/plain")
    packed = "gzip" in request.headers.get("accept-encoding", "")
    response = Response(asset.packed if packed else asset.plain, media_type=asset.media_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = _FOREVER if version == present else "no-cache"
    return response


@router.get("/favicon.ico")
async def get_icon() -> Response:
    """The icon for browsers that ask for it by its old name."""
    return Response(assets()[1]["icon.svg"].plain, media_type="image/svg+xml")
