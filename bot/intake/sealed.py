"""The sealed forms of a message and of a reply."""

from __future__ import annotations

import json
from typing import Any

import orjson

from bot.messages import Incoming, Reply
from bot.storage.sealing import open_sealed, seal


def seal_incoming(key: bytes, incoming: Incoming) -> bytes:
    """Text and payload of a message, exactly as the citizen sent them, under the citizen's key."""
    value = {"text": incoming.text, "payload": incoming.payload}
    try:
        body = orjson.dumps(value)
    except TypeError:  # a lone surrogate, which UTF-8 cannot hold but a JSON escape can
        body = json.dumps(value).encode()
    return seal(key, body, bound_to="inbox")


def open_incoming(key: bytes, sealed: bytes) -> tuple[str, dict[str, Any]]:
    """The text and the payload that :func:`seal_incoming` wrote.

    Raises:
        StorageError: The key does not open it.
    """
    body = open_sealed(key, sealed, bound_to="inbox")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = json.loads(body)
    return value["text"], value["payload"]


def seal_reply(key: bytes, reply: Reply) -> bytes:
    """A reply under the citizen's key."""
    return seal(key, orjson.dumps(reply.as_json()), bound_to="outbox")


def open_reply(key: bytes, sealed: bytes) -> Reply:
    """The reply that :func:`seal_reply` wrote.

    Raises:
        StorageError: The key does not open it.
    """
    return Reply.from_json(orjson.loads(open_sealed(key, sealed, bound_to="outbox")))
