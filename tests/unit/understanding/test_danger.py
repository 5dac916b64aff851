"""Dangers are heard however they are told, at the end of a long complaint too, and ordinary trouble is no alarm."""

from __future__ import annotations

import pytest

from bot.understanding import Understander
from bot.understanding.emergency import Emergency

LONG = "物业费一年两千多，保洁一个礼拜来一回，垃圾桶满了没人清，保安看见生人也不问，电梯三天两头坏，找经理经理说没钱，找社区社区让找物业，"


@pytest.fixture
def understander(real_understander: Understander) -> Understander:
    return real_understander


def heard(understander: Understander, text: str) -> Emergency | None:
    return understander.find_emergency(text)


@pytest.mark.parametrize(
    "text",
    [
        "网吧着火了",
        "KTV有人拿刀砍人",
        "我要投诉物业，着火了",
        "邻居扬言要砍死我",
        f"{LONG}楼下着火了",
        f"{LONG}有人掉进井里了",
        f"{LONG}老人被困在电梯里出不来",
        f"{LONG}楼道里一股煤气味",
        "昨天我反映过物业费的事，现在有人要跳楼",
        "门缝里往外冒烟，敲门没人应",
        "我爸喝了半瓶农药",
        "走廊看不见人了全是烟，我带着俩孩子",
    ],
)
def test_a_danger_is_heard(understander: Understander, text: str) -> None:
    found = heard(understander, text)
    assert found is not None
    assert found.advice
    assert understander.may_be_danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "路灯不亮",
        "气死我了这物业",
        "火锅店太吵",
        "楼道堆东西怕着火",
        "电梯坏了",
        "我妈脑梗后遗症想申请护理补贴",
        LONG,
    ],
)
def test_ordinary_trouble_is_no_alarm(understander: Understander, text: str) -> None:
    assert heard(understander, text) is None


def test_an_unforeseen_danger_shows_the_words_it_was_heard_from(understander: Understander) -> None:
    text = "楼下车棚噼里啪啦响直冒蓝火，朝阳区垡头街道翠成馨园12号楼"
    found = heard(understander, text)
    assert found is not None
    assert not found.foreseen
    assert found.text in text
    assert len(found.text) < len(text)
