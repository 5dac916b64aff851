"""Danger to life in a citizen's words: which danger, what to do at once, whom to call."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.catalogue import Danger

_AROUND = 14
"""Characters on each side of a match in which a word like 昨天 or 电视 takes the alarm back."""

_SUPPOSED = re.compile(
    r"(万一|要是|如果|假如|真要|真的?着|真出|怕|担心|早晚|迟早|容易|小心|防止|避免|以免|免得|听说|谣言|网传|宣传|演练|预防"
    r"|假设|假使|小时候|名叫?|外号|游戏|电视|电影|小说|梦见|就像|好像是?要|恨不得|差点儿?就?|险些)[^，。！？,!?]{0,7}$"
)
"""What before the words makes them a fear, a story or a comparison instead of a report."""

_DENIED = re.compile(r"(?:\A|[，。！？,!?\s])不是\Z")
_RATHER = re.compile(r"[^，。！？]{0,4}[，,\s]?(?:而|就)?是")
"""不是井盖丢了是井盖松了: a correction, in which the danger is what it is not."""

_LEARNING = re.compile(
    r"学习?一下|学一?学|(?:想|要)学|有课|了解一?下|科普|讲座|作文|考题|手抄报|宣传栏|(?:安全|防火|急救|应急|逃生)(?:小)?(?:知识|常识|技能)"
)
"""Somebody wants to know, for a lesson or for the day it happens."""
_ASKING = re.compile(
    r"(?:怎么办|怎么处理|怎么做|怎么急救|怎么逃生|咋办|咋处理|如何\w{0,4}|打(?:哪个|哪里|哪儿|什么|啥|谁的?)(?:电话|号码?)?|找谁)[？?呢啊呀吗。\s]*\Z"
)
_CALM = re.compile(
    r"应该|应当|一般|通常|遇到|碰到|发生|的时候|请问|想问|(?:泄漏|泄露|火灾|触电|中毒|爆炸)(?:怎么|如何|应|要打)"
)
_HERE = re.compile(
    r"我|俺|咱|家(?!里?发生|里?遇到|庭)|楼|屋|厨房|车库|隔壁|对门|邻居|孩子|老人|有人|现在|正在|刚|这会|快|赶紧|(?<!急)救|(?<!应)急(?!救)|闻|好大|一股|[！!]"
)
"""Who is in it says where, who, or that it is now: a question with any of these is no question in general."""
_NOW = re.compile(r"现在|正在|刚|这会|快|赶紧|(?<!急)救(?!护|助)|[！!]")
_SHORT = 40
"""Characters up to which a message is one question; what a long one tells besides must not be silenced by it."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """One danger with the words it was recognised by.

    Attributes:
        id: Row of ``emergencies.csv``.
        name: The danger in the field's words, such as 燃气泄漏.
        category: Leaf to file it under.
        call: Number or numbers to call now, as written for citizens.
        advice: What to do at once, one or two sentences.
        text: The words it came from.
        span: Where they stand in the text, half open.
        foreseen: A pattern names it; else it was heard from the whole message, and its kind is the likeliest one.
    """

    id: str
    name: str
    category: str
    call: str
    advice: str
    text: str
    span: tuple[int, int]
    foreseen: bool = True


class EmergencyFinder:
    """Finds the gravest danger that a text reports as happening; look-alikes (火锅店, 气死我了) stay silent."""

    def __init__(self, dangers: tuple[Danger, ...]) -> None:
        self._dangers = dangers

    def find(self, text: str) -> Emergency | None:
        """The danger reported in ``text`` (normalised), or None.

        Where several are reported the first in the text wins, then the one said with most words: 电瓶车烧起来了 is
        EM02, not EM01; 困在电梯里…喘不上气 is EM13, whose advice covers the illness too.
        """
        if _in_general(text):
            return None
        best: Emergency | None = None
        for danger in self._dangers:
            for said, unless in zip(danger.patterns, danger.unless, strict=True):
                for match in said.finditer(text):
                    around = text[max(0, match.start() - _AROUND) : match.end() + _AROUND]
                    if unless.search(around) or _taken_back(text, *match.span()):
                        continue
                    if best is None or (match.start(), -match.end()) < (best.span[0], -best.span[1]):
                        best = _told(danger, text, match.span(), foreseen=True)
        return best

    def named(self, danger_id: str, text: str, span: tuple[int, int]) -> Emergency | None:
        """A danger by its id, heard from the words at ``span``; None when the catalogue no longer has it."""
        danger = next((danger for danger in self._dangers if danger.id == danger_id), None)
        return None if danger is None else _told(danger, text, span, foreseen=False)


def _taken_back(text: str, start: int, end: int) -> bool:
    """Whether what stands before the words at ``start`` makes them a fear, a story or a correction."""
    before = text[max(0, start - 10) : start]
    return _SUPPOSED.search(before) is not None or (
        _DENIED.search(before) is not None and _RATHER.match(text, end) is not None
    )


def _in_general(text: str) -> bool:
    """Whether ``text`` asks about dangers without being in one: 发生燃气泄漏应该打哪个电话, but not 着火了怎么办."""
    if len(text) > _SHORT or _NOW.search(text):
        return False
    if _LEARNING.search(text):
        return True
    return _ASKING.search(text) is not None and _CALM.search(text) is not None and not _HERE.search(text)


def _told(danger: Danger, text: str, span: tuple[int, int], *, foreseen: bool) -> Emergency:
    return Emergency(
        id=danger.id,
        name=danger.name,
        category=danger.category,
        call=danger.call,
        advice=danger.advice,
        text=text[span[0] : span[1]],
        span=span,
        foreseen=foreseen,
    )
