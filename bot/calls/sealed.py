"""The sealed forms of what was said in a call and of the draft made of it; both open only with their citizen's key, at their own call."""

from __future__ import annotations

import hmac
from uuid import UUID

import structlog
from pydantic import TypeAdapter, ValidationError

from bot.calls.model import Draft
from bot.storage.sealing import open_sealed, open_text, seal

_log = structlog.get_logger(__name__)
_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)


def digest_of(key: bytes, words: str) -> bytes:
    """A keyed hash of words: tells whether they are the same, and nothing to those without the key."""
    return hmac.digest(key, b"call words " + words.encode("utf-8", "surrogatepass"), "sha256")


def seal_words(key: bytes, call_id: UUID, words: str) -> bytes:
    """A stretch's words."""
    return seal(key, words, bound_to=f"call {call_id}")


def open_words(key: bytes, call_id: UUID, sealed: bytes) -> str:
    """The reverse of :func:`seal_words`.

    Raises:
        StorageError: The key does not open it.
    """
    return open_text(key, sealed, bound_to=f"call {call_id}")


def seal_draft(key: bytes, call_id: UUID, draft: Draft) -> bytes:
    """A draft."""
    return seal(key, _DRAFT.dump_json(draft), bound_to=f"call draft {call_id}")


def open_draft(key: bytes, call_id: UUID, sealed: bytes) -> Draft | None:
    """The reverse of :func:`seal_draft`; None when a version that cannot be read any more wrote it.

    Raises:
        StorageError: The key does not open it.
    """
    try:
        return _DRAFT.validate_json(open_sealed(key, sealed, bound_to=f"call draft {call_id}"))
    except ValidationError:
        _log.warning("call_draft_of_another_version", call=str(call_id))
        return None
