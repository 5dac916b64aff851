"""Requests that are to be refused, of every kind we know: each with its query, headers and body."""

from __future__ import annotations

from tests.support.wechat_request import KEY, TOKEN, Signed, signature, text_message, xml

Forgery = tuple[dict[str, str], dict[str, str], bytes]
MEGABYTE = 1_000_000


def forged_wechat(_secret: str) -> dict[str, Forgery]:
    """For the WeChat webhook in safe mode."""
    good = Signed(text_message(), key=KEY)
    other = Signed(text_message("别的"), key=KEY)
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b'<!ENTITY b "&a;&a;&a;&a;">' * 50 + b"]><xml>&b;</xml>"
    junk = "A" * 4096
    signed_junk = good.query() | {"msg_signature": signature(TOKEN, good.timestamp, good.nonce, junk)}
    return {
        "unsigned": ({}, {}, good.content()),
        "forged": (good.query() | {"signature": "0" * 40}, {}, good.content()),
        "stale": (Signed("x", timestamp="1700000000", key=KEY).query(), {}, good.content()),
        "plain in safe mode": (Signed("x").query(), {}, text_message().encode()),
        "body of another signature": (good.query(), {}, other.content()),
        "1 MB announced": (good.query(), {"content-length": str(MEGABYTE)}, b"<xml>" + b"a" * MEGABYTE),
        "1 MB in pieces": (good.query(), {}, b"<xml>" + b"a" * MEGABYTE),
        "entity bomb": (good.query(), {}, bomb),
        "deep XML": (good.query(), {}, b"<xml>" + b"<a>" * 15_000),
        "badly encrypted": (signed_junk, {}, xml(Encrypt=junk).encode()),
    }


def forged_telegram(secret: str) -> dict[str, Forgery]:
    """For the Telegram webhook."""
    right = {"x-telegram-bot-api-secret-token": secret}
    update = b'{"update_id": 1}'
    return {
        "no secret": ({}, {}, update),
        "wrong secret": ({}, {"x-telegram-bot-api-secret-token": "x" * 29}, update),
        "1 MB announced": ({}, right | {"content-length": str(MEGABYTE)}, b"[" * MEGABYTE),
        "1 MB in pieces": ({}, right, b'{"a": "' + b"a" * MEGABYTE),
        "deep JSON": ({}, right, b"[" * 60_000),
        "deep JSON in an object": ({}, right, b'{"a":' * 10_000),
        "a string of escapes": ({}, right, b'{"a": "' + b'\\"' * 30_000),
        "no JSON": ({}, right, b"\xff" * 60_000),
    }
