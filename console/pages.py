"""What the desks' pages share: who is let in, forms from our own pages only, templates on one base, one style, the strictest headers.

No page has a script. Each desk is a :class:`Pages` with a folder of its own: ``templates/`` beside the shared ones, and ``static/style.css``
behind the shared style.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import SudaError
from console import showing
from console.access import Denied, check_own_page, clerk_of

HERE = Path(__file__).parent
_FORM = "application/x-www-form-urlencoded"
_POLICY = "default-src 'none'; style-src 'self'; {more}form-action 'self'; base-uri 'none'; frame-ancestors {framed}"
_DENIALS = {
    401: "请用工号和本系统的密钥登录。",
    403: "请在本系统的页面内操作。",
    415: "提交的格式不对。",
}

Refuse = Callable[[SudaError], tuple[int, str]]
"""Status and the sentence a clerk reads of an error."""


class Pages:
    """The pages of one desk.

    Args:
        folder: Its templates and style.
        home: Path of its list.
        name: Of its style's address.
        more: Further directives of its content policy, each with its semicolon.
        errors: What it refuses with a sentence.
        refuse: The sentence.
        words: What its templates can name.
    """

    def __init__(
        self,
        folder: Path,
        home: str,
        name: str,
        *,
        errors: type[SudaError],
        refuse: Refuse,
        words: Mapping[str, Any],
        more: str = "",
    ) -> None:
        self._folder = folder
        self._home = home
        self._name = name
        self._more = more
        self._errors = errors
        self._refuse = refuse
        self._words = words

    def router(self) -> APIRouter:
        """A router below the desk's path; behind the door, its refusals are pages."""
        return APIRouter(prefix=self._home, route_class=self._route_class(), include_in_schema=False)

    def assets(self) -> APIRouter:
        """Serves the desk's style; browsers keep the present version for ever."""
        router = APIRouter(include_in_schema=False)

        @router.get(f"/assets/console/{{version}}/{self._name}.css")
        async def get_style(version: str) -> Response:
            present, content = self._style
            kept = "public, max-age=31536000, immutable" if version == present else "no-cache"
            return Response(content, media_type="text/css", headers={"Cache-Control": kept})

        return router

    def page(self, template: str, status: int = 200, *, framed: bool = False, **values: Any) -> Response:
        """A page that nobody keeps and nobody else's page shows; the frame is shown by ours.

        ``Referrer-Policy`` is not ``no-referrer``: with that, browsers send ``Origin: null`` with our own forms.
        """
        own = "'self'" if framed else "'none'"
        return Response(
            self._templates.get_template(template).render(**values),
            status,
            media_type="text/html",
            headers={
                "Cache-Control": "no-store",
                "Content-Security-Policy": _POLICY.format(framed=own, more=self._more),
                "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
                "Referrer-Policy": "same-origin",
            },
        )

    def _route_class(self) -> type[APIRoute]:
        pages = self

        class PageRoute(APIRoute):
            """Asks who it is, takes forms from our own pages only, and shows refusals as pages."""

            def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
                """FastAPI's handler behind the door."""
                handler = super().get_route_handler()

                async def guarded(request: Request) -> Response:
                    return await pages._behind_the_door(request, handler)

                return guarded

        return PageRoute

    async def _behind_the_door(
        self, request: Request, handler: Callable[[Request], Coroutine[Any, Any, Response]]
    ) -> Response:
        try:
            clerk_of(request)
            if request.method == "POST":
                check_own_page(request)
            return await handler(request)
        except Denied as denied:
            response = self.page("message.html", denied.status, message=_DENIALS[denied.status])
            if denied.status == 401:
                response.headers["WWW-Authenticate"] = 'Basic realm="Suda", charset="UTF-8"'
            return response
        except self._errors as error:
            status, sentence = self._refuse(error)
            return self.page("message.html", status, message=sentence)

    @cached_property
    def _templates(self) -> Environment:
        templates = Environment(
            loader=FileSystemLoader([self._folder / "templates", HERE / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        templates.filters.update(mask=showing.mask, city_time=showing.city_time)
        templates.globals.update(
            self._words,
            waited=showing.waited,
            home=self._home,
            style=f"/assets/console/{self._style[0]}/{self._name}.css",
        )
        return templates

    @cached_property
    def _style(self) -> tuple[str, bytes]:
        parts = (HERE / "static" / "desks.css", self._folder / "static" / "style.css")
        content = b"".join(part.read_bytes() for part in parts)
        return hashlib.sha256(content).hexdigest()[:16], content


async def form_of(request: Request, *, most: int = 20) -> dict[str, str]:
    """The fields of a form, the first of each name.

    Args:
        request: With a form as browsers send it.
        most: Fields that are read.

    Raises:
        Denied: 415.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Denied(415)
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, errors="replace", max_num_fields=most)
    except ValueError as error:
        raise Denied(415) from error
    return {name: values[0] for name, values in fields.items()}
