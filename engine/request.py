"""Reading a turn from its JSON: every field is checked here, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Dict, List, Optional
from uuid import UUID

import orjson

from engine.faults import TurnError
from engine.sealing import Seal

TEXT_LIMIT = 16_000
"""Characters of one message; channels cut long before."""

_SLASH = "/"
_PLAIN_SLASH = "\N{FULLWIDTH SOLIDUS}"


@dataclass(frozen=True)
class TurnRequest:
    """One message to answer, or one intent of ours to act on.

    Attributes:
        conversation: The citizen.
        inbox_id: The message; a repeat is answered from the record.
        text: As Rasa shall see it, never a slash-intent.
        intent: ``EXTERNAL_...`` for a turn that the bot begins; then ``text`` is empty.
        entities: Of that intent.
        seal: Of the citizen's key.
        channel: Where the citizen writes.
        metadata: What actions find in ``tracker.latest_message["metadata"]``.
    """

    conversation: UUID
    inbox_id: int
    text: str
    intent: Optional[str]
    entities: List[Dict[str, Any]]
    seal: Seal
    channel: str
    metadata: Dict[str, Any]


def plain(text: str) -> str:
    """The text without NUL and, at its beginning, with a full-width slash for a slash.

    Rasa reads ``/name{...}`` as an intent that skips understanding, ``/restart`` included. Nobody may type those.
    """
    text = text.replace("\0", "").strip()
    return _PLAIN_SLASH + text[1:] if text.startswith(_SLASH) else text


def _bad(field: str, wanted: str) -> TurnError:
    return TurnError(400, "bad_request", f"{field} must be {wanted}.")


def _field(body: Dict[str, Any], name: str, kind: type, wanted: str) -> Any:
    value = body.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _bad(name, wanted)
    return value


def read_body(raw: bytes) -> Dict[str, Any]:
    """The JSON object of a request.

    Raises:
        TurnError: 400, it is none.
    """
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise TurnError(400, "bad_request", "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise TurnError(400, "bad_request", "The body is not a JSON object.")
    return body


def read_conversation(body: Dict[str, Any]) -> UUID:
    """The field ``conversation_id``.

    Raises:
        TurnError: 400, it is no UUID.
    """
    try:
        return UUID(_field(body, "conversation_id", str, "a UUID"))
    except ValueError as error:
        raise _bad("conversation_id", "a UUID") from error


def read_turn(raw: bytes) -> TurnRequest:
    """A turn from the body of ``POST /webhooks/suda/turn``.

    Raises:
        TurnError: 400 or 413, with the field that is wrong.
    """
    body = read_body(raw)
    inbox_id = _field(body, "inbox_id", int, "a whole number")
    if not 0 <= inbox_id < 2**63:
        raise _bad("inbox_id", "a whole number of 63 bits")
    sent_at = _field(body, "sent_at", str, "a time with its zone")
    try:
        moment = datetime.fromisoformat(sent_at.replace("Z", "+00:00"))
    except ValueError as error:
        raise _bad("sent_at", "a time with its zone") from error
    if moment.tzinfo is None:
        raise _bad("sent_at", "a time with its zone")
    channel = _field(body, "channel", str, "the name of a channel")
    metadata = body.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise _bad("metadata", "an object")
    intent, entities = body.get("intent"), body.get("entities") or []
    if intent is None:
        text = _field(body, "text", str, "text")
        if entities:
            raise _bad("entities", "left out unless there is an intent")
    else:
        text = ""
        if not isinstance(intent, str) or not intent.startswith("EXTERNAL_"):
            raise _bad("intent", "one that begins with EXTERNAL_")
        if not isinstance(entities, list) or not all(isinstance(e, dict) and "entity" in e for e in entities):
            raise _bad("entities", "a list of {entity, value}")
    if len(text) > TEXT_LIMIT:
        raise TurnError(413, "too_large", f"text is longer than {TEXT_LIMIT} characters.")
    return TurnRequest(
        conversation=read_conversation(body),
        inbox_id=inbox_id,
        text=plain(text),
        intent=intent,
        entities=entities,
        seal=Seal.from_base64(_field(body, "key", str, "base64")),
        channel=channel,
        metadata={**metadata, "inbox_id": inbox_id, "sent_at": sent_at, "channel": channel},
    )
