"""A message without place, time and numbers: what remains says what it is about, and is cheaper to embed."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBERS = re.compile(r"\+?\d[\d\- ]{6,}\d|[幺一二三四五六七八九零〇]{11}")
_FILLERS = re.compile(
    r"(?:我的?|联系)?(?:电话|手机号?|联系方式)(?:号码)?(?:就?是|[:：])?|(?:喂|你好|您好|同志|领导|麻烦你?们?|那个那个|谢谢)[，,]?"
)
_EDGES = re.compile(r"[\s，,。、；;]{2,}")
LONGEST = 160
"""Characters kept: people say the matter first, and embedding costs by length."""


def essence(text: str, spans: Iterable[tuple[int, int]] = ()) -> str:
    """``text`` without the ``spans`` of place and time, without telephone numbers and greetings.

    Returns:
        At most :data:`LONGEST` characters; the text itself when nothing would remain.
    """
    rest = text
    for start, end in sorted(spans, reverse=True):
        rest = f"{rest[:start]}{rest[end:]}"
    rest = _NUMBERS.sub("", rest)
    rest = _FILLERS.sub("", rest)
    rest = _EDGES.sub("，", rest).strip(" ，,。、；;")
    return (rest if len(rest) >= 2 else text)[:LONGEST]
