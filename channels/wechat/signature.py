"""Whether a request is WeChat's and fresh: checked in constant time, before anything is read."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.wechat.refusal import Refused

FRESH = 300.0
"""Seconds that a request's time may differ from ours: WeChat's three tries take 15, the rest is for clocks."""
LONGEST = 64
"""Characters of a signature, a time or a nonce; WeChat's are at most 40."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The signed part of a request's query.

    Attributes:
        timestamp: Seconds since 1970, as sent.
        nonce: As sent.
        token: The token that signed it.
        msg_signature: Signature of an encrypted body; None when the body is plain.
    """

    timestamp: str
    nonce: str
    token: str
    msg_signature: str | None


def sign(*parts: str) -> str:
    """WeChat's signature: SHA-1 of the sorted parts, 40 hexadecimal digits."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324 - the platform's


def check(query: Mapping[str, str], tokens: Sequence[str], now: float) -> Signed:
    """Check a request by its query alone.

    Args:
        query: ``signature``, ``timestamp``, ``nonce``, and of an encrypted body ``encrypt_type`` and ``msg_signature``.
        tokens: That may have signed.
        now: Seconds since 1970.

    Raises:
        Refused: ``unsigned``, ``stale`` or ``forged``.
    """
    signature, timestamp, nonce = (query.get(name, "") for name in ("signature", "timestamp", "nonce"))
    if not (signature and timestamp.isascii() and timestamp.isdecimal() and nonce):
        raise Refused("unsigned")
    if max(len(signature), len(timestamp), len(nonce)) > LONGEST:
        raise Refused("unsigned")
    if abs(int(timestamp) - now) > FRESH:
        raise Refused("stale")
    token = _signer(signature, tokens, timestamp, nonce)
    encrypted = query.get("encrypt_type", "").lower() == "aes"
    return Signed(timestamp, nonce, token, query.get("msg_signature", "")[:LONGEST] if encrypted else None)


def check_body(signed: Signed, encrypted: str) -> None:
    """Check the signature over an encrypted body.

    Raises:
        Refused: ``forged``.
    """
    expected = sign(signed.token, signed.timestamp, signed.nonce, encrypted)
    if not _same(signed.msg_signature or "", expected):
        raise Refused("forged")


def _signer(signature: str, tokens: Sequence[str], *parts: str) -> str:
    """The token that signed; each is tried, so that time tells nothing of which."""
    found = [token for token in tokens if _same(signature, sign(token, *parts))]
    if not found:
        raise Refused("forged")
    return found[0]


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())
