"""The sealed form of a file: found by a keyed hash of its content, unreadable without the key, of no telling length."""

from __future__ import annotations

import hmac
from typing import Any

import orjson

from bot.errors import StorageError
from bot.storage.sealing import open_sealed, seal

BLOCK = 65_536
"""Bytes to whose multiple a file is filled up before it is sealed: else its length alone would tell which file it is, and an anonymous
case's copy of a photo would be known by it."""
_LENGTH = 8


def name_of(key: bytes, content: bytes) -> str:
    """Where a file lies: 64 hexadecimal characters, the same for the same content under the same key and telling nothing to others."""
    address_key = hmac.digest(key, b"attachment address", "sha256")
    return hmac.digest(address_key, content, "sha256").hex()


def seal_file(key: bytes, name: str, content: bytes) -> bytes:
    """A file as it is stored; it opens only at its own name."""
    filled = len(content).to_bytes(_LENGTH) + content
    return seal(key, filled + bytes(-len(filled) % BLOCK), bound_to=f"attachment {name}")


def open_file(key: bytes, name: str, sealed: bytes) -> bytes:
    """The reverse of :func:`seal_file`.

    Raises:
        StorageError: Another key, another name or changed bytes.
    """
    filled = open_sealed(key, sealed, bound_to=f"attachment {name}")
    length = int.from_bytes(filled[:_LENGTH])
    if length > len(filled) - _LENGTH:
        raise StorageError("A sealed file is shorter than it says.")
    return filled[_LENGTH : _LENGTH + length]


def seal_facts(key: bytes, facts: dict[str, Any]) -> bytes:
    """What is known of a file and might tell who sent it: name, size, place."""
    return seal(key, orjson.dumps(facts), bound_to="attachment facts")


def open_facts(key: bytes, sealed: bytes) -> dict[str, Any]:
    """The reverse of :func:`seal_facts`."""
    facts: dict[str, Any] = orjson.loads(open_sealed(key, sealed, bound_to="attachment facts"))
    return facts
