"""Spoken digits become digits where a number is read out: phones, house numbers, dates; nowhere else.

三号楼二单元五零一 becomes 3号楼2单元501, while 一百五, 三个月, 两点 and 二十几个人 stay as they are said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIGITS = {**dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)), "幺": "1", "么": "1", "两": "2"}
_ONE = "[0-9〇零一二三四五六七八九幺]"
_PAUSE = "[ ,，、。.\\-—]{0,2}"
# A phone: 11 digits from 1, or a landline of the area code and 8 digits; pauses between, no digit beside it.
_PHONE = re.compile(
    rf"(?<![0-9〇零一二三四五六七八九幺十百])(?:[1一幺]{_PAUSE}[3-9三四五六七八九](?:{_PAUSE}{_ONE}){{9}}"
    rf"|[0零〇]{_PAUSE}[1一幺]{_PAUSE}[0零〇](?:{_PAUSE}{_ONE}){{8}})"
    rf"(?!{_PAUSE}[〇零幺0-9]|[一二三四五六七八九十百千])"
)
_SHORT_PHONE = re.compile(
    r"(?<=[打拨])(?:一二三四五|幺二三四五|幺幺零|一一零|幺幺九|一一九|幺二零|一二零)(?![一二三四五六七八九零十百])"
)
_SPOKEN = "[〇零一二三四五六七八九幺十百两0-9]"
_COUNT = f"(?<!{_SPOKEN}|[千万第几多这那每数])(?:{_SPOKEN}{{1,4}})"
# What follows tells that a number names a house.
_HOUSE_UNIT = (
    r"(?:号楼|号院|单元|(?<!一)[栋幢](?!楼)|(?<=一)[栋幢](?=[0-9一二三四五六七八九十])|号门|门牌|号车位)"
)
_HOUSE = re.compile(
    rf"(?P<number>{_COUNT})(?P<unit>{_HOUSE_UNIT})|(?:(?<=[路街道巷条])|(?<=胡同))(?P<door>{_COUNT})(?P<no>号)(?!线|下午|上午|早|晚|开|停|到|那天|当天|之)"
)
_FLOOR = re.compile(rf"(?P<number>{_COUNT})(?P<unit>层|楼)(?!下|上|道|梯|顶|板|盘|房|市|栋)")
# A room: read digit by digit, or with 百, right behind what names the house.
_ROOM = re.compile(
    r"(?<=单元|号楼|.[栋幢院层楼])(?P<gap>[ ,，的]?)(?P<number>[〇零一二三四五六七八九幺0-9]{3,4})"
    r"(?P<unit>室|号房|号|户)?(?![〇零一二三四五六七八九幺十百千万两个年月日天次块元度分点])"
)
_YEAR = re.compile(r"(?P<number>(?:[二2][零〇0]|[一幺1][九9])[〇零一二三四五六七八九0-9]{2})(?P<unit>年)")
_MONTH = re.compile(
    r"(?P<month>(?:十[一二]?|[一二三四五六七八九]|1[0-2]|[1-9]))(?<![个几第]..)月(?P<day>[一二三四五六七八九十廿]{1,3}|[0-9]{1,2})(?P<unit>号|日)"
)
_COUNTED = re.compile(
    "(?:(?P<hundreds>[一二两三四五六七八九1-9])百)?"
    "(?:零?(?P<tens>[一二三四五六七八九1-9]?)十(?P<ones>[一二三四五六七八九1-9])?|[零〇](?P<last>[一二三四五六七八九1-9]))?"
)
"""A counted number; 一百五 is none, since it says 150 in running speech."""


def value(spoken: str) -> str | None:
    """The digits of a spoken number up to 9999, None when it is none.

    Digit by digit (五零一 -> 501) or counted (十二 -> 12, 一百零三 -> 103); 一百五 is not plain and gives None.
    """
    if all(character.isdigit() and character.isascii() for character in spoken):
        return spoken
    if not set(spoken) & {"十", "百"}:
        if "两" in spoken and len(spoken) > 1:
            return None
        return "".join(_DIGITS.get(character, character) for character in spoken)
    counted = _COUNTED.fullmatch(spoken)
    if counted is None:
        return None
    total = 0
    for mark, worth in (("hundreds", 100), ("tens", 10), ("ones", 1), ("last", 1)):
        if (said := counted[mark]) is not None:
            total += int(_DIGITS.get(said, said) or 1) * worth
    return str(total)


def digits(text: str) -> list[tuple[int, int, str]]:
    """The spans of ``text`` that are numbers read out, with the digits they mean, in order, never overlapping."""
    found: list[tuple[int, int, str]] = []
    taken: set[int] = set()
    for start, end, meant in _all(text):
        if text[start:end] != meant and taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            found.append((start, end, meant))
    return sorted(found)


def _is_guess(spoken: str) -> bool:
    """Whether a number only counts or guesses: 两 (单元), 七八 (栋)."""
    plain = [_DIGITS.get(character, character) for character in spoken]
    return "两" in spoken or (
        len(plain) == 2
        and "".join(plain).isdigit()
        and int(plain[1]) - int(plain[0]) == 1
        and not spoken.isascii()
    )


def _all(text: str) -> Iterator[tuple[int, int, str]]:
    for phone in _PHONE.finditer(text):
        plain = "".join(_DIGITS.get(c, c) for c in phone[0] if c in _DIGITS or c.isdigit())
        yield phone.start(), phone.end(), plain
    for phone in _SHORT_PHONE.finditer(text):
        yield phone.start(), phone.end(), "".join(_DIGITS[c] for c in phone[0])
    for year in _YEAR.finditer(text):
        yield year.start("number"), year.end("number"), value(year["number"]) or year["number"]
    for date in _MONTH.finditer(text):
        month, day = value(date["month"]), value(date["day"])
        if month and day and 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            yield date.start("month"), date.end("month"), month
            yield date.start("day"), date.end("day"), day
    houses = list(_HOUSE.finditer(text))
    for house in houses:
        group = "number" if house["number"] else "door"
        if _is_guess(house[group]):
            continue
        if number := value(house[group]):
            yield house.start(group), house.end(group), number
    for floor in _FLOOR.finditer(text):
        if any(0 <= floor.start() - house.end() <= 1 for house in houses) and (
            number := value(floor["number"])
        ):
            yield floor.start("number"), floor.end("number"), number
    for room in _ROOM.finditer(text):
        yield room.start("number"), room.end("number"), value(room["number"]) or room["number"]
