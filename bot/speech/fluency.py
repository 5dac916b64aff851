"""How much like Chinese a reading is, by how common its words are: of readings that sound alike the one that is made of words is meant.

A small model knows sounds better than words: half of Whisper base's errors are characters of the same sound. The frequencies are those of
rjieba's dictionary, of Chinese at large; what is known of the city comes later, in :mod:`bot.speech.repair`.
"""

from __future__ import annotations

import re

from bot.speech.repair.language import plain_log

USUAL = 5.5
"""What a character of plain text costs by the frequency of its words (logarithm, without sign): so that long readings are not thought worse of than short ones."""
_CLAUSE = re.compile(r"(?:(?![零〇一二三四五六七八九十百千万亿两幺点])[\u4e00-\u9fff])+")
"""Numbers are left out: any is as good Chinese as any other, and a reading without the telephone number is not the better one."""


def fluency(text: str) -> float:
    """Above 0: made of commoner words than plain text; below: of rarer ones, or of none. A sum over its characters."""
    return sum(plain_log(clause) + USUAL * len(clause) for clause in _CLAUSE.findall(text))
