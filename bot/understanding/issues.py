"""Several matters in one message: a first, simple splitter by the ways people count and list."""

from __future__ import annotations

import re

_NUMBERED = re.compile(
    r"(?:^|[，。；：,;:、！!？?\s])(?:(?:第[一二三四五六1-6](?:个|件|条|点)?(?:就?是|事儿?|，|：|:|、)?)|(?:头一个|头一件|首先|其次|再次|再者|最后一个)(?:就?是)?"
    r"|[一二三四五]是(?!不)|[一二三四五][、，]|[（(][一二三四1-4][)）]|(?<!\d)[1-6][、.．](?!\d)|另一个是|一个是|另外一件(?:事)?(?:就是|是)?|还有一(?:个|件)(?:事儿?)?(?:就?是)?)"
)
_TOLD = re.compile(
    r"(?:反映|说|有|这)?(?P<count>两|俩|二|三|仨|四|2|3|4)(?:个|件|样儿?|桩|码)?(?:问题|事儿?|情况|毛病|一块儿?(?:治|管|解决)|都(?:管|治))|(?P<two>一边[^，。]{2,20}一边)|(?P<all>浑身都?是(?:病|毛病)|占全了|全有|都占了)"
)
_SEVERAL = re.compile(r"(?:好几|好些|几|不少)(?:个|件|样|桩|档子)(?:问题|事儿?|情况|毛病)[：:，,]")
"""Several, uncounted, each a clause behind it: 好几件事：自来水发黄，门口的路坑坑洼洼，保安不让快递进."""
MOST_LISTED = 5
LONGEST_LISTED = 20
_LIST = re.compile(r"[^，。；、！？!?,;：:]{2,14}(?:的)?(?:、[^，。；、！？!?,;：:]{2,14}(?:的)?){1,4}")
_AND = re.compile(
    r"[，。；,;\s](?:另外|此外|还有(?:就是|一个|个)?|同时(?:还)?|再(?:一个|就是|有)|然后(?:呢)?(?:他们|还)?|并且还|顺便|对了)[，,]?"
)
_SPOKEN = re.compile(
    r"(?:还有|另外|再|然后)?(?:第[一二三四]个?|头一个|另?一个|一件|还有一[个件])(?:就)?是(?:说)?|第[一二三四](?:个|件)|(?:^|[，。 ])(?:还有|再)(?:一个|就)是?"
)
_CLAUSE = re.compile(r"[，。；,;：:！!\s]+")
_LEAD = re.compile(r"^(?:(?:还有|以及|另外|再有|再就是|然后|要说|要反映|想反映)(?:就是|一个|个)?)+(?:的)?")
_BESIDE = re.compile(
    r"\d{7}|^(?:都|全)是?.{0,12}(?:开始|起|这样)|^(?:电话|手机|我姓|我叫|匿名|保密|地址|谢谢|麻烦)|^.{0,8}(?:区|街道|小区|号楼)$"
)
LEAST = 6
"""Characters of a part that tells a matter when the speaker says how many there are."""
BESIDE = 6
"""Characters of each part that 另外 or 还有 sets apart."""
_NUMBERS = {"两": 2, "俩": 2, "二": 2, "2": 2, "三": 3, "仨": 3, "3": 3, "四": 4, "4": 4}


def split_issues(text: str) -> tuple[str, ...]:
    """The parts of ``text`` that each tell a matter of their own; one part when nothing speaks for more.

    Enumerations (一是…二是…, 头一个…第二个…) are split at their marks; a list joined by 、 counts when the speaker
    says how many matters there are; 另外/还有 splits when enough words stand on both sides.
    """
    parts = _numbered(text)
    if len(parts) > 1:
        return parts
    if several := _uncounted(text):
        return several
    told = _TOLD.search(text)
    parts = _spoken(text[told.end() :]) if told else ()
    if told and parts and len(parts) == _NUMBERS.get(told["count"] or "", 0):
        return parts
    if told:
        wanted = _NUMBERS.get(told["count"] or "", 2 if told["two"] else 3)
        listed = _listed(text, wanted) or _behind(text[told.end() :], wanted)
        if listed:
            return listed
        joined = _AND.split(text[: told.start()])
        if len(joined) == wanted and all(len(part.strip()) >= LEAST for part in joined):
            return tuple(part.strip("，。；、 ") for part in joined)
        clauses = [clause for clause in re.split(r"[，。；,;！!]", text[: told.start()]) if len(clause) >= 4]
        if len(clauses) >= wanted:
            return tuple(clauses[-wanted:])
        if told["two"]:
            first, _, second = told["two"].removeprefix("一边").partition("一边")
            second += text[told.end("two") : told.end("two") + 10]
            return (first, second) if second.strip() else (text,)
        return (text,)
    joined = _AND.split(text)
    if len(joined) > 1 and all(len(re.sub(r"1\d{10}|[，。,\s]", "", part)) >= BESIDE for part in joined):
        return tuple(part.strip() for part in joined)
    return (text,)


def counts_matters(text: str) -> bool:
    """Whether the speaker says that there are several, by counting or numbering them; else 另外 and 还有 may only go on."""
    return len(_numbered(text)) > 1 or _TOLD.search(text) is not None or bool(_uncounted(text))


def _uncounted(text: str) -> tuple[str, ...]:
    told = _SEVERAL.search(text)
    clauses = [clause for clause in _CLAUSE.split(text[told.end() :]) if clause] if told else []
    short = all(LEAST - 2 <= len(clause) <= LONGEST_LISTED for clause in clauses)
    return tuple(clauses) if short and 1 < len(clauses) <= MOST_LISTED else ()


def _numbered(text: str) -> tuple[str, ...]:
    marks = list(_NUMBERED.finditer(text))
    if len(marks) < 2:
        return (text,)
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    parts = [text[mark.end() : end].strip("，。；、 ") for mark, end in zip(marks, ends, strict=True)]
    return tuple(part for part in parts if len(part) >= 3) or (text,)


def _spoken(text: str) -> tuple[str, ...]:
    """What a speaker counts without a pause: 一个是…一个是…还有一个就是…."""
    marks = list(_SPOKEN.finditer(text))
    if not marks:
        return ()
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    parts = [text[mark.end() : end].strip("，。；、 ") for mark, end in zip(marks, ends, strict=True)]
    return tuple(part for part in parts if len(part) >= 4)


def _behind(text: str, wanted: int) -> tuple[str, ...]:
    """The clauses behind "三件事要说：", as many as were announced; places, times and numbers beside them are no matters."""
    clauses = [_LEAD.sub("", clause) for clause in _CLAUSE.split(text)]
    parts = tuple(clause for clause in clauses if len(clause) >= 4 and not _BESIDE.search(clause))
    return parts if len(parts) == wanted else ()


def _listed(text: str, wanted: int) -> tuple[str, ...]:
    for match in _LIST.finditer(text):
        items = tuple(match.group().split("、"))
        if len(items) == wanted:
            return items
    return ()
