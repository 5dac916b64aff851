"""Danger to life in a citizen's words: which danger, what to do at once, whom to call."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.catalogue import Danger

_AROUND = 14
"""Characters on each side of a match in which a word like 昨天 or 电视 takes the alarm back."""

_SUPPOSED = re.compile(
    r"(万一|要是|如果|假如|真要|真的?着|真出|怕|担心|早晚|迟早|容易|小心|防止|避免|以免|免得|听说|谣言|网传|宣传|演练|预防"
    r"|游戏|电视|电影|小说|梦见|就像|好像是?要|恨不得|差点儿?就?|险些)[^，。！？,!?]{0,7}$"
)
"""What before the words makes them a fear, a story or a comparison instead of a report."""


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
        best: Emergency | None = None
        for danger in self._dangers:
            for said, unless in zip(danger.patterns, danger.unless, strict=True):
                for match in said.finditer(text):
                    around = text[max(0, match.start() - _AROUND) : match.end() + _AROUND]
                    if unless.search(around) or _SUPPOSED.search(
                        text[max(0, match.start() - 10) : match.start()]
                    ):
                        continue
                    if best is None or (match.start(), -match.end()) < (best.span[0], -best.span[1]):
                        best = _told(danger, text, match.span(), foreseen=True)
        return best

    def named(self, danger_id: str, text: str, span: tuple[int, int]) -> Emergency | None:
        """A danger by its id, heard from the words at ``span``; None when the catalogue no longer has it."""
        danger = next((danger for danger in self._dangers if danger.id == danger_id), None)
        return None if danger is None else _told(danger, text, span, foreseen=False)


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
