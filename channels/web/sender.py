"""Who is talking: an unguessable id in a signed cookie, or a name that an API caller vouches for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer
from starlette.requests import Request
from starlette.responses import Response

from channels.web.refusal import Refused

COOKIE = "suda_sender"
COOKIE_AGE = 400 * 24 * 3600
"""Seconds; browsers keep no cookie longer than 400 days, and every visit renews it."""


class SenderCookie:
    """Signs and reads the cookie.

    Args:
        keys: Secrets, newest first: the first signs, all are accepted, so a key is rotated by putting a new one in front.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("At least one cookie key is needed.")
        self._signer = Signer(
            list(reversed(keys)), salt="suda.web.sender", key_derivation="hmac", digest_method=hashlib.sha256
        )

    def read(self, request: Request) -> str | None:
        """The id in a cookie that we signed; ``None`` when there is none or it is not ours."""
        value = request.cookies.get(COOKIE)
        if not value:
            return None
        try:
            return self._signer.unsign(value).decode("ascii")
        except (BadSignature, UnicodeError):
            # A forged cookie gets a fresh identity, and so nobody's conversation.
            return None

    def write(self, response: Response, sender: str, *, secure: bool) -> None:
        """Give ``sender`` back to the browser, signed with the newest key."""
        response.set_cookie(
            COOKIE,
            self._signer.sign(sender).decode("ascii"),
            max_age=COOKIE_AGE,
            path="/",
            secure=secure,
            httponly=True,
            samesite="lax",
        )

    @staticmethod
    def make() -> str:
        """A new id of 192 random bits."""
        return secrets.token_urlsafe(24)


def cookie_address(sender: str) -> str:
    """The channel address of a browser; the prefix keeps it apart from every API caller's names."""
    return f"c:{sender}"


def vouched_address(sender_id: str) -> str:
    """The channel address of a sender whom an API caller named."""
    return f"k:{sender_id}"


def external_id(address: str, message_id: str) -> str:
    """The message's id in the channel: the client's own id inside a space that only this sender has.

    So one sender's ids can neither hit nor read another's messages.
    """
    space = hashlib.blake2b(address.encode(), digest_size=16, person=b"suda.web.message").hexdigest()
    return f"{space}:{message_id}"


def message_id_of(external: str) -> str:
    """The reverse of :func:`external_id`: the client's own id."""
    return external.partition(":")[2]


def check_api_key(request: Request, key: str) -> bool:
    """Whether the caller holds the API key.

    Returns:
        False when no key was sent.

    Raises:
        Refused: ``wrong_api_key``, when one was sent that is not ours.
    """
    sent = request.headers.get("x-api-key")
    if sent is None:
        return False
    if not hmac.compare_digest(sent.encode("latin-1", "replace"), key.encode()):
        raise Refused("wrong_api_key")
    return True


def check_same_origin(request: Request) -> None:
    """Refuse what another site's page sends with our citizen's cookie.

    Browsers say where a request comes from in ``Sec-Fetch-Site``, older ones in ``Origin``; programs send neither and
    have no cookie to abuse. Only host and port are compared: behind a TLS proxy our own scheme may read as http.

    Raises:
        Refused: ``cross_site``.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise Refused("cross_site")
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise Refused("cross_site")
