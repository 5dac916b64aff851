"""Choices where nothing can be pressed: shown with numbers, and answered by number, by place or by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.messages import Button, Reply

LONGEST = 12
"""Characters of words that can be nothing but a number or a choice's title."""
_DIGITS = "零一二三四五六七八九十"
_DIGIT = r"([1-9]|10|[一二两三四五六七八九十]|[①-⑩])"
_END = r"(?:\s|吧|谢谢|[。.、！!,，])*"
_BARE = re.compile(rf"\s*{_DIGIT}{_END}")
"""Only where numbers were shown: 2 may be a day or a house elsewhere, 2号 is one everywhere."""
_NAMED = re.compile(
    rf"我?(?:选|要|回复?|第|就)(?:择|要|第)*\s*{_DIGIT}\s*(?:个|项|条|号)?{_END}|第{_DIGIT}\s*(?:个|项|条){_END}"
)
_NUMBERED = re.compile(r"^\s*(?:[1-9]|[①-⑩])\s*[.、)）．:：]?\s*\S", re.MULTILINE)
HINT = "（回复数字即可）"


def may_choose(text: str, *, numbered: bool) -> bool:
    """Whether words may name a choice that was shown: whoever says no need not look for what was.

    Args:
        text: The words.
        numbered: Choices are shown with numbers, or come back as their titles.
    """
    said = text.strip()
    return len(said) <= LONGEST and (numbered or _NAMED.fullmatch(said) is not None)


def chosen(
    text: str, buttons: Sequence[Button], *, by_number: bool = True, bare: bool = True
) -> Button | None:
    """The choice that "2", "选2", "第二个" or a choice's own title names; None when the words are something else.

    What a button says needs no translation and gives None. ``by_number`` False where the reply's words have numbers of
    their own: see :func:`numbers_itself`. ``bare`` False where no numbers were shown: then "2" alone names nothing.
    """
    said = text.strip()
    for button in buttons:
        if said == button.title:
            return button
    if not by_number or len(said) > LONGEST:
        return None
    match = _NAMED.fullmatch(said) or (_BARE.fullmatch(said) if bare else None)
    if match is None:
        return None
    number = _value(next(digit for digit in match.groups() if digit))
    return buttons[number - 1] if 1 <= number <= len(buttons) else None


def _value(digit: str) -> int:
    if digit.isascii():
        return int(digit)
    if "①" <= digit <= "⑩":
        return ord(digit) - ord("①") + 1
    return 2 if digit == "两" else _DIGITS.index(digit)


def numbers_itself(text: str) -> bool:
    """Whether words number things of their own, so that numbers beside them would name two things."""
    return len(_NUMBERED.findall(text)) >= 2


def with_numbers(reply: Reply) -> str:
    """A reply's words with its choices under them, for where nothing can be pressed."""
    if not reply.buttons:
        return reply.text
    if numbers_itself(reply.text):
        return f"{reply.text}\n（也可以回复：{'、'.join(button.title for button in reply.buttons)}）"
    lines = [f"{number}. {button.title}" for number, button in enumerate(reply.buttons, 1)]
    return "\n".join([reply.text, *lines]) + HINT
