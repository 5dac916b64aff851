"""One reply, shown by what a channel can show."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.choices import with_numbers
from bot.messages import Button, Reply

BETWEEN = "\n\n"
"""Between two replies that share a message."""
_ENDS = ("\n\n", "\n", "。", "！", "？", "；", "，", "、", " ")
"""Where a long text may be parted, best first."""
_LEAST_PART = 0.4
"""Share of the limit that a part must fill, so that an early sentence end makes no crumbs."""


def utf8_size(text: str) -> int:
    """Bytes of a text on the wire."""
    return len(text.encode("utf-8", "surrogatepass"))


def utf16_size(text: str) -> int:
    """UTF-16 units, by which Telegram counts characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show.

    Attributes:
        text_limit: The longest text of one message, as ``size`` counts.
        size: How the platform counts a text.
        buttons: Choices that can be pressed under one message; 0: none, they are numbered.
        asks_place: Whether it has a button that sends the citizen's place.
    """

    text_limit: int
    size: Callable[[str], int] = len
    buttons: int = 0
    asks_place: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    """A reply for one channel.

    Attributes:
        texts: Messages in order; each is within the limit and none is empty.
        buttons: Choices that can be pressed under the last of them.
        ask_place: Show the button that sends one's place.
        rating: The choices are a rating.
    """

    texts: tuple[str, ...]
    buttons: tuple[Button, ...] = ()
    ask_place: bool = False
    rating: bool = False


def render(reply: Reply, can: Capabilities) -> Rendered:
    """A reply as a channel shows it: with buttons where all fit, else with numbers (see :mod:`bot.choices`)."""
    pressed = 0 < len(reply.buttons) <= can.buttons
    text = reply.text if pressed else with_numbers(reply)
    return Rendered(
        texts=split(text or "…", can.text_limit, can.size),
        buttons=reply.buttons if pressed else (),
        ask_place=can.asks_place and reply.data.get("ask") == "place",
        rating=bool(reply.data.get("rating")),
    )


def is_receipt(reply: Reply) -> bool:
    """Whether a reply tells the number of a case: the one thing a citizen must not miss."""
    return "case" in reply.data or "cases" in reply.data


def split(text: str, limit: int, size: Callable[[str], int] = len) -> tuple[str, ...]:
    """Parts of a text within a limit, parted at paragraphs, lines or sentences where that is possible.

    Args:
        text: Any text.
        limit: Of each part, at least 16.
        size: How it is counted; never more for a part than for the whole.
    """
    parts = []
    rest = text
    while size(rest) > limit:
        end = _longest(rest, limit, size)
        cut = _best_end(rest[:end], end)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        parts.append(rest)
    return tuple(part for part in parts if part)


def _longest(text: str, limit: int, size: Callable[[str], int]) -> int:
    """Characters from the front that are within the limit, at least one."""
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if size(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _best_end(text: str, end: int) -> int:
    for mark in _ENDS:
        at = text.rfind(mark)
        if at >= 0 and at + len(mark) >= end * _LEAST_PART:
            return at + len(mark)
    # No word or number of a case is torn: letters, digits and hyphens stay together where they are not all there is.
    word = re.search(r"[A-Za-z0-9-]+\Z", text)
    return word.start() if word is not None and word.start() > end * _LEAST_PART else end
