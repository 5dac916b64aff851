"""Which of two times tells the day, when they are told in two turns."""

from datetime import datetime

import pytest

from actions.complaint.timing import chooses_time, in_two_breaths, says_better
from actions.complaint.utterance import Utterance
from bot.clock import CITY
from bot.understanding import Occurred, answer_time, find_time

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=CITY)


def told(text: str) -> Occurred:
    found = answer_time(text, MONDAY).occurred
    assert found is not None
    return found


def said(text: str) -> Utterance:
    return Utterance(text=text, at=MONDAY)


@pytest.mark.parametrize(
    ("known", "later"),
    [
        ("我们楼电梯老坏，这个月修了四回了", "本月2号第一次坏的"),
        ("这个月坏了三次", "本月2号"),
        ("这周停了三回电", "上周六"),
        ("今年修了四次了", "11月5号"),
        ("昨天又坏了", "第一次坏是11月2号"),
        ("昨天下午三点又停了", "最早是10月份"),
        ("今天早上又响", "一开始是上周三"),
        ("从昨天开始的", "头一回是上个月5号"),
        ("上周五坏的", "就按今天早上这回算"),
        ("11月2号第一次坏的", "以昨天那次为准"),
        ("10月20号开始的", "就说这次的，昨晚"),
        ("上周五坏的", "周六修好了，今天早上又坏了"),
        ("夜里打桩", "昨天夜里"),
        ("半年了", "从11月20号开始"),
    ],
)
def test_a_later_time_that_says_better(known: str, later: str) -> None:
    assert says_better(told(known), told(later))


@pytest.mark.parametrize(
    ("known", "later"),
    [
        ("上周五坏的", "昨天又催了一遍"),
        ("上周开始的", "昨天又来了一次"),
        ("11月2号第一次坏的", "昨天又坏了"),
        ("昨天下午三点", "今天早上"),
        ("夜里两点还在打桩，就今天凌晨", "昨天报的警来了"),
        ("上周五", "昨天我第一次打电话"),
        ("从11月20号开始", "半年了"),
        ("就按今天早上这回算", "第一次是11月2号"),
    ],
)
def test_a_later_time_that_says_no_better(known: str, later: str) -> None:
    better = find_time(later, MONDAY)
    assert better is None or not says_better(told(known), better)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("就按今天早上这回算", "2026-11-23T06:00:00+08:00"),
        ("以昨天那次为准", "2026-11-22"),
        ("就说这次的，昨晚", "2026-11-22T18:00:00+08:00"),
        ("按昨天晚上那回报", "2026-11-22T18:00:00+08:00"),
        ("以今天早上的为准吧", "2026-11-23T06:00:00+08:00"),
        ("就报昨天那次", "2026-11-22"),
        ("算今天早上这次吧", "2026-11-23T06:00:00+08:00"),
        ("就从昨天算起", "2026-11-22"),
        ("就记上周五吧", "2026-11-20"),
        ("我说的是昨天那次", "2026-11-22"),
        ("时间写今天早上", "2026-11-23T06:00:00+08:00"),
        ("按最近一次算，昨天下午", "2026-11-22T12:00:00+08:00"),
        ("按11月20号的时间登记", "2026-11-20"),
        ("日期填11月20号就行", "2026-11-20"),
        ("上次是上周，这次是昨天", "2026-11-22"),
    ],
)
def test_words_that_choose_the_time(text: str, start: str) -> None:
    chosen = chooses_time(said(text))
    assert chosen is not None
    assert chosen.start == start


@pytest.mark.parametrize(
    "text",
    [
        "昨天坏的",
        "按上个月的价算",
        "就说昨天吧，半夜还在打桩",
        "他们说以昨天的通知为准",
        "按第一次算",
        "就这样算了",
        "昨天算账的时候",
        "我昨天报的",
        "物业昨天报上去了",
        "按三号楼的来",
        "就按这个报",
        "登记吧",
    ],
)
def test_words_that_choose_no_time(text: str) -> None:
    assert chooses_time(said(text)) is None


@pytest.mark.parametrize(
    ("known", "later", "start"),
    [
        ("昨天停的水", "大概下午三点", "2026-11-22T15:00:00+08:00"),
        ("前天晚上的事", "九点多吧", "2026-11-21T21:30:00+08:00"),
        ("昨天夜里", "两点来钟", "2026-11-23T02:00:00+08:00"),
        ("上周五", "早上八点半左右", "2026-11-20T08:30:00+08:00"),
    ],
)
def test_an_hour_told_later_belongs_to_the_day_told_before(known: str, later: str, start: str) -> None:
    joined = in_two_breaths(told(known), said(later))
    assert joined is not None
    assert (joined.start, joined.precision) == (start, "minute")


@pytest.mark.parametrize(
    ("known", "later"),
    [
        ("昨天停的水", "今天下午三点来的"),
        ("今天早上", "下午三点"),
        ("昨天停的水", "下午三点给我回的电话"),
        ("昨天下午两点", "三点左右"),
        ("这个月", "下午三点左右"),
        ("每天夜里", "两点左右"),
        ("昨天", "13900010001"),
        ("上周开始的", "半夜两点"),
    ],
)
def test_an_hour_of_something_else_stays_apart(known: str, later: str) -> None:
    assert in_two_breaths(told(known), said(later)) is None
