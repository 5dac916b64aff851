"""Spoken digits become digits where a number is read out: phones, house numbers, dates; nowhere else.

三号楼二单元五零一 becomes 3号楼2单元501, while 一百五, 三个月, 两点 and 二十几个人 stay as they are said.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

Span = tuple[int, int, str]
"""Where a spoken number begins and ends, and its digits."""

_DIGITS = {**dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)), "幺": "1", "要": "1", "两": "2"}
_ONE = "[0-9〇零一二三四五六七八九幺]"
_SPOKEN = "[〇零一二三四五六七八九幺十百千两0-9]"
_PAUSE = "[ ,，、。.\\-—]{0,2}"
_ALONE = "(?<![0-9〇零一二三四五六七八九幺十百千万])"
_OVER = f"(?!{_PAUSE}[〇零幺0-9]|[一二三四五六七八九十百千万])"
# A phone: 11 digits from 1 (幺, which is also heard as 要), a landline with the area code, or a service line 400; pauses between, no digit beside it.
_PHONE = re.compile(
    rf"{_ALONE}(?:[1一幺要]{_PAUSE}[3-9三四五六七八九](?:{_PAUSE}{_ONE}){{9}}"
    rf"|[0零〇]{_PAUSE}[1一幺]{_PAUSE}[0零〇](?:{_PAUSE}{_ONE}){{8}}"
    rf"|[48四八]{_PAUSE}[0零〇]{_PAUSE}[0零〇](?:{_PAUSE}{_ONE}){{7}}){_OVER}"
)
# A landline without area code, behind the word that announces it.
_LANDLINE = re.compile(
    rf"(?:电话|座机|固话|号码|联系方式)(?:号码)?(?:就?是)?[ ,，、：:]{{0,2}}(?P<number>[2-8二三四五六七八](?:{_PAUSE}{_ONE}){{7}}){_OVER}"
)
_HOTLINES = "一二三四五|幺二三四五|幺幺零|一一零|幺幺九|一一九|幺二零|一二零|幺二二|一二二"
_HOTLINE = re.compile(
    rf"[打拨](?:了|过|通|的|的是)?(?P<number>{_HOTLINES}|[19一幺九](?:{_ONE}){{4}})(?!{_SPOKEN}|[块元个万下遍次多])"
    rf"|{_ALONE}(?P<line>{_HOTLINES})(?=(?:市民)?(?:服务)?热线|市民服务)"
)
# A row of digits behind what announces one.
_ROW = re.compile(
    rf"(?:[尾单编卡证]号|订单号?|身份证(?:号码?)?|号码|邮编|验证码|房间号|门牌号?|房号)(?:码)?(?:就?是|为)?[ ,，、：:]{{0,2}}"
    rf"(?P<number>{_ONE}{{3,20}})(?!{_SPOKEN}|[块元个万多])"
)
_COUNT = f"(?<!{_SPOKEN}|[万第几多这那每数])(?:{_SPOKEN}{{1,7}})"
# What follows tells that a number names a house.
_HOUSE_UNIT = (
    r"(?:号楼|号院|单元|(?<!一)[栋幢](?!楼)|(?<=一)[栋幢](?=[0-9一二三四五六七八九十])|号门|门牌|号车位)"
)
# Behind 学院路十五号 this tells of a day, or of something that is no house.
_DAYS = (
    "线|[上下中]午|早|晚|夜|凌晨|那天|当天|之[前后]|[开停到至来去给修断说封发就才又被报装答回下规文床位难]"
)
_HOUSE = re.compile(
    rf"(?P<number>{_COUNT})(?P<unit>{_HOUSE_UNIT})"
    rf"|(?:(?<=[路巷条])|(?<=街)(?!道)|(?<=[^街]道)|(?<=胡同)|(?<=[甲乙丙丁])|(?<=门牌号)|(?<=门牌))(?P<door>{_COUNT})(?P<no>号)(?!{_DAYS})"
)
_FROM = re.compile(rf"(?P<number>{_COUNT})[到至](?={_SPOKEN}{{1,5}}(?:号楼|号院|单元))")
_ENTRANCE = re.compile(
    rf"(?:(?<=号楼)|(?<=号院)|(?<=[0-9一二三四五六七八九十][栋幢]))[ ,，的]?(?P<number>{_COUNT})门(?=[ ,，。、的0-9〇零一二三四五六七八九幺]|$)"
)
_FLOOR = re.compile(rf"(?P<number>{_COUNT})(?P<unit>层|楼)(?!下|上|道|梯|顶|板|盘|房|市|栋)")
_NO_ROOM = "(?![〇零一二三四五六七八九幺十百千万两个年月日天次块元度分点层楼栋多来几户家人平级号路国])"
# A room: read digit by digit, or counted (五百零二, 十二零一), right behind what names the house.
_ROOM = re.compile(
    r"(?<=单元|号楼|.[栋幢院层楼门])(?P<gap>[ ,，的]?)"
    rf"(?P<number>{_ONE}{{3,4}}|(?:[一二三]千)?[一二两三四五六七八九]百零[一二三四五六七八九](?!户)"
    rf"|(?:[一二三]?十[一二三四五六七八九]?)零[一二三四五六七八九])(?:室|号房|号(?!楼|院)|户(?!人|都|家)|{_NO_ROOM})"
)
_ROOM_NAMED = re.compile(rf"{_ALONE}(?P<number>[一二三四五六七八九]{_ONE}{{2,3}})(?=室|号房)")
_YEAR = re.compile(r"(?P<number>(?:[二2][零〇0]|[一幺1][九9])[〇零一二三四五六七八九0-9]{2})年(?!级)")
_NAMED_MONTH = r"(?:十[一二]?|[一二三四五六七八九]|1[0-2]|[1-9])"
_MONTH = re.compile(
    rf"(?<![〇零一二三四五六七八九十百个几第半])(?P<month>{_NAMED_MONTH})月(?P<day>[一二三四五六七八九十廿]{{1,3}}|[0-9]{{1,2}})(?P<unit>号|日)"
)
_YEARS_MONTH = re.compile(rf"(?<=[12一二][0-9〇零一二三四五六七八九]{{3}}年)(?P<month>{_NAMED_MONTH})月")
_COUNTED = re.compile(
    "(?:(?P<thousands>[一二两三四五六七八九1-9])千)?(?:(?P<hundreds>[一二两三四五六七八九1-9])百)?"
    "(?:零?(?P<tens>[一二三四五六七八九1-9]?)十(?P<ones>[一二三四五六七八九1-9])?|[零〇](?P<last>[一二三四五六七八九1-9]))?"
)
"""A counted number; 一百五 is none, since it says 150 in running speech."""
_STOREY_AND_ROOM = re.compile("(?P<storey>[一二三]?十[一二三四五六七八九]?)(?P<room>零[一二三四五六七八九])")


def value(spoken: str) -> str | None:
    """The digits of a spoken number up to 9999, None when it is none.

    Digit by digit (五零一 -> 501) or counted (十二 -> 12, 一百零三 -> 103); 一百五 is not plain and gives None.
    """
    if all(character.isdigit() and character.isascii() for character in spoken):
        return spoken
    if not set(spoken) & {"十", "百", "千"}:
        if "两" in spoken and len(spoken) > 1:
            return None
        return _plain(spoken)
    counted = _COUNTED.fullmatch(spoken)
    if counted is None:
        return None
    total = 0
    for mark, worth in (("thousands", 1000), ("hundreds", 100), ("tens", 10), ("ones", 1), ("last", 1)):
        if (said := counted[mark]) is not None:
            total += int(_DIGITS.get(said, said) or 1) * worth
    return str(total)


def digits(text: str) -> list[Span]:
    """The spans of ``text`` that are numbers read out, with the digits they mean, in order, never overlapping."""
    found: list[Span] = []
    taken: set[int] = set()
    for start, end, meant in _all(text):
        if text[start:end] != meant and taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            found.append((start, end, meant))
    return sorted(found)


def _plain(spoken: str) -> str:
    """Digits read one by one, with what stands between them left out."""
    return "".join(_DIGITS.get(c, c) for c in spoken if c in _DIGITS or c.isdigit())


def _is_guess(spoken: str) -> bool:
    """Whether a number only counts or guesses: 两 (单元), 七八 (栋)."""
    plain = _plain(spoken)
    return spoken == "两" or (
        len(spoken) == 2 == len(plain) and int(plain[1]) - int(plain[0]) == 1 and not spoken.isascii()
    )


def _all(text: str) -> Iterator[Span]:
    yield from _rows(text)
    yield from _dates(text)
    yield from _houses(text)


def _rows(text: str) -> Iterator[Span]:
    """Numbers that are read digit by digit: phones, short numbers, what is announced as a number."""
    for phone in _PHONE.finditer(text):
        yield phone.start(), phone.end(), _plain(phone[0])
    for pattern, group in ((_LANDLINE, "number"), (_ROW, "number"), (_HOTLINE, "number"), (_HOTLINE, "line")):
        for row in pattern.finditer(text):
            if row[group]:
                yield row.start(group), row.end(group), _plain(row[group])


def _dates(text: str) -> Iterator[Span]:
    for year in _YEAR.finditer(text):
        yield year.start("number"), year.end("number"), _plain(year["number"])
    for date in _MONTH.finditer(text):
        month, day = value(date["month"]), value(date["day"])
        if month and day and 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            yield date.start("month"), date.end("month"), month
            yield date.start("day"), date.end("day"), day
    for date in _YEARS_MONTH.finditer(text):
        if month := value(date["month"]):
            yield date.start("month"), date.end("month"), month


def _houses(text: str) -> Iterator[Span]:
    ends: list[int] = []
    for house in _HOUSE.finditer(text):
        ends.append(house.end())
        group = "number" if house["number"] else "door"
        if not _is_guess(house[group]) and (number := value(house[group])):
            yield house.start(group), house.end(group), number
    for pattern in (_ENTRANCE, _FROM):
        for house in pattern.finditer(text):
            if not _is_guess(house["number"]) and (number := value(house["number"])):
                yield house.start("number"), house.end("number"), number
    for floor in _FLOOR.finditer(text):
        before = bisect_left(ends, floor.start() + 1) - 1
        said = floor["number"]
        if len(_plain(said)) > 1 and not said.isascii() and "十" not in said:
            continue  # 三四五层 are three floors
        if before >= 0 and floor.start() - ends[before] <= 1 and (number := value(said)):
            yield floor.start("number"), floor.end("number"), number
    for room in _ROOM.finditer(text):
        if number := _room(room["number"]):
            yield room.start("number"), room.end("number"), number
    for room in _ROOM_NAMED.finditer(text):
        yield room.start("number"), room.end("number"), _plain(room["number"])


def _room(spoken: str) -> str | None:
    """The number of a room; 十二零一 is the first of the twelfth floor, 1201."""
    if parts := _STOREY_AND_ROOM.fullmatch(spoken):
        return f"{value(parts['storey'])}{_plain(parts['room'])}"
    return value(spoken)
