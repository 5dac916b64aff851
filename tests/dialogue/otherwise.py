"""The same conversation said otherwise: manners around it, another yes, no punctuation, traditional characters.

None of this changes what a citizen means, so none of it may change what is filed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from opencc import OpenCC

_YES = re.compile(r"确认。?|对的?")
YESES = (
    "对，没错",
    "嗯对的",
    "行，就这样吧",
    "可以提交",
    "没问题，登记吧",
    "OK",
    "好的，就按这个报",
    "没毛病",
    "核对过了，没问题",
    "👌",
    "没错没错",
    "对的，麻烦提交一下",
    "确认吧，我先忙去了",
)
BEFORE = ("您好，", "喂，你好啊，", "那个，", "同志您好，", "嗯……", "麻烦您了，")
BEHIND = ("，谢谢", "，麻烦了", "。谢谢您啊", "哈", "，辛苦了")
_MARKS = re.compile(r"[，。！？；、：]+")
_TRADITIONAL = OpenCC("s2t")


def _another_yes(text: str, number: int) -> str:
    return YESES[number % len(YESES)] if _YES.fullmatch(text) else text


def _manners_before(text: str, number: int) -> str:
    return BEFORE[number % len(BEFORE)] + text


def _thanks_behind(text: str, number: int) -> str:
    return text.rstrip("。") + BEHIND[number % len(BEHIND)]


def _no_marks(text: str, _: int) -> str:
    return _MARKS.sub(" ", text).strip()


def _traditional(text: str, _: int) -> str:
    converted: str = _TRADITIONAL.convert(text)
    return converted


WAYS: tuple[Callable[[str, int], str], ...] = (
    _another_yes,
    _manners_before,
    _thanks_behind,
    _no_marks,
    _traditional,
)
_WORDS = frozenset({"content", "content_lacks", "location_has", "location_lacks"})
"""Expectations of words, which hold for the words as they were written."""


def said_otherwise(script: dict[str, Any], number: int) -> dict[str, Any]:
    """``script`` in the way that is its turn; what depends on the words themselves is expected no more."""
    way = WAYS[number % len(WAYS)]
    turns = [
        way(turn, number + place)
        if isinstance(turn, str)
        else {**turn, "say": way(turn["say"], number + place)}
        for place, turn in enumerate(script["turns"])
    ]
    exact = way not in (_no_marks, _traditional)
    cases = [
        {key: value for key, value in case.items() if exact or key not in _WORDS}
        for case in script["expect"]["cases"]
    ]
    return {**script, "turns": turns, "expect": {"cases": cases}}
