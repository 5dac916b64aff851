"""Stretches of time by their length: 半个月了, 这三天, 连着五天, 两年多, 半小时前."""

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
    now,
    since_about,
    since_day,
    whole_day,
    whole_month,
)

LONGEST_DAYS = 60 * 366
"""Beyond a working life a number with 年 or 天 is something else: 二零三七年, a contract's number."""

Found = tuple[int, int, Value, int]
"""Start, end, value, strength."""

_UNIT = r"分钟|个?多?半?小时|个?半?钟头|天|日|宿|周|个?多?半?星期|个?多?半?礼拜|个半?月|个多月|年|年半"
_SPOKEN = re.compile(
    r"(?:快|有)?(?P<about>大半个月|小半个月|半拉月|半个来月|个把月|小一个月|一?个(?:把|来)(?:星期|礼拜)|十天半(?:个|拉)?月)(?:了)?"
)
_SPOKEN_DAYS = {"大半个月": 20, "小半个月": 12, "半拉月": 15, "半个来月": 15, "个把月": 30, "小一个月": 28}
_A_WEEK, _TEN_DAYS = 7, 12
_MINUTES = re.compile(
    rf"刚才?[，,]?(?:就|也就|有|得有)*(?P<count>{NUMBER})来?多?分钟(?:以?前|吧)?|(?:一刻钟|(?P<half>半拉(?:小时|钟头)))(?:以?前|了)"
)
"""So many minutes ago: 刚才十来分钟, 一刻钟前, 半拉钟头了."""
_DURATION = re.compile(
    rf"(?P<lead>这|最近|近|连着|连续|一连|持续|过去|快|都|已经|大概|大约|差不多|才|整整|有|入住|入职|没\S)?(?P<lead2>快|都|有|已经)?"
    rf"(?P<half>大半|小半|半)?(?P<count>{NUMBER})?(?P<dozen>来)?(?P<more>多)?(?P<unit>个半月|个多月|个来月|个多星期|个多礼拜|个多小时|个半小时|分钟|个?小时|个?钟头|天|宿|周|个?星期|个?礼拜|个?月|年)(?P<plus>多|半|来)?"
    r"(?P<tail>了|以?前|之前|以来|以内|内|没|不|都|到现在|过去)?"
)
_AND_DAYS = re.compile(rf"零(?P<days>{NUMBER})天")
_NOT_BEFORE = re.compile(
    r"(每|提前|说好|办了|签了?|交了?|放|等了?|停了?|又等了|送|免费|限|满|不到|第|一等就是|花了?|给了?|续了?|充了?|买了?|租了?|报了?|贷了?|社保|退|让我|工龄|那|说了|穿了?|用了?|吃了?|晚|上了?|教了|练了|保修|质保|缴了|欠|罚|判|扣了?|存了?|定期|刑|年|岁|住了?(?=十)|过)$"
)
_NOT_AFTER = re.compile(
    r"^(就(?!没|不|这|停|坏|断|漏|开始|一直)|无理由|免费|一次|两次|三次|拖|一回|来一次|有?一?[次回趟]|卡|会员|社保|合同|制|级|龄|后给|内|之内|的(卡|课|会员|合同|社保|保修|质保|孩子|房租|工资)|保修|质保|一亩|才来|[几一二两三四五六七八九十\d]*(块|元|千|百|万)|多?岁|期|租|付)"
)


def durations(text: str, at: datetime) -> Iterator[Found]:
    """All lengths of time that ``text`` (masked) counts; ``at`` is wall-clock time of the city."""
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
        if _NOT_BEFORE.search(text[:start]) and lead not in (
            "这",
            "最近",
            "连着",
            "连续",
            "近",
            "一连",
            "已经",
        ):
            continue
        if unit == "周" and text[max(0, start - 1) : start] == "周":
            continue  # 周五周六 are two days
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
        if (rest := _AND_DAYS.match(text, end)) and value.type == "since" and "月" in unit:
            months = int(_amount(match) or 0)
            value = since_day(
                back_months(at.date(), months) - timedelta(days=int(to_number(rest["days"])[0]))
            )
            end = rest.end()
        if tail in ("没", "不", "都", "内", "以内", "过去"):
            end = match.start("tail")
        if lead in ("快", "有", "都", "已经", "才", "整整", "前") or lead.startswith("没"):
            start = match.end("lead") if lead != "快" else start
        yield start, end, value, strength


def spoken_stretches(text: str, at: datetime) -> Iterator[Found]:
    """Rough stretches that are said in a word of their own: 大半个月, 个把月."""
    for match in _SPOKEN.finditer(text):
        about = match["about"]
        length = _SPOKEN_DAYS.get(about, _A_WEEK if about.endswith(("期", "拜")) else _TEN_DAYS)
        yield *match.span(), since_day(at.date() - timedelta(days=length)), 5
    for match in _MINUTES.finditer(text):
        minutes = to_number(match["count"])[0] if match["count"] else 30 if match["half"] else 15
        moment = at - timedelta(minutes=minutes)
        yield *match.span(), instant(moment.date(), moment.hour, moment.minute), 5


def _days_in(unit: str) -> float:
    """About how many days a unit of time has."""
    for sign, length in (("分", 1 / 1440), ("钟头", 1 / 24), ("时", 1 / 24), ("年", 365.0), ("月", 30.0)):
        if sign in unit:
            return length
    return 1.0 if unit in ("天", "宿") else 7.0


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
    unit = match["unit"]
    if not amount or amount * _days_in(unit) > LONGEST_DAYS:
        return None
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
        moment = at - timedelta(minutes=amount if "分" in unit else amount * 60)
        return instant(moment.date(), moment.hour, moment.minute), 5
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
    elif match["half"] == "半" and not (match["count"] or more or ago):
        return since_day(back_months(today, 6)), sure
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
