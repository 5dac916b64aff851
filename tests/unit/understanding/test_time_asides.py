"""A time of something beside the matter (a fall, a quarrel, a call, a repair) tells less than one of the matter."""

from datetime import datetime

import pytest

from bot.clock import CITY
from bot.understanding.time import find_time
from bot.understanding.time_value import ASIDE

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=CITY)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("路灯不亮了，黑灯瞎火的我妈昨天差点摔着", "2026-11-22"),
        ("井盖没了，昨天有个老太太差点掉进去", "2026-11-22"),
        ("地砖翘了，前天我绊了一跤", "2026-11-21"),
        ("昨天我老伴儿还说我呢你别管闲事可是我看着不行啊", "2026-11-22"),
        ("楼道堆东西，昨天我跟他吵了一架", "2026-11-22"),
        ("昨天邻居告诉我的，楼下挖沟", "2026-11-22"),
        ("昨天我听街坊说要拆", "2026-11-22"),
        ("昨天给物业打了电话没人管", "2026-11-22"),
        ("上周三我去反映过", "2026-11-18"),
        ("昨天下午三点我给物业打的电话", "2026-11-22T15:00:00+08:00"),
        ("昨天又催了一遍", "2026-11-22"),
        ("今天上午还没修好", "2026-11-23T06:00:00+08:00"),
        ("昨天还在漏", "2026-11-22"),
        ("昨天才来的水", "2026-11-22"),
        ("昨天修好了", "2026-11-22"),
        ("昨天我带孩子去医院看了", "2026-11-22"),
        ("昨天社区来人看了看", "2026-11-22"),
        ("昨天晚上我下班回来，电梯停着", "2026-11-22T18:00:00+08:00"),
    ],
)
def test_the_time_of_something_beside_the_matter_is_weak(text: str, start: str) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert (found.start, found.strength) == (start, ASIDE)


@pytest.mark.parametrize(
    "text",
    [
        "我是上周四下班发现的",
        "昨天晚上下班回来看见水漫出来了",
        "昨天我回家一看门口全是垃圾",
        "昨天下午三点我看见他们倒的",
        "昨天楼上摔东西",
        "昨天楼上吵架",
        "昨天司机骂我",
        "昨天物业说要涨价",
        "昨天停的电",
        "昨天我家没水了",
        "昨天半夜又打桩",
        "昨天我在超市买的牛奶过期了",
        "昨天暖气还是凉的，前天开始的",
    ],
)
def test_the_time_of_the_matter_is_not(text: str) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert found.strength > ASIDE


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("昨天我妈差点摔了，这灯上周四就不亮了", "2026-11-19"),
        ("昨天我老伴儿还说我呢别管闲事，可那沟里上周六又有人倒渣土", "2026-11-21"),
        ("我昨天跟他们吵了一架，占道是11月10号的事", "2026-11-10"),
        ("前天邻居告诉我说，是上周三停的", "2026-11-18"),
        ("上周二报修的，昨天还没来人", "2026-11-17"),
        ("上周三坏的，昨天我又打了一遍电话", "2026-11-18"),
    ],
)
def test_the_time_of_the_matter_wins_over_one_beside_it(text: str, start: str) -> None:
    found = find_time(text, MONDAY)
    assert found is not None
    assert found.start == start
