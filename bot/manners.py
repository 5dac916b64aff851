"""Manners around a message: greetings and fillers before it, thanks behind it. They are heard, and steer nothing."""

from __future__ import annotations

import re

LONGEST = 60
"""Characters up to which thanks at the end are set aside: they are too little of a longer message to mislead anyone."""

_GREETING = r"(?:您好|你好|早上好|上午好|下午好|晚上好|早[啊呀]|喂|哈喽|嗨|hello|hi)[啊呀哈]?"
_PERSON = r"(?:同志|师傅|老师|大姐|大哥|美女|帅哥|亲|客服|领导|小姐姐|小哥哥?)(?:[您你]好)?"
_FILLER = (
    r"(?:那个|这个|嗯+|呃+|额|哦|噢|喔|诶|就是说?|那什么|不好意思|打扰(?:一下|了)?|麻烦(?:[您你]了?)?|劳驾)"
)
_BREAK = r"[，,。.…~～！!\s]++"
_BEFORE = re.compile(rf"^(?:(?:{_GREETING}|{_PERSON}|{_FILLER}){_BREAK})+", re.IGNORECASE)
_BEHIND = re.compile(
    r"(?:(?:[，,。.!！~～\s]*(?:谢谢|多谢|谢了)|[，,。.!！~～\s]+(?:感谢|麻烦|辛苦|拜托|劳驾))(?:一下|大家|你们|[您你啊呀了啦哈哦])*+(?=[，,。.!！~～\s谢多]|$))++[，,。.!！~～\s]*$"
)
_PARTICLE = re.compile(r"(?<=[一-龥])[啊呀哈哟嘞噢哦]+[，,。.!！~～]*$")
_ACKNOWLEDGES = re.compile(
    r"(?:好的?|嗯|行|可以|没事|不用|没有?了|知道了|明白了?|收到|是的?|对的?|不客气|再见|拜拜|太好|辛苦|非常|真|十分|[了啊呀哈吧，,。.!！~～\s])*+"
)


def without_manners(text: str) -> str:
    """``text`` without greetings and fillers at its beginning and thanks at its end; as it is when that is all it says.

    "同志您好，不留电话，谢谢" steers as "不留电话" does. "好的谢谢" and "喂" stay: there the manners are the message.
    """
    begun = _BEFORE.sub("", text) or text
    if len(begun) > LONGEST:
        return begun
    rest = _PARTICLE.sub("", _BEHIND.sub("", begun)).strip()
    return begun if _ACKNOWLEDGES.fullmatch(rest) else rest
