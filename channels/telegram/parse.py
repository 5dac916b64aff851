"""From the bytes of an update to what a citizen said (pure)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from telegram import CallbackQuery, Chat, Update
from telegram.constants import ChatType

from bot.messages import Incoming
from channels.telegram.buttons import pressed_words
from channels.telegram.contents import contents, is_service

CHANNEL = "telegram"
BODY_LIMIT = 64 * 1024
"""Bytes of one update. A text of 4,096 characters that answers another, all escaped, is under 50 KB."""
DEEPEST = 32
"""Levels of nesting; real updates have about ten."""
ALLOWED = ("message", "edited_message", "callback_query")
"""Kinds of updates that we ask for."""

_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""One pass over the body, which ends where it is too deep; a string that is not closed reaches to the end."""
_FUTURE = timedelta(days=1)


class Unreadable(ValueError):  # noqa: N818 - says what it is
    """No update, or one that we do not understand."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something a citizen said.

    Attributes:
        incoming: The message.
        query_id: The pressed button's query, which is to be answered.
    """

    incoming: Incoming
    query_id: str | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something was said in a group or channel, where no citizen's business is done."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button whose words nobody can tell any more."""

    query_id: str


Parsed = Said | Elsewhere | Pressed | None


def read_json(body: bytes) -> dict[str, Any]:
    """An update as JSON; size and depth are bounded before anything is built.

    Raises:
        Unreadable: It is no JSON object, too long or too deep.
    """
    if len(body) > BODY_LIMIT or _is_deep(body):
        raise Unreadable("The update is too long or too deep.")
    try:
        value = _loads(body)
    except ValueError:
        raise Unreadable("The update is no JSON.") from None
    if not isinstance(value, dict):
        raise Unreadable("The update is no object.")
    return value


def parse_update(raw: dict[str, Any], bot_id: str, now: datetime) -> Parsed:
    """What an update says; None when nobody said anything.

    Args:
        raw: The update.
        bot_id: Of our bot: updates are numbered for each bot.
        now: When it arrived; buttons have no time of their own.

    Raises:
        Unreadable: It is not as Telegram documents it.
    """
    try:
        number = raw["update_id"]
        update = Update.de_json(raw, None)
        if update is None:
            return None
        return _parsed(update, f"{bot_id}:{int(number)}", now)
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
        OSError,
        RecursionError,
    ) as error:
        raise Unreadable(f"The update is not as documented ({type(error).__name__}).") from None


def _parsed(update: Update, external_id: str, now: datetime) -> Parsed:
    if update.callback_query is not None:
        return _press(update.callback_query, external_id, now)
    message = update.message or update.edited_message
    if message is None:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return Elsewhere(message.chat.id)
    if message.from_user is None or message.from_user.is_bot:
        return None
    edited = update.edited_message is not None
    text, payload = contents(message)
    if edited:
        # A live location moves by edits, and pictures are exchanged: only new words correct anything.
        if not text:
            return None
        payload["edited"] = True
    elif not text and not payload and is_service(message):
        return None
    at = (message.edit_date if edited else None) or message.date
    # After a week without updates Telegram draws their numbers anew: with its time the id is one for ever.
    external_id = f"{external_id}:{int(at.timestamp())}"
    return Said(_incoming(message.chat, external_id, text, _believed(at, now), payload))


def _press(query: CallbackQuery, external_id: str, now: datetime) -> Parsed:
    message = query.message
    if message is None:  # of a message sent for us by somebody else; we make none
        return Pressed(query.id)
    if message.chat.type != ChatType.PRIVATE:
        return Elsewhere(message.chat.id)
    says = pressed_words(query)
    if says is None:
        return Pressed(query.id)
    return Said(_incoming(message.chat, f"{external_id}:{query.id}", says, now, {"pressed": True}), query.id)


def _incoming(chat: Chat, external_id: str, text: str, at: datetime, payload: dict[str, Any]) -> Incoming:
    return Incoming(CHANNEL, str(chat.id), external_id, text, at, payload)


def _believed(at: datetime | None, now: datetime) -> datetime:
    """The platform's time, unless it cannot be: words such as "yesterday" count from it."""
    if at is None or not now.replace(year=now.year - 5, day=1) < at < now + _FUTURE:
        return now
    return at.astimezone(UTC)


def _loads(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)  # half a character, escaped: the intake makes it storable


def _is_deep(body: bytes) -> bool:
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(body):
        first = found[0][:1]
        if first in b"[{":
            depth += 1
            if depth > DEEPEST:
                return True
        elif first != b'"':
            depth -= 1
    return False
