"""Which of two times tells the day, when they are told in two turns."""

from dataclasses import replace
from datetime import datetime

import pytest

from actions.complaint.draft import Draft, Question
from actions.complaint.reading import MIDDLE, read_answer, take_stated
from actions.complaint.several import issues_of
from actions.complaint.timing import chooses_time, in_two_breaths, says_better
from actions.complaint.utterance import Utterance
from bot.clock import CITY
from bot.understanding import Occurred, Understander, answer_time, find_time

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=CITY)


def told(text: str) -> Occurred:
    found = answer_time(text, MONDAY).occurred
    assert found is not None
    return found


def said(text: str) -> Utterance:
    return Utterance(text=text, at=MONDAY)


def after(first: str, later: str, question: Question) -> str | None:
    """When it began, as known once ``later`` was said to ``question``."""
    draft, _ = take_stated(Draft(), said(first))
    occurred = read_answer(replace(draft, matter=(first,)), question, said(later)).draft.occurred
    return occurred.start if occurred is not None else None


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


@pytest.mark.parametrize(
    ("first", "later", "start"),
    [
        ("路灯不亮了，黑灯瞎火的我妈昨天差点摔着", "得有几天了，我是上周四下班发现的", "2026-11-19"),
        ("路灯不亮了，我妈昨天差点摔着", "应该是上周四坏的", "2026-11-19"),
        ("路灯不亮了，我妈昨天差点摔着", "有半个月了", "2026-11-08"),
        ("昨天我跟物业吵了一架，电梯停着", "我记得是18号停的", "2026-11-18"),
        ("昨天给物业打了电话没人管，家里漏水", "11月10号漏的", "2026-11-10"),
        ("昨天邻居告诉我的，楼下挖沟", "挖沟是上周三开始的", "2026-11-18"),
        ("今天早上还在漏", "前天晚上开始漏的", "2026-11-21"),
        ("昨天停水了", "我想了想，是前天停的", "2026-11-21"),
        ("昨天停水了", "昨天下午三点停的", "2026-11-22T15:00:00+08:00"),
        ("昨天晚上吵得不行", "昨晚十一点半开始的", "2026-11-22T23:30:00+08:00"),
        ("从昨天开始没电", "昨天下午三点停的", "2026-11-22T15:00:00+08:00"),
        ("上周就开始漏", "上周五发现的", "2026-11-20"),
        ("上周五停的电", "前天下午修好的，晚上又停了", "2026-11-21T18:00:00+08:00"),
        ("上周五停的电", "修好又停，昨天又停", "2026-11-22"),
        (
            "昨天有人往沟里倒渣土我老伴儿还说我呢别管闲事",
            "倒土啊 嗯 昨天后半晌三点来钟 我瞅见的",
            "2026-11-22T15:00:00+08:00",
        ),
        ("这两天电梯老停", "头一回是上周四停的", "2026-11-19"),
        ("楼上漏水，昨天我上去找他还骂我", "上个礼拜三开始滴的", "2026-11-18"),
        ("昨天我家老爷子滑了一跤，地上全是冰", "水管子是前天夜里爆的", "2026-11-21T22:00:00+08:00"),
        ("今天早上没水", "从昨晚上十点多就没了", "2026-11-22T22:30:00+08:00"),
        ("门口堆垃圾，今儿早上我还跟他们掰扯", "这都小一个月了，十月底就开始堆", "2026-10-30"),
        ("昨天电梯坏了", "准确说是昨晚八点来钟", "2026-11-22T20:00:00+08:00"),
        ("昨天晚上电梯坏了", "八点半", "2026-11-22T20:30:00+08:00"),
        ("昨天摸着暖气还是凉的", "立冬那天试水就不热", "2026-11-07"),
        ("井盖没了，昨儿个我骑车差点掉进去", "哦没了有四天了", "2026-11-19"),
        ("工地噪音，昨天晚上十一点还在打", "11月15号开始的", "2026-11-15"),
        ("上周开始", "具体是上周四", "2026-11-19"),
        ("好几年了", "打疫情那年就开始了", "2020"),
        ("我上周三反映过一次没人管", "十一月五号坏的", "2026-11-05"),
        ("刚才有人打架", "就十分钟前", "2026-11-23T14:50:00+08:00"),
        ("前天停的水，昨天来水了", "今天早上又停了", "2026-11-23T06:00:00+08:00"),
        ("前天下午修好的", "晚上又停了", "2026-11-21T18:00:00+08:00"),
        ("昨儿个刮大风树倒了", "后半晌四点多倒的", "2026-11-22T16:30:00+08:00"),
        ("昨天司机骂人", "早上八点二十上的车", "2026-11-22T08:20:00+08:00"),
        ("公交站台玻璃碎了，我今早上班看见的", "早上七点来钟吧", "2026-11-23T07:00:00+08:00"),
        ("路口红绿灯坏了，昨天还差点撞了人", "坏了得有三天了吧", "2026-11-20"),
        ("小区没水，孩子昨天上学都没洗脸", "前天后半夜停的", "2026-11-21T00:00:00+08:00"),
        ("暖气不热，昨天社区来人看了看", "供暖头一天就不热", "2026-11-15"),
        ("昨天停水了", "大概下午三点", "2026-11-22T15:00:00+08:00"),
    ],
)
def test_a_better_time_is_taken_whatever_is_asked(first: str, later: str, start: str) -> None:
    assert {after(first, later, question) for question in MIDDLE - {"occurred"}} == {start}


@pytest.mark.parametrize(
    ("first", "later", "start"),
    [
        ("上周五停的电", "昨天我妈差点摔着", "2026-11-20"),
        ("上周五停的电", "昨天给物业打了电话", "2026-11-20"),
        ("上周五停的电", "今天上午还没修好", "2026-11-20"),
        ("昨天停水了", "昨天下午三点我给物业打的电话", "2026-11-22"),
        ("昨天停水了", "昨天晚上九点才来的水", "2026-11-22"),
        ("昨天下午三点停的水", "就昨天停的", "2026-11-22T15:00:00+08:00"),
        ("昨天下午三点停的水", "昨天", "2026-11-22T15:00:00+08:00"),
        ("从11月10号开始漏", "我昨天看见的", "2026-11-10"),
        ("头一回是11月2号", "昨天停的", "2026-11-02"),
        ("昨天晚上下班回来电梯停着", "今天上午还没修好", "2026-11-22T18:00:00+08:00"),
        ("前天停的水", "昨天物业来人了", "2026-11-21"),
        ("昨天被狗咬了", "今天去医院打的针", "2026-11-22"),
        ("昨天被狗咬了", "昨天下午报的警", "2026-11-22"),
        ("昨天早上停的电", "昨天晚上才来", "2026-11-22T06:00:00+08:00"),
        ("昨天停水了", "今天又停了", "2026-11-22"),
        ("上个月15号", "就是上个月", "2026-10-15"),
        ("从11月20号开始漏", "好几天了", "2026-11-20"),
        ("夏天就开始烧烤", "昨天晚上又来了", "2026-06"),
        ("上周四漏的", "今天早上下班回来又看见滴水", "2026-11-19"),
    ],
)
def test_a_worse_time_is_not_taken(first: str, later: str, start: str) -> None:
    assert {after(first, later, question) for question in MIDDLE - {"occurred"}} == {start}


@pytest.fixture(scope="module")
def understander() -> Understander:
    return Understander()


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (
            "密云太师屯镇太师屯村，两个事：村西头养猪场往河里排粪水；还有村里自来水一到晚上就没水。都是上周五开始的",
            [None, None],
        ),
        (
            "旧宫新苑南区，一个是底商的卷帘门半夜拉得哗啦响，另一个是小区绿化带让人种了大葱",
            [None, None],
        ),
        (
            "旧宫新苑南区，一个是底商的卷帘门每天半夜拉得哗啦响，另一个是小区绿化带昨天让人种了大葱",
            ["DAILY 夜间", "2026-11-22"],
        ),
    ],
)
def test_a_habit_of_one_matter_does_not_displace_the_beginning_of_all(
    understander: Understander, text: str, own: list[str | None]
) -> None:
    issues = issues_of(understander.understand(text, at=MONDAY))
    assert [issue.occurred and (issue.occurred.start or issue.occurred.rule) for issue in issues] == own
