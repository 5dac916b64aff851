"""Who may work at the desks: programs with the API key, clerks with a name and the same key, from our own pages only."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from typing import Protocol, cast

from starlette.requests import Request

from bot.errors import SudaError
from bot.settings import Settings
from bot.storage import Database
from bot.storage.sealing import Vault

CLERK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,39}")
"""A clerk's id in the city's own staff list; ASCII, so that it is no name by accident."""


class Desk(Protocol):
    """What desks need of ``app.state.services``."""

    @property
    def settings(self) -> Settings:
        """The settings."""
        ...

    @property
    def database(self) -> Database:
        """Where sessions come from."""
        ...

    @property
    def vault(self) -> Vault:
        """Opens citizens' keys."""
        ...


class Denied(SudaError):  # noqa: N818 - the answer it leads to
    """A request that desks do not take; ``status`` is 401, 403 or 415."""

    def __init__(self, status: int) -> None:
        super().__init__(f"denied with status {status}")
        self.status = status


def desk_of(request: Request) -> Desk:
    """The parts of the process that serves this request."""
    return cast("Desk", request.app.state.services)


def check_api_key(request: Request) -> None:
    """Let programs with ``X-API-Key`` in.

    Raises:
        Denied: 401.
    """
    if not _is_key(request, request.headers.get("x-api-key", "")):
        raise Denied(401)


def clerk_of(request: Request) -> str:
    """The clerk's id of HTTP Basic authentication: the name is the clerk's id, the password the API key.

    Raises:
        Denied: 401.
    """
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    try:
        name, _, password = base64.b64decode(sent, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        name, password = "", ""
    right = _is_key(request, password)
    if scheme.lower() != "basic" or not right or CLERK.fullmatch(name) is None:
        raise Denied(401)
    return name


def check_own_page(request: Request) -> None:
    """Refuse forms of other sites: browsers send Basic credentials along with them.

    Browsers say in ``Sec-Fetch-Site`` where a form comes from; over plain http, and older ones, only in ``Origin``, of which
    host and port are compared: behind a TLS proxy our own scheme may read as http. What says neither is refused: programs
    have the API.

    Raises:
        Denied: 403.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        own = site == "same-origin"
    else:
        own = request.headers.get("origin", "").partition("://")[2] == request.headers.get("host")
    if not own:
        raise Denied(403)


def _is_key(request: Request, sent: str) -> bool:
    key: str = request.app.state.api_key
    return bool(key) and hmac.compare_digest(sent.encode("utf-8", "replace"), key.encode())
