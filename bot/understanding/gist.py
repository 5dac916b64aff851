"""The one clause of a long message that tells what it is about."""

from __future__ import annotations

import re
from collections.abc import Callable

_MARKS = re.compile(r"[，。！？；,!?;\s]+")
_BREATHS = re.compile(
    r"(?<=[啊呢嘛呗])|(?<=[了的])(?=我|他|她|你|就|还|结果|后来|然后|可是|但是)|(?=说起来|就是|然后|后来|结果|可是|但是|反正)"
)
_COMES_TO_IT = re.compile(
    r"(我|俺)?(今天)?(主要|就|要|想)(是)?(说|反映|讲|投诉)(的)?(是|就是|什么呢?|的事)(就是)?|归根到底|说白了|一句话"
)
"""Where a speaker comes to the point."""
TROUBLED = 1.6
"""How much more a clause says that tells of something being wrong."""
_TROUBLE = re.compile(
    r"坏|吵|闹|堵|漏|不亮|不热|臭|味儿?大|没人(管|修|收)|占|停[水电]|断|裂|掉|欠|不给|不退|乱|脏|塌|拖|刨|扔|骂|罚|摔|泡|冒"
)
SHORTEST = 6
LONGEST = 36
"""Characters of a gist."""
_FILLERS = re.compile(
    r"^(那个|就是说?|然后呢?|其实|反正|后来|结果|可是|但是|说起来也?|我跟(你|您)说|你说说|这个|啊|呢|吧|嘛|嗯|哎呀?|[，,、 ])+|(啊|呢|吧|嘛|呀|哈|[，,、 ])+$"
)


def gist_of(text: str, value: Callable[[str], float]) -> str:
    """The clause with the highest value, and its neighbour when both are short.

    Args:
        text: A long message, with or without punctuation.
        value: How much a clause says of the matter, such as its likeness to the message's category.
    """
    if (marks := list(_COMES_TO_IT.finditer(text))) and len(text) - marks[-1].end() >= SHORTEST:
        text = text[marks[-1].end() :]
    clauses = [clause for part in _MARKS.split(text) for clause in _breathed(part)]
    clauses = [clause for clause in clauses if len(clause) >= SHORTEST] or [text[:LONGEST]]
    values = [value(clause) * (TROUBLED if _TROUBLE.search(clause) else 1) for clause in clauses]
    best = max(range(len(clauses)), key=values.__getitem__)
    gist = clauses[best]
    after = clauses[best + 1] if best + 1 < len(clauses) else ""
    if after and len(gist) + len(after) < LONGEST and values[best + 1] >= values[best] / 2:
        gist = f"{gist}，{after}"
    return gist[:LONGEST]


def _breathed(part: str) -> list[str]:
    """A stretch without punctuation cut where a speaker takes breath; short ones stay whole."""
    if len(part) <= LONGEST:
        return [_FILLERS.sub("", part)]
    pieces, current = [], ""
    for piece in _BREATHS.split(part):
        if not piece:
            continue
        if current and len(current) + len(piece) > LONGEST // 2:
            pieces.append(current)
            current = ""
        current += piece
    pieces.append(current)
    cut = [piece[start : start + LONGEST] for piece in pieces for start in range(0, len(piece), LONGEST)]
    return [_FILLERS.sub("", piece) for piece in cut]
