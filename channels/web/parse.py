"""From the bytes of a request body to what a citizen said (pure)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.web.refusal import Refused

BODY_LIMIT = 64 * 1024
"""Bytes of a request body; 10,000 Chinese characters, even escaped as JSON ``\\uXXXX``, are 60,000."""

_MESSAGE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One posted message.

    Attributes:
        text: What was said; NUL is dropped and lone surrogates become U+FFFD, since neither can be stored as text.
        message_id: The client's own id of the message, the key of safe retries.
        sender_id: Whom an API caller speaks for.
        sent_at: When an API caller says it was said; aware.
    """

    text: str
    message_id: str | None = None
    sender_id: str | None = None
    sent_at: datetime | None = None


def parse_chat(body: bytes) -> ChatRequest:
    """Read ``{"text", "message_id"?, "sender_id"?, "sent_at"?}``; unknown fields are ignored, ``null`` means absent.

    Raises:
        Refused: With the code that says which part is wrong.
    """
    if not body.strip():
        raise Refused("empty_body")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused("not_json") from error
    if not isinstance(data, dict):
        raise Refused("not_object")
    text = data.get("text")
    if not isinstance(text, str):
        raise Refused("bad_text")
    return ChatRequest(
        text=clean(text),
        message_id=_message_id(data.get("message_id")),
        sender_id=_sender_id(data.get("sender_id")),
        sent_at=_sent_at(data.get("sent_at")),
    )


def clean(text: str) -> str:
    """The text without what UTF-8 or PostgreSQL cannot hold."""
    if _UNSTORABLE.search(text) is None:
        return text
    # Two escaped halves of one character are joined by the JSON reader already; what is left is alone.
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


def _message_id(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or _MESSAGE_ID.fullmatch(value) is None:
        raise Refused("bad_message_id")
    return value


def _sender_id(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= 128 or not value.isprintable() or value.isspace():
        raise Refused("bad_sender_id")
    return value


def _sent_at(value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refused("bad_sent_at")
    try:
        moment = datetime.fromisoformat(value)
        # The year's edges overflow once a zone is applied; a day's distance keeps every later conversion safe.
        if moment.tzinfo is None or abs(moment - datetime(2000, 1, 1, tzinfo=UTC)) > timedelta(
            days=365 * 200
        ):
            raise Refused("bad_sent_at")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused("bad_sent_at") from error
