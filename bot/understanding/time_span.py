"""Stretches of time: 半个月了, 这三天, 上个月, 国庆以来, 从8月份, 入冬以后, 2023年到现在."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bot.understanding.time_numbers import NUMBER, to_number
from bot.understanding.time_value import (
    Value,
    back_months,
    days,
    instant,
    last_of_month,
    now,
    since_about,
    since_day,
    whole_day,
    whole_month,
)

Found = tuple[int, int, Value, int]
"""Start, end, value, strength."""

_TILL_NOW = r"(?:[^，。！？,!?]{0,4}?(?:到|至|一直到)(?:现在|今天?|目前|这会儿)|以来|以后|之后|开始|起|来(?=[，一都就]))"
_UNIT = r"分钟|个?多?半?小时|个?半?钟头|天|日|宿|周|个?多?半?星期|个?多?半?礼拜|个半?月|个多月|年|年半"
_DURATION = re.compile(
    rf"(?P<lead>这|最近|近|连着|连续|一连|持续|过去|快|都|已经|大概|大约|差不多|才|整整|有|入住|入职|没\S)?(?P<lead2>快|都|有|已经)?"
    rf"(?P<half>大半|小半|半)?(?P<count>{NUMBER})?(?P<dozen>来)?(?P<more>多)?(?P<unit>个半月|个多月|个多星期|个多礼拜|个多小时|个半小时|分钟|个?小时|个?钟头|天|宿|周|个?星期|个?礼拜|个?月|年)(?P<plus>多|半|来)?"
    r"(?P<tail>了|以?前|之前|以来|以内|内|没|不|都|到现在|过去)?"
)
_NOT_BEFORE = re.compile(
    r"(每|提前|说好|办了|签了?|交了?|放|等了?|停了?|又等了|送|免费|限|满|不到|第|一等就是|花了?|给了?|续了?|充了?|买了?|租了?|报了?|贷了?|社保|退|让我|工龄|那|说了|穿了?|用了?|吃了?|晚|上了?|教了|练了|保修|质保|缴了|欠|罚|判|扣了?|存了?|定期|刑|年|岁|住了?(?=十)|过)$"
)
_NOT_AFTER = re.compile(
    r"^(无理由|免费|一次|两次|三次|拖|一回|来一次|有?一?[次回趟]|卡|会员|社保|合同|制|级|龄|后给|内|之内|的(卡|课|会员|合同|社保|保修|质保|孩子|房租|工资)|保修|质保|一亩|才来|[几一二两三四五六七八九十\d]*(块|元|千|百|万)|多?岁|期|租|付)"
)
_SEASON = re.compile(
    r"(?P<from>从|自从?)?(?P<year>[今去前]年)?(?P<season>入冬|进了?冬天?|冬天|冬季|入夏|夏天|夏季|夏[天季]下雨|开春|春天|春季|入秋|秋天|秋季)(?P<tail>以来|以后|之后|开始|到现在|下雨以后|后)?"
)
_MONTH = re.compile(
    r"(?P<from>从|自从?|打)?(?P<year>(?:20)?\d{2}年|[今去前]年)?(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d)(?P<part>份?(?:初|底|末|中旬|中|上旬|下旬)|份)?"
    rf"(?P<tail>{_TILL_NOW})?"
)
_REL_MONTH = re.compile(
    rf"(?P<which>上上个?月|上个?月|这个?月|本月|月)(?P<part>初|底|末|中旬|上旬|下旬)?(?P<tail>{_TILL_NOW})?"
)
_YEAR = re.compile(
    rf"(?P<from>从|自从?)?(?P<year>20\d{{2}}年|[二两]〇[零〇一二三四五六七八九]{{2}}年|大前年|前年|去年|今年)(?P<tail>{_TILL_NOW})?"
)
_WEEK = re.compile(r"(?P<which>上上|上|这|本)(?:一?个)?(?:周|星期|礼拜)(?P<end>末)?(?![一二三四五六日天1-6])")
_FEW = re.compile(r"(?P<which>这|前|最近|近|过去)(?:几|些|两|这两|这几)天(?P<with>刮风|下雨|下雪)?")
_FEW_NOT = re.compile(r"每$")
_AGO_FEW = re.compile(r"(?:前阵子|前些天|前些日子|前段时间|前一阵|前一段时间|早些时候)")
_TERM = re.compile(r"(这学期|本学期|开学(?:以来|以后|到现在|后)|上学期)")
_HEATING = re.compile(
    r"(?P<year>[今去前]年)?(?P<all>整个|一?整?个)?(?:供暖季|采暖季)|(?:自从?|从)?(?:今年)?(?:开始)?供暖(?:以来|以后|之后|到现在)"
)
_EVENT = re.compile(
    r"(?:自|自从|从|打)(?:开业|入住|装修|搬来|搬进来|交房|接手|换物业|投入使用|建成)(?:起|开始|以来|以后|到现在|之后)|(?:开业|入住|交房|搬来)(?:以来|到现在)"
)
_LUNAR = {
    2024: ("2024-02-10", "2024-06-10", "2024-09-17"), 2025: ("2025-01-29", "2025-05-31", "2025-10-06"),
    2026: ("2026-02-17", "2026-06-19", "2026-09-25"), 2027: ("2027-02-06", "2027-06-09", "2027-09-15"),
    2028: ("2028-01-26", "2028-05-28", "2028-10-03"), 2029: ("2029-02-13", "2029-06-16", "2029-09-22"),
    2030: ("2030-02-03", "2030-06-05", "2030-09-12"),
}  # fmt: skip
_FESTIVAL = re.compile(
    r"(?P<from>从|自从?)?(?P<year>[今去前]年)?(?P<name>国庆节?|十一(?=期间|假期|长假|黄金周|放假|那几天|后|以后)|春节|过年|中秋节?|端午节?|清明节?|五一|劳动节|元旦)"
    rf"(?P<mid>期间|假期|长假|放假|那几天|那两天|黄金周)?(?P<tail>{_TILL_NOW}|过后|后)?"
)
_CHANGE = {"春": 3, "夏": 7, "秋": 9, "冬": 11}


def spans(text: str, at: datetime) -> Iterator[Found]:
    """All stretches that ``text`` (masked) names; ``at`` is wall-clock time of the city."""
    today = at.date()
    yield from _durations(text, at)
    yield from _months(text, today)
    yield from _years(text, today)
    yield from _named(text, today)


def _durations(text: str, at: datetime) -> Iterator[Found]:
    for match in _DURATION.finditer(text):
        start = match.start()
        unit = match["unit"]
        if not (match["count"] or match["half"]) or (
            unit == "月" and match["count"] and not match["half"] and match["count"] not in ("俩", "仨", "两")
        ):
            continue
        lead = match["lead"] or ""
        if "几" in (match["count"] or "") and unit == "天" and lead in ("这", "最近", "近"):
            continue  # _FEW knows it
        if match["count"] == "一" and not (
            lead or match["more"] or match["plus"] or match["tail"] or "多" in unit or "半" in unit
        ):
            continue  # 一天 as in 一砸一天, 一年 as in 一年一亩
        if _NOT_BEFORE.search(text[:start]) and lead not in ("这", "最近", "连着", "连续", "近", "一连"):
            continue
        tail = match["tail"] or ""
        if _NOT_AFTER.search(
            text[match.end("plus") if match["plus"] else match.end("unit") :]
        ) and not tail.startswith(("以前", "前")):
            continue
        if (
            unit == "年"
            and match["count"]
            and match["count"].isdigit()
            and len(match["count"]) >= 2
            and int(match["count"]) > 60
        ):
            continue
        found = _duration_value(match, lead, tail, at)
        if found is None:
            continue
        value, strength = found
        end = match.end()
        if tail in ("没", "不", "都", "内", "以内", "过去"):
            end = match.start("tail")
        if lead in ("快", "有", "都", "已经", "才", "整整", "前") or lead.startswith("没"):
            start = match.end("lead") if lead != "快" else start
        yield start, end, value, strength


def _amount(match: re.Match[str]) -> float | None:
    amount = 0.0
    if match["count"]:
        try:
            amount = to_number(match["count"])[1]
        except ValueError:
            return None
    if match["half"]:
        amount += 0.5
    if "半" in match["unit"] or match["plus"] == "半":
        amount += 0.5
    return amount


def _duration_value(match: re.Match[str], lead: str, tail: str, at: datetime) -> tuple[Value, int] | None:
    amount = _amount(match)
    if not amount:
        return None
    unit = match["unit"]
    today = at.date()
    ago = tail in ("前", "以前", "之前")
    more = bool(match["more"] or match["plus"] in ("多", "来") or "多" in unit or match["dozen"])
    sure = (
        5
        if tail in ("了", "以来", "到现在")
        or ago
        or lead in ("这", "连着", "连续", "一连", "最近", "近", "快", "持续", "已经", "入住", "入职")
        else 4
    )
    if "分" in unit or "时" in unit or "钟头" in unit:
        if not (ago or sure == 5):
            return None
        if match["count"] and match["count"].endswith("几") and "分" in unit:
            return now(at), 5
        then = at - timedelta(minutes=amount if "分" in unit else amount * 60)
        return instant(then.date(), then.hour, then.minute), 5
    if unit in ("天", "宿"):
        if lead == "前":
            return None
        if ago:
            return whole_day(today - timedelta(days=int(amount))), 5
        if amount <= 10 and lead in ("这", "连着", "连续", "一连", "最近", "近"):
            return days(today - timedelta(days=int(amount) - 1), today), 5
        if amount < 1:
            return None
        return since_day(today - timedelta(days=int(amount))), sure
    if "周" in unit or "星期" in unit or "礼拜" in unit:
        length = int(amount * 7) + (1 if more else 0)
        if ago:
            return whole_day(today - timedelta(days=length)), 5
        if lead in ("这", "最近", "近", "连着", "连续"):
            return days(today - timedelta(days=length), today), 5
        return since_day(today - timedelta(days=length)), sure
    if "月" in unit:
        return _months_back(
            amount, more=more, ago=ago, almost="快" in (lead, match["lead2"]), today=today
        ), sure
    if match["half"] == "大半":
        amount = 0.5
    months = int(amount * 12) + (1 if more else 0)
    if ago:
        then = back_months(today, months)
        return (
            whole_month(then.year, then.month)
            if months < 24
            else Value("date", str(then.year), str(then.year), precision="coarse")
        ), 5
    return since_about(back_months(today, months).strftime("%Y-%m")), sure


def _months_back(amount: float, *, more: bool, ago: bool, almost: bool, today: date) -> Value:
    whole, half = divmod(amount, 1)
    then = back_months(today, int(whole)) - timedelta(days=15 if half else 0)
    if almost:
        then += timedelta(days=2)
    if ago:
        return whole_day(then)
    if amount > 3 or (more and amount >= 1):
        return since_about(then.strftime("%Y-%m"))
    return since_day(then)


def _months(text: str, today: date) -> Iterator[Found]:
    for match in _MONTH.finditer(text):
        if text[match.end() : match.end() + 1] in ("嫂", "饼", "票", "租", "供") or re.search(
            r"[每\d]$", text[: match.start()]
        ):
            continue
        month = int(to_number(match["month"])[0])
        year = _year(match["year"], today) or (today.year if month <= today.month else today.year - 1)
        yield (
            match.start(),
            match.end(),
            _month_value(match, year, month),
            4 if match["part"] or match["tail"] or match["year"] else 3,
        )
    for match in _REL_MONTH.finditer(text):
        which, part = match["which"], match["part"]
        if which == "月" and (
            not part
            or part in ("底", "末")
            or re.search(r"[\d一二三四五六七八九十个]$", text[: match.start()])
        ):
            continue
        back = 2 if which.startswith("上上") else 1 if which.startswith("上") else 0
        first = back_months(today.replace(day=1), back)
        if part or match["tail"]:
            value = (
                since_day(first)
                if match["tail"] and not part
                else _month_value(match, first.year, first.month)
            )
        elif back:
            value = days(first, last_of_month(first.year, first.month))
        else:
            value = since_day(first)
        yield match.start(), match.end(), value, 4


def _month_value(match: re.Match[str], year: int, month: int) -> Value:
    part = (match["part"] or "").removeprefix("份")
    tail = match["tail"] or ""
    groups = match.groupdict()
    if part:
        day = {"初": 1, "上旬": 5, "中": 15, "中旬": 15, "下旬": 25}.get(part, 30 if month != 2 else 28)
        then = date(year, month, day)
        return since_day(then) if tail or groups.get("from") else whole_day(then)
    if tail in ("起", "开始", "以来") or tail.endswith(("现在", "今天", "今", "目前")) or groups.get("from"):
        return since_day(date(year, month, 1)) if tail == "起" else since_about(f"{year:04d}-{month:02d}")
    return whole_month(year, month)


def _year(words: str | None, today: date) -> int | None:
    if not words:
        return None
    back = {"今年": 0, "去年": 1, "前年": 2, "大前年": 3}.get(words)
    if back is not None:
        return today.year - back
    digits = words.rstrip("年").translate(str.maketrans("零〇一二三四五六七八九两", "001234567892"))
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _years(text: str, today: date) -> Iterator[Found]:
    for match in _YEAR.finditer(text):
        year = _year(match["year"], today)
        if year is None or year > today.year:
            continue
        tail = match["tail"]
        if text[match.end() : match.end() + 1] == "的":
            continue  # 去年的标志, 2018年的灭火器: a thing's year, not the matter's
        if tail or match["from"]:
            yield match.start(), match.end(), since_about(str(year)), 4
        elif match["year"][0].isdigit():
            yield match.start(), match.end(), since_about(str(year)), 3
        elif year == today.year:
            if text[match.end() : match.end() + 1] not in ("都", "又"):
                yield match.start(), match.end(), days(date(year, 1, 1), today), 2
        else:
            yield match.start(), match.end(), days(date(year, 1, 1), date(year, 12, 31)), 2


def _named(text: str, today: date) -> Iterator[Found]:
    for match in _WEEK.finditer(text):
        back = {"上上": 2, "上": 1}.get(match["which"], 0)
        monday = today - timedelta(days=today.weekday() + 7 * back)
        if match["end"]:
            yield match.start(), match.end(), days(monday + timedelta(5), monday + timedelta(6)), 5
        elif back:
            yield match.start(), match.end(), days(monday, monday + timedelta(6)), 5
        elif match.group()[1:2] not in ("一",):
            yield match.start(), match.end(), days(monday, today), 4
    for match in _FEW.finditer(text):
        few = 1 if "两" in match.group() else 3
        if match["which"] == "前":
            yield (
                match.start(),
                match.end(),
                days(today - timedelta(3 if few == 1 else 5), today - timedelta(1)),
                5,
            )
        else:
            yield match.start(), match.end(), days(today - timedelta(few), today), 5
    for match in _AGO_FEW.finditer(text):
        yield (
            match.start(),
            match.end(),
            Value(
                "interval",
                (today - timedelta(30)).isoformat(),
                (today - timedelta(7)).isoformat(),
                precision="coarse",
            ),
            4,
        )
    for match in _TERM.finditer(text):
        autumn = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
        first = autumn if today.month >= 9 or today.month < 3 else date(today.year, 3, 1)
        if match.group() == "上学期":
            yield match.start(), match.end(), days(back_months(first, 6), first - timedelta(31)), 4
        else:
            yield match.start(), match.end(), since_day(first), 4
    for match in _SEASON.finditer(text):
        sure = match["tail"] or match["season"][0] in "入进开" or match["year"] or match["from"]
        if sure or text[match.end() : match.end() + 1] in ("那", "的", "就"):
            yield match.start(), match.end(), _season(match, today), 4 if sure else 2
    for match in _HEATING.finditer(text):
        first = date(today.year if (today.month, today.day) >= (11, 15) else today.year - 1, 11, 15)
        if "季" in match.group() and match["year"] in ("去年", "前年"):
            year = _year(match["year"], today) or today.year
            yield match.start(), match.end(), days(date(year, 11, 15), date(year + 1, 3, 15)), 5
        elif "季" not in match.group():
            yield match.start(), match.end(), since_day(first), 4
    for match in _EVENT.finditer(text):
        yield match.start(), match.end(), since_about(None), 4
    for match in _FESTIVAL.finditer(text):
        yield (
            match.start(),
            match.end(),
            _festival(match, today),
            5 if match["tail"] or match["mid"] or match["from"] else 3,
        )


def _season(match: re.Match[str], today: date) -> Value:
    name = next(char for char in match["season"] if char in _CHANGE)
    month = _CHANGE[name]
    year = _year(match["year"], today) or (today.year if month <= today.month else today.year - 1)
    if name == "冬" and year == today.year and today.month < 11:
        year -= 1
    if name == "冬":
        return since_day(date(year, 11, 1))
    if month == 7 and not match["year"]:
        month = 6
    return since_about(f"{year:04d}-{month:02d}")


def _festival(match: re.Match[str], today: date) -> Value:
    name = match["name"].removesuffix("节")
    year = _year(match["year"], today)

    def held(in_year: int) -> tuple[date, date]:
        fixed = {
            "国庆": ((10, 1), 7),
            "十一": ((10, 1), 7),
            "五一": ((5, 1), 5),
            "劳动": ((5, 1), 5),
            "元旦": ((1, 1), 1),
            "清明": ((4, 5), 1),
        }
        if name in fixed:
            (month, day), length = fixed[name]
            first = date(in_year, month, day)
        else:
            column, length = {"春": (0, 8), "过年": (0, 8), "端午": (1, 1), "中秋": (2, 1)}[name]
            known = _LUNAR.get(in_year)
            first = date.fromisoformat(known[column]) if known else date(in_year, (2, 6, 9)[column], 15)
        return first, first + timedelta(length - 1)

    first, last = held(year or today.year)
    if year is None and first > today:
        first, last = held(today.year - 1)
    tail = match["tail"] or ""
    if tail in ("以后", "之后", "后", "过后"):
        return since_day(last + timedelta(1))
    if tail or match["from"]:
        return since_day(first)
    return whole_day(first) if first == last else days(first, last)
