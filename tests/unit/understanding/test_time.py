"""When something happened, as a citizen says it."""

from datetime import datetime, timedelta

import pytest

from bot.clock import CITY
from bot.understanding.time import answer_time, find_time

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=CITY)


def read(text: str) -> tuple[str, str | None, str | None, str | None] | None:
    found = find_time(text, MONDAY)
    return None if found is None else (found.type, found.start, found.end, found.rule)


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("门口从18号停水到现在没人管", "从18号停水到现在", ("since", "2026-11-18", None, None)),
        (
            "前天夜里水管突然爆了",
            "前天夜里",
            ("interval", "2026-11-21T22:00:00+08:00", "2026-11-22T06:00:00+08:00", None),
        ),
        (
            "昨晚楼下打架",
            "昨晚",
            ("interval", "2026-11-22T18:00:00+08:00", "2026-11-23T00:00:00+08:00", None),
        ),
        ("今天下午一点半电梯停了", "今天下午一点半", ("instant", "2026-11-23T13:30:00+08:00", None, None)),
        ("昨天夜里三点还在施工", "昨天夜里三点", ("instant", "2026-11-23T03:00:00+08:00", None, None)),
        ("上周二报的修", "上周二", ("date", "2026-11-17", "2026-11-17", None)),
        ("上个月多扣了钱", "上个月", ("interval", "2026-10-01", "2026-10-31", None)),
        ("停电半个多小时了", "半个多小时了", ("instant", "2026-11-23T14:30:00+08:00", None, None)),
        ("二十分钟前有人落水", "二十分钟前", ("instant", "2026-11-23T14:40:00+08:00", None, None)),
        ("国庆期间装的", "国庆期间", ("interval", "2026-10-01", "2026-10-07", None)),
        ("国庆后就没开过门", "国庆后", ("since", "2026-10-08", None, None)),
        ("入冬以来就没热过", "入冬以来", ("since", "2026-11-01", None, None)),
        ("连着四天停水", "连着四天", ("interval", "2026-11-20", "2026-11-23", None)),
        ("路灯坏了半个月了", "半个月了", ("since", "2026-11-08", None, None)),
        ("修了两年了", "两年了", ("since", "2024-11", None, None)),
        ("去年9月5日签的合同", "去年9月5日", ("date", "2025-09-05", "2025-09-05", None)),
        ("12月3号买的", "12月3号", ("date", "2025-12-03", "2025-12-03", None)),
        ("2024年3月交的钱", "2024年3月", ("date", "2024-03", "2024-03", None)),
        ("每天晚上十一点以后打桩", "每天晚上十一点以后", ("recurring", None, None, "DAILY 23:00-")),
        ("早上六点到晚上八点都在切割", "早上六点到晚上八点", ("recurring", None, None, "DAILY 06:00-20:00")),
        ("周末早上八点就砸墙", "周末早上八点", ("recurring", None, None, "WEEKEND 08:00")),
        ("刚才有人晕倒", "刚才", ("instant", "2026-11-23T15:00:00+08:00", None, None)),
        ("晚高峰五点路口堵死了", "晚高峰五点", ("instant", "2026-11-23T17:00:00+08:00", None, None)),
    ],
)
def test_reads_a_time(text: str, words: str, value: tuple[str, str | None, str | None, str | None]) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.text, read(text)) == (words, value)
    assert text[found.span[0] : found.span[1]] == words


@pytest.mark.parametrize(
    "text",
    [
        "我家12号楼3单元",
        "5路公交车甩站",
        "24小时营业的便利店太吵",
        "80多岁的老人",
        "13900010001",
        "住3号院2号楼",
        "有三点问题要反映",
        "明天早上要停水吗",
        "七天无理由退货",
        "物业不管",
    ],
)
def test_what_is_no_time_of_a_matter(text: str) -> None:
    assert find_time(text, MONDAY) is None


def test_a_date_wins_over_a_vague_duration() -> None:
    found = find_time("门禁坏了小半年，上周五晚上有陌生人进来", MONDAY)
    assert found is not None
    assert found.start == "2026-11-20T18:00:00+08:00"


def test_words_count_from_when_they_were_said() -> None:
    later = find_time("昨天停的水", MONDAY + timedelta(days=3))
    assert later is not None
    assert later.start == "2026-11-25"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        find_time("昨天", datetime(2026, 11, 23))  # noqa: DTZ001 - the error under test


@pytest.mark.parametrize(
    ("answer", "start"),
    [
        ("十来天了", "2026-11-13"),
        ("今早七点", "2026-11-23T07:00:00+08:00"),
        ("上周三开始", "2026-11-18"),
        ("三天", "2026-11-20"),
        ("8点", "2026-11-23T08:00:00+08:00"),
        ("15号", "2026-11-15"),
    ],
)
def test_reads_an_answer(answer: str, start: str) -> None:
    read = answer_time(answer, MONDAY)
    assert read.occurred is not None
    assert read.occurred.start == start
    assert not read.unknown


def test_always_is_an_answer_without_a_beginning() -> None:
    read = answer_time("一直都这样", MONDAY)
    assert read.occurred is not None
    assert (read.occurred.type, read.occurred.start, read.occurred.ongoing) == ("since", None, True)


@pytest.mark.parametrize("answer", ["记不清了", "不知道", "忘了"])
def test_not_knowing_is_an_answer_too(answer: str) -> None:
    read = answer_time(answer, MONDAY)
    assert read.occurred is None
    assert read.unknown


@pytest.mark.parametrize(
    "text",
    ["", "。", "零月零号", "99月99号", "二十五点", "2026年2月30日", "点" * 3000, "一" * 3000, "1" * 3000],
)
def test_odd_text_is_survived(text: str) -> None:
    found = find_time(text, MONDAY)
    assert found is None or found.span[0] < found.span[1]


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("今天早上七点多停的电", "今天早上七点多", ("instant", "2026-11-23T07:30:00+08:00", None, None)),
        ("昨天晚上八点多打的架", "昨天晚上八点多", ("instant", "2026-11-22T20:30:00+08:00", None, None)),
        ("每天夜里两点多卸货", "每天夜里两点多", ("recurring", None, None, "DAILY 02:00")),
        ("电梯坏了半年了", "半年了", ("since", "2026-05-23", None, None)),
        ("上周二申请退款到现在没信儿", "上周二", ("date", "2026-11-17", "2026-11-17", None)),
        ("从今早开始没水", "从今早开始", ("since", "2026-11-23", None, None)),
        ("自昨天夜里起一直漏", "自昨天夜里起", ("since", "2026-11-22", None, None)),
        ("上周开始涨的价", "上周开始", ("since", "2026-11-16", None, None)),
        ("有人周末把树锯了", "周末", ("interval", "2026-11-21", "2026-11-22", None)),
        ("冰柜24小时轰隆轰隆", "24小时", ("recurring", None, None, "DAILY 00:00-24:00")),
        (
            "烤串的从晚上六点吵到夜里两点",
            "从晚上六点吵到夜里两点",
            ("recurring", None, None, "DAILY 18:00-02:00"),
        ),
        ("自从开业起就没消停过", "自从开业起", ("since", "2026-10", None, None)),
        ("天天早市散了一地烂菜", "天天", ("recurring", None, None, "DAILY")),
    ],
)
def test_reads_more_times(
    text: str, words: str, value: tuple[str, str | None, str | None, str | None]
) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.text, read(text)) == (words, value)


def test_how_long_a_repair_took_is_no_time_of_the_matter() -> None:
    assert find_time("报修三天就给换好了，服务真不错", MONDAY) is None


@pytest.mark.parametrize(
    ("text", "words", "type_", "start", "rule"),
    [
        ("10月20号起灯就没亮过", "10月20号起", "since", "2026-10-20", None),
        ("物业10月15号起涨价", "10月15号起", "since", "2026-10-15", None),
        ("昨晚开始屋里返水", "昨晚开始", "since", "2026-11-22", None),
        ("前天夜里开始停水", "前天夜里开始", "since", "2026-11-21", None),
        ("退租已经二十天了押金不退", "二十天了", "since", "2026-11-03", None),
        ("礼拜六小孩兴趣班一下课就堵", "礼拜六", "date", "2026-11-21", None),
        ("周日楼上装修，吵死了", "周日", "date", "2026-11-22", None),
        ("每天早上五点四十一辆垃圾车来", "每天早上五点四十", "recurring", None, "DAILY 05:40"),
        ("俩月零七天没发钱", "俩月零七天", "since", "2026-09-16", None),
        ("一到晚上就有人唱歌", "一到晚上", "recurring", None, "DAILY 晚上"),
        ("今天凌晨开始往上接二层", "今天凌晨", "interval", "2026-11-23T00:00:00+08:00", None),
    ],
)
def test_ways_of_saying_when_that_fresh_complaints_showed(
    text: str, words: str, type_: str, start: str | None, rule: str | None
) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.text, found.type, found.start, found.rule) == (words, type_, start, rule)


@pytest.mark.parametrize("text", ["每周五晚上都吵", "周五周六晚上唱歌", "周一到周五堵车", "下周六要施工"])
def test_a_weekday_that_comes_again_is_no_day_that_was(text: str) -> None:
    found = find_time(text, MONDAY)
    assert found is None or found.type == "recurring"


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("上个月28号装的", "上个月28号", "2026-10-28"),
        ("上个月9号开的业", "上个月9号", "2026-10-09"),
        ("上个月二十八号交的钱", "上个月二十八号", "2026-10-28"),
        ("这月15号该发没发", "这月15号", "2026-11-15"),
        ("就这月15号", "这月15号", "2026-11-15"),
        ("上上个月3号", "上上个月3号", "2026-09-03"),
        ("上个月20来号坏的", "上个月20来号", "2026-10-20"),
        ("他们家是10月16号搬来的 搬来就开始了", "10月16号", "2026-10-16"),
        ("11.20号停的", "11.20号", "2026-11-20"),
        ("就11.20那天", "11.20那天", "2026-11-20"),
        ("立冬那天", "立冬那天", "2026-11-07"),
        ("冬至", "冬至", "2025-12-21"),
        ("国庆节那天打的架", "国庆节那天", "2026-10-01"),
        ("中秋", "中秋", "2026-09-25"),
        ("重阳节当天", "重阳节当天", "2026-10-18"),
        ("大年初三放的炮", "大年初三", "2026-02-19"),
        ("农历八月十五停的电", "农历八月十五", "2026-09-25"),
        ("去年大年三十", "去年大年三十", "2025-01-28"),
        ("腊月二十三烧的", "腊月二十三", "2026-02-10"),
        ("去年除夕当天", "去年除夕当天", "2025-01-28"),
        ("双十一那天买的", "双十一那天", "2026-11-11"),
        ("来了两回了，上周三又来", "上周三", "2026-11-18"),
    ],
)
def test_a_day_of_a_month_or_with_a_name_is_that_day(text: str, words: str, day: str) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.text, found.type, found.start, found.end) == (words, "date", day, day)


@pytest.mark.parametrize(
    ("text", "words", "start"),
    [
        ("打9月10号开始的", "打9月10号开始", "2026-09-10"),
        ("打从11月3号就这样了", "打从11月3号", "2026-11-03"),
        ("11.20开始的", "11.20开始", "2026-11-20"),
        ("立冬开始就没热过", "立冬开始", "2026-11-07"),
        ("打国庆节就没亮过", "打国庆节", "2026-10-01"),
        ("打上个月起就这样", "打上个月起", "2026-10-01"),
        ("五月初就停那儿了得有半年多了", "五月初", "2026-05-01"),
        ("得有半年多了，五月初就停那儿了", "五月初", "2026-05-01"),
        ("停车费从8月份开始涨，都三个月了", "从8月份开始", "2026-08"),
        ("10月底就坏了快一个月了", "10月底", "2026-10-30"),
        ("上个月15号开始的，昨天又来了", "上个月15号开始", "2026-10-15"),
        ("快俩月了，上周二报过修", "快俩月了", "2026-09-25"),
    ],
)
def test_since_when_it_lasts(text: str, words: str, start: str) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.text, found.type, found.start, found.ongoing) == (words, "since", start, True)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("这两天", "2026-11-22", "2026-11-23"),
        ("前两天", "2026-11-20", "2026-11-22"),
        ("头两天刚装的", "2026-11-20", "2026-11-22"),
        ("大前天晚上", "2026-11-20T18:00:00+08:00", "2026-11-21T00:00:00+08:00"),
        ("大前儿晚上", "2026-11-20T18:00:00+08:00", "2026-11-21T00:00:00+08:00"),
        ("上周末", "2026-11-21", "2026-11-22"),
        ("礼拜天早起", "2026-11-22T06:00:00+08:00", "2026-11-22T12:00:00+08:00"),
        ("上月28号晚上打的架", "2026-10-28T18:00:00+08:00", "2026-10-29T00:00:00+08:00"),
        ("除夕那天晚上", "2026-02-16T18:00:00+08:00", "2026-02-17T00:00:00+08:00"),
    ],
)
def test_days_in_a_row_and_parts_of_a_day(text: str, start: str, end: str) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.type, found.start, found.end) == ("interval", start, end)


def test_when_it_began_wins_over_when_somebody_came_to_look() -> None:
    found = find_time("是11月初的事，物业上周来过", MONDAY)
    assert found is not None
    assert found.start == "2026-11-01"


@pytest.mark.parametrize(
    "text", ["下个月就要断供了", "下个月15号拆", "这月28号要停水", "水费11.20元", "国庆北路堵车", "大雪路滑"]
)
def test_what_is_to_come_and_what_only_looks_like_a_date(text: str) -> None:
    assert find_time(text, MONDAY) is None


def test_a_date_is_read_in_the_year_of_its_saying() -> None:
    found = find_time("12月5号的事", datetime(2026, 12, 8, 10, 0, tzinfo=CITY))
    assert found is not None
    assert found.start == "2026-12-05"


@pytest.mark.parametrize(
    ("day", "year", "start"),
    [
        ("中秋那天", 2024, "2024-09-17"),
        ("端午那天", 2025, "2025-05-31"),
        ("腊八那天", 2027, "2027-01-15"),
        ("小年那天", 2026, "2026-02-10"),
        ("元宵节那天", 2028, "2028-02-09"),
        ("雨水那天", 2026, "2026-02-18"),
        ("清明那天", 2028, "2028-04-04"),
    ],
)
def test_lunar_days_and_solar_terms(day: str, year: int, start: str) -> None:
    found = find_time(day, datetime(year, 12, 30, 12, 0, tzinfo=CITY))
    assert found is not None
    assert found.start == start


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("去年十一月到现在", "2025-11"),
        ("周五一早就吵", "2026-11-20T06:00:00+08:00"),
        ("十一那天", "2026-10-01"),
        ("五一那天", "2026-05-01"),
    ],
)
def test_a_festival_is_not_cut_out_of_another_word(text: str, start: str) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert found.start == start


@pytest.mark.parametrize("text", ["元宵节快乐", "情人节送啥礼物好", "腊八蒜咋不绿呢"])
def test_a_greeting_is_no_time(text: str) -> None:
    assert find_time(text, MONDAY) is None


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("昨儿包饺子接了盆黄水，这自来水发黄是11月9号开始的", "2026-11-09"),
        ("国庆放假回来，10月9号开始就这样", "2026-10-09"),
        ("上个月25号弄来的", "2026-10-25"),
        ("前几天没说完的地锁那事，上周五装的", "2026-11-20"),
    ],
)
def test_of_several_times_the_one_that_tells_when_it_began(text: str, start: str) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert found.start == start


def test_a_matter_told_just_now_is_no_time() -> None:
    assert find_time("回到刚才那件，快递柜的", MONDAY) is None
