"""Chinese and Arabic numerals as people use them in times: 十二, 两三, 十一二, 半, 15."""

from __future__ import annotations

DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "仨": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
SOME = {"几": 3, "好几": 4, "数": 3, "若干": 3, "好多": 5, "半": 0.5}
"""What a vague count stands for; an estimate is better than nothing and is marked coarse by its user."""

NUMBER = r"(?:\d{1,4}|[一二三四五六七八九]?十几|好几|好多|几|[零〇一二两俩三仨四五六七八九十]{1,4})"


def to_number(words: str) -> tuple[float, float]:
    """A numeral as the range it spans: 三四 -> (3, 4), 十一二 -> (11, 12), 十五 -> (15, 15), 半 -> (0.5, 0.5).

    Raises:
        ValueError: ``words`` is no numeral.
    """
    if words.isascii() and words.isdigit():
        return float(words), float(words)
    if words in SOME:
        return SOME[words], SOME[words]
    if words == "三五":  # 三五天 is a few days
        return 3, 5
    if words.startswith("二十几") or words.endswith("几"):
        low = to_number(words[:-1])[0]
        return low + 3, low + 3
    tens, mark, ones = words.rpartition("十")
    base = 0
    if mark:
        if tens and any(char not in DIGITS for char in tens):
            raise ValueError(f"{words} is not a numeral")
        base = 10 * (DIGITS[tens[-1]] if tens else 1)
        if len(tens) == 2:  # 二三十
            return 10 * DIGITS[tens[0]], 10 * DIGITS[tens[1]]
        if not ones:
            return base, base
    if any(char not in DIGITS for char in ones):
        raise ValueError(f"{words} is not a numeral")
    if len(ones) == 1:
        return base + DIGITS[ones], base + DIGITS[ones]
    if len(ones) == 2 and DIGITS[ones[1]] == DIGITS[ones[0]] + 1 and DIGITS[ones[0]] > 0:
        return base + DIGITS[ones[0]], base + DIGITS[ones[1]]
    if mark:
        raise ValueError(f"{words} is not a numeral")
    value = int("".join(str(DIGITS[char]) for char in ones))
    return value, value
