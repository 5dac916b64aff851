"""Choices as Telegram's keyboards, and the words that a pressed one says (pure).

A pressed button must say its own words however old it is and whichever process hears of it, so its ``callback_data`` (1 to
64 bytes) carries them: ``=<words>`` in UTF-8, or ``~<words>`` in HZ (RFC 1843: GB2312 in seven bits, two bytes a character
instead of three) where that is shorter, up to 28 Chinese characters. What is longer is ``#<place>``: Telegram
shows us the message with its keyboard when a button is pressed, and the title at that place is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from telegram import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.choices import LONGEST
from bot.connector.rendering import Rendered
from bot.messages import Button

DATA_LIMIT = 64
"""Bytes of ``callback_data``."""
MOST_BUTTONS = 20
SEND_PLACE = "📍 发送我的位置"
_ROW = 18
"""Half-widths of titles in one row on a small phone."""

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


def callback_data(says: str, place: int) -> str:
    """What a button carries; never more than 64 bytes.

    Args:
        says: Its words.
        place: Its place among the message's buttons, from 0.
    """
    plain = f"={says}"
    if _size(plain) <= DATA_LIMIT:
        return plain
    packed = _packed(says)
    if packed is not None and _size(packed) <= DATA_LIMIT:
        return packed
    return f"#{place}"


def pressed_words(query: CallbackQuery) -> str | None:
    """What a pressed button says; None when nobody can tell any more."""
    data = query.data or ""
    mark, rest = data[:1], data[1:]
    if mark == "=":
        return rest
    if mark == "~":
        try:
            return rest.encode("ascii").decode("hz")
        except UnicodeError:
            return None
    if mark == "#" and rest.isdecimal() and len(rest) <= 3:
        titles = _titles(query.message)
        return titles[int(rest)] if int(rest) < len(titles) else None
    return None


def keyboard(rendered: Rendered) -> Keyboard:
    """What is shown under the last text of a reply.

    A keyboard that asks for the place replaces the citizen's own until it is used or the next message takes it away, so
    every message without buttons takes it away.
    """
    buttons = rendered.buttons
    if rendered.ask_place and all(len(button.title) <= LONGEST for button in buttons):
        # Titles of such a keyboard are said as words; the intake knows what the last ones mean.
        rows = [[KeyboardButton(SEND_PLACE, request_location=True)]]
        rows += [[KeyboardButton(button.title) for button in row] for row in _rows(buttons)]
        return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
    if not buttons:
        return ReplyKeyboardRemove()
    rows_inline, place = [], 0
    for row in [buttons] if rendered.rating and len(buttons) <= 5 else _rows(buttons):
        keys = []
        for button in row:
            keys.append(InlineKeyboardButton(button.title, callback_data=callback_data(button.says, place)))
            place += 1
        rows_inline.append(keys)
    return InlineKeyboardMarkup(rows_inline)


def _rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """Short titles side by side, long ones alone."""
    rows: list[list[Button]] = []
    for button in buttons:
        if rows and len(rows[-1]) < 3 and sum(_width(one) for one in rows[-1]) + _width(button) <= _ROW:
            rows[-1].append(button)
        else:
            rows.append([button])
    return rows


def _width(button: Button) -> int:
    return sum(1 if character.isascii() else 2 for character in button.title) + 2


def _packed(says: str) -> str | None:
    try:
        packed = says.encode("hz")
    except UnicodeError:
        return None
    return f"~{packed.decode('ascii')}" if packed.decode("hz") == says else None


def _titles(message: object) -> list[str]:
    if not isinstance(message, Message) or message.reply_markup is None:
        return []
    return [button.text for row in message.reply_markup.inline_keyboard for button in row]


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
