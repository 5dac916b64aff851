"""Read the answer to "在哪里？"."""

from __future__ import annotations

import re

from bot.understanding.normalise import Normalised, normalise
from bot.understanding.place import grammar
from bot.understanding.place.bare import bare
from bot.understanding.place.finder import find_heard
from bot.understanding.place.model import Place
from bot.understanding.place.pieces import with_all
from bot.understanding.place.spoken import smooth
from bot.understanding.place.unlisted import ANY_TIME
from bot.understanding.time import find_time

_LEAD = re.compile(
    r"^(?:(?:嗯+|哦+|噢|啊|呃|额|就那[个家](?![人叫])|那个|你好|您好|好像就?叫|好的?|对(?![门面过])|就是说?|应该是?|大概是?|可能是?|具体是?|准确的?是?|说的是|我说的是|补充一下|更正一下|我们?(?:这|这儿|这边|那)?(?:就)?是(?=[\d一二三四五六七八九十]+[号栋单排]))[,，、。\s]*)*"
    r"(?:(?:详细|具体)?(?:地址|地点|位置)(?:就)?(?:是|在|为|:|：)?[在是]?|(?:我家?就?|我们家?就?|我爸妈|他家|她家)?(?:是)?(?:住的是|住在?)|就是在|就在|是在|就是|在|是|叫做?|就(?=[一-龥]{3})(?![我咱俺这那附旁对楼小村家大路])|事发地|发生在)?[:：,，\s]*"
)
_TRAIL = re.compile(
    r"[\s,，。.!！~～]*(?:快点儿?|麻烦(?:你们?|您)?(?:了|啦)?(?:快点)?|谢谢(?:你们?|您|啊)?|多谢|拜托(?:了|你们)?|辛苦(?:了)?|这里|这儿|这边|啊|呀|吧|呢|呗|哈|嘛|哦|的)*[\s,，。.!！~～]*$"
)
_CORRECTION = re.compile(
    r"(?:不是|不在|不对|错了|说错了|写错了)[^,，。;；]{0,20}[,，。;；\s]*(?:而?是|应该是?|改成|改为|换成|我?在)(?:在)?(?P<right>.+)$"
)
_ABOUT_TIME = re.compile(
    r"(?:从|打|自|就|是|都|得|有|大概|大约|差不多|可能|好像|应该|[左前]右|后|的事儿?|的时候|发现|发生|开始|起|出现|看见|听见|注意到|到|现在|至今|一直|这样|[了的吧啊呢呀哈嘛,，。、\s])*"
)
_MOST_TIMES = 8
"""Times one answer tells; who sends a thousand numbers is not read to the end."""


def answer_place(text: str) -> Place | None:
    """The place in an answer to the question where; None when the answer names none ("不知道", "你好").

    In an answer nearly all of a short utterance is the place, so shapes count that a free text would not trust:
    ``3号院``, ``就我家楼下``, ``北京南站旁边的麦当劳``.
    """
    said = _core(smooth(normalise(text)))
    if not said.text or _only_time(said.text):
        return None
    found = find_heard(said, asked=True)
    if found is not None and (found.text is None or found.elsewhere):
        return found
    if found is not None and found.precision == "vague" and found.district is None:
        found = None
    if found is not None and found.text is not None:
        if not found.district and _in_pieces(said, found) and (whole := bare(said)) is not None:
            return whole
        return with_all(found, said)
    return bare(said)


def _in_pieces(said: Normalised, found: Place) -> bool:
    """Whether an unlisted name is only a piece of words told with short breaks: 裕曦路 跟 双裕街 那个路口."""
    words = said.text
    return (
        " " in words
        and not re.search("[，,。]", words)
        and len(found.text or "") < len(words)
        and find_heard(said) is None
    )


def _only_time(words: str) -> bool:
    """Whether nothing but times is left: 从8月20号喊到现在, 上周六开始的. A bare 15号 may be a house."""
    if grammar.NUMBERED.fullmatch(words):
        return False
    rest = words
    for _ in range(_MOST_TIMES):
        if (found := find_time(rest, ANY_TIME)) is None:
            break
        rest = rest[: found.span[0]] + rest[found.span[1] :]
    return rest != words and _ABOUT_TIME.fullmatch(rest) is not None


def _core(said: Normalised) -> Normalised:
    """The answer without what surrounds it; of "不是3号楼，是5号楼" the right part."""
    start, end = 0, len(said.text)
    if correction := _CORRECTION.search(said.text):
        start = correction.start("right")
    if lead := _LEAD.match(said.text[start:end]):
        start += lead.end()
    rest = said.text[start:end]
    if trail := _TRAIL.search(rest):
        end = start + trail.start()
    return Normalised(said.text[start:end], said.original, said.offsets[start : end + 1])
