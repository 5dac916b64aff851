"""One time as people tell it: since a clock time, in two breaths, and beside numbers that are no days."""

from datetime import datetime

import pytest

from bot.clock import CITY
from bot.understanding.time import answer_time, find_time

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=CITY)


@pytest.mark.parametrize(
    ("text", "words", "start"),
    [
        ("从昨天下午三点开始的", "从昨天下午三点开始", "2026-11-22T15:00:00+08:00"),
        ("昨天早上六点開始漏的", "昨天早上六点開始", "2026-11-22T06:00:00+08:00"),
        ("昨天早上六点开始", "昨天早上六点开始", "2026-11-22T06:00:00+08:00"),
        ("前天晚上十点开始停电", "前天晚上十点开始", "2026-11-21T22:00:00+08:00"),
        ("昨晚八点多开始漏", "昨晚八点多开始", "2026-11-22T20:30:00+08:00"),
        ("打前天夜里两点起就一直响", "打前天夜里两点起", "2026-11-22T02:00:00+08:00"),
        ("从今天凌晨三点开始", "从今天凌晨三点开始", "2026-11-23T03:00:00+08:00"),
        ("从昨天下午三点到现在", "从昨天下午三点到现在", "2026-11-22T15:00:00+08:00"),
        ("从上周五晚上八点半停到现在", "从上周五晚上八点半停到现在", "2026-11-20T20:30:00+08:00"),
        ("自11月20日14:30起停水", "自11月20日14:30起", "2026-11-20T14:30:00+08:00"),
        ("昨天夜里十一点多开始一直到现在", "昨天夜里十一点多开始一直到现在", "2026-11-22T23:30:00+08:00"),
        ("十八号上午九点起没水", "十八号上午九点起", "2026-11-18T09:00:00+08:00"),
        ("从上礼拜六一早七点来钟开始", "从上礼拜六一早七点来钟开始", "2026-11-21T07:00:00+08:00"),
    ],
)
def test_since_a_clock_time_begins_at_the_clock(text: str, words: str, start: str) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.text, found.type, found.start, found.ongoing, found.precision) == (
        words,
        "since",
        start,
        True,
        "minute",
    )


@pytest.mark.parametrize(
    ("text", "type_", "start"),
    [
        ("从昨天开始", "since", "2026-11-22"),
        ("昨晚开始返水", "since", "2026-11-22"),
        ("从昨天下午开始", "since", "2026-11-22"),
        ("从今早开始没水", "since", "2026-11-23"),
        ("今天早上六点开始漏水", "instant", "2026-11-23T06:00:00+08:00"),
        ("每天早上六点开始施工", "recurring", None),
        ("昨天下午三点到五点停水", "instant", "2026-11-22T15:00:00+08:00"),
        ("昨天下午三点停的电，到现在没来", "instant", "2026-11-22T15:00:00+08:00"),
    ],
)
def test_since_a_day_or_a_part_of_one_keeps_the_date(text: str, type_: str, start: str | None) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.type, found.start) == (type_, start)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("夜里两点还在打桩，就今天凌晨", "2026-11-23T02:00:00+08:00"),
        (
            "顺义后沙峪江山赋东门外工地夜里两点还在打桩，就今天凌晨，电话13900001406",
            "2026-11-23T02:00:00+08:00",
        ),
        ("昨天的事，半夜两点多", "2026-11-23T02:30:00+08:00"),
        ("昨天半夜里的事，两点多", "2026-11-23T02:30:00+08:00"),
        ("前天晚上的事，大概九点", "2026-11-21T21:00:00+08:00"),
        ("前天晚上的事 大概九点来钟吧", "2026-11-21T21:00:00+08:00"),
        ("昨天，下午三点左右", "2026-11-22T15:00:00+08:00"),
        ("昨天的事儿，大概下午三点", "2026-11-22T15:00:00+08:00"),
        ("昨天的事，具体是下午三点二十", "2026-11-22T15:20:00+08:00"),
        ("下午三点，昨天", "2026-11-22T15:00:00+08:00"),
        ("晚上八点多，上周五的事", "2026-11-20T20:30:00+08:00"),
        ("半夜两点多吵醒的，就昨天", "2026-11-23T02:30:00+08:00"),
        ("昨天打的架，晚上九点多", "2026-11-22T21:30:00+08:00"),
        ("昨天打的架，得有晚上九点吧，打得头破血流", "2026-11-22T21:00:00+08:00"),
        ("今天早上停的，七点多吧", "2026-11-23T07:30:00+08:00"),
        ("夜里十一点还在施工，就昨晚", "2026-11-22T23:00:00+08:00"),
        ("夜里一点多，昨天夜里", "2026-11-23T01:30:00+08:00"),
        ("昨晚的事，夜里两点多", "2026-11-23T02:30:00+08:00"),
        ("昨天，也就是星期天，下午四点", "2026-11-22T16:00:00+08:00"),
        ("昨儿半夜，大约摸三点", "2026-11-23T03:00:00+08:00"),
        ("十点多，昨晚", "2026-11-22T22:30:00+08:00"),
        ("昨天坐公交，下午三点，司机骂人", "2026-11-22T15:00:00+08:00"),
        ("打昨儿后晌三点", "2026-11-22T15:00:00+08:00"),
        ("11月18号，早上八点", "2026-11-18T08:00:00+08:00"),
        ("司机拒载，上午十点半那会儿，18号的事", "2026-11-18T10:30:00+08:00"),
        ("夜里两点打桩，就今天", "2026-11-23T02:00:00+08:00"),
        ("昨儿夜里，一点半", "2026-11-23T01:30:00+08:00"),
        ("昨晚两点多", "2026-11-23T02:30:00+08:00"),
        ("今天夜里两点还在打桩", "2026-11-23T02:00:00+08:00"),
    ],
)
def test_a_moment_told_in_two_breaths_is_one(text: str, start: str) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.type, found.start, found.precision) == ("instant", start, "minute")
    assert text[found.span[0] : found.span[1]] == found.text


def test_the_words_of_a_moment_told_in_two_breaths_hold_both_where_they_stand_together() -> None:
    together, apart = (
        find_time(text, MONDAY) for text in ("昨天的事，大概下午三点", "夜里两点还在打桩，就今天凌晨")
    )
    assert together is not None
    assert together.text == "昨天的事，大概下午三点"
    assert apart is not None
    assert apart.text == "夜里两点"


@pytest.mark.parametrize(
    ("text", "start"), [("前天开始的吧 对 前天", "2026-11-21"), ("上个礼拜一开始的 就是16号", "2026-11-16")]
)
def test_a_beginning_told_once_more_stays_one(text: str, start: str) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.type, found.start) == ("since", start)


def test_since_when_it_lasts_in_two_breaths() -> None:
    found = find_time("昨天开始的，下午三点", MONDAY)
    assert found is not None
    assert (found.type, found.start, found.ongoing) == ("since", "2026-11-22T15:00:00+08:00", True)


@pytest.mark.parametrize(
    ("text", "type_", "start"),
    [
        ("今天上午停水，下午三点来的水", "interval", "2026-11-23T06:00:00+08:00"),
        ("晚上十点打的架，昨天去验的伤", "date", "2026-11-22"),
        ("昨天开始的，每天夜里两点打桩", "since", "2026-11-22"),
        ("每天夜里两点打桩，昨天也打了", "date", "2026-11-22"),
        ("每天夜里两点，上周开始的", "since", "2026-11-16"),
        ("凌晨四点就开始叫，11月18号开始的", "since", "2026-11-18"),
        ("凌晨四点就开始叫，昨天开始的", "since", "2026-11-22"),
        ("11月14号开始的，夜里两点", "since", "2026-11-14"),
        ("早上八点多出门摔的，路上全是冰，也没人管，叫了120送的医院，前天的事", "date", "2026-11-21"),
        ("今天早上停的，下午三点", "interval", "2026-11-23T06:00:00+08:00"),
        ("昨天早上打的架，晚上九点又打", "interval", "2026-11-22T06:00:00+08:00"),
        ("上周二下午三点交的钱，昨天去退", "instant", "2026-11-17T15:00:00+08:00"),
        ("昨天停水，说今天早上八点来，没来", "date", "2026-11-22"),
        ("昨天晚上吵到半夜两点", "interval", "2026-11-22T18:00:00+08:00"),
        ("夜里两点还在打桩", "recurring", None),
    ],
)
def test_two_times_that_are_not_one_moment_stay_two(text: str, type_: str, start: str | None) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.type, found.start) == (type_, start)


@pytest.mark.parametrize(
    "text",
    [
        "十排三号",
        "古城雅筑 十排三号",
        "延庆区永宁镇 嗯 就是 古城雅筑 十排三号",
        "3号院",
        "三号院",
        "二排5号",
        "第三排5号",
        "平房区10排3号",
        "3区12号",
        "三巷五号",
        "6栋三号",
        "一单元三号",
        "东街三号",
        "南大院三号，院里停水",
        "村东头三号",
        "家属院3号",
        "西里三号",
        "三组五号",
        "二队8号",
        "西三条五号",
        "家住五号",
        "门牌号是5号",
        "十排三号停水了",
        "二十排十五号暖气不热",
        "二号线",
        "二号线地铁站",
        "5号门",
        "3号车厢",
        "2号电梯坏了",
        "三号梯",
        "三号站台",
        "2号变压器",
        "王府花园甲五号",
        "5号楼3号",
        "酒仙桥三街坊8号",
        "8号院三排五号",
        "三社八号",
        "后街三号停水了",
        "京政发3号文",
        "七号电池",
    ],
)
def test_a_house_a_row_a_line_and_a_gate_are_no_days(text: str) -> None:
    assert find_time(text, MONDAY) is None
    assert answer_time(text, MONDAY).occurred is None


def test_a_day_beside_a_house_is_still_read() -> None:
    found = find_time("11排3号昨天停电", MONDAY)
    assert found is not None
    assert found.start == "2026-11-22"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("三号", "2026-11-03"),
        ("三号停的电", "2026-11-03"),
        ("三号那天", "2026-11-03"),
        ("家里三号停的水", "2026-11-03"),
        ("我们院三号停的水", "2026-11-03"),
        ("村里十五号断的水", "2026-11-15"),
        ("我家一单元15号停的电", "2026-11-15"),
        ("5栋18号开始漏水", "2026-11-18"),
        ("15号开始", "2026-11-15"),
        ("十五号来的暖 打那天起就没热过", "2026-11-15"),
        ("11月15号楼上漏水", "2026-11-15"),
        ("11月3号路灯不亮", "2026-11-03"),
        ("15号电梯坏了", "2026-11-15"),
        ("11月3号电梯坏了", "2026-11-03"),
        ("这个月三号", "2026-11-03"),
        ("排水管是三号堵的", "2026-11-03"),
        ("5号楼三号停水", "2026-11-03"),
        ("单元门15号坏的", "2026-11-15"),
        ("楼上三号漏的水", "2026-11-03"),
        ("十排三号，15号开始不热", "2026-11-15"),
        ("村里五号停的水，十排三号", "2026-11-05"),
        ("工资每月十五号发，这月十五号没发", "2026-11-15"),
    ],
)
def test_a_day_stays_a_day(text: str, start: str) -> None:
    found = answer_time(text, MONDAY).occurred
    assert found is not None
    assert (found.start or "")[:10] == start
