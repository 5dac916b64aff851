"""What confirms a read-back: many ways to say yes, none of which takes anything back."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.complaint.correcting import corrected
from actions.complaint.draft import Draft
from actions.complaint.utterance import Utterance, ends_in_yes, plainly_no, plainly_yes, says_again_and_yes
from bot.clock import CITY
from bot.understanding.place import find_place


@pytest.mark.parametrize(
    "text",
    [
        "确认",
        "好的，就按这个报",
        "没毛病",
        "核对过了，没问题",
        "我看了没问题",
        "信息无误",
        "全对，提交吧",
        "👌确认",
        "确认💅",
        "119我打完了，确认确认",
        "确认吧，我泡面去了",
        "确认，走了啊",
        "对，停水这个确认",
        "这回对了，确认",
        "确认，甭磨叽了",
        "确认，麻烦快点派人",
        "得嘞，确认",
        "第一件没问题，确认",
        "第二件也确认",
        "对，就是这个地址。",
        "是，没错，就是这里。",
        "嗯嗯，对对，就是那儿。",
        "没错儿。",
        "没听错。",
    ],
)
def test_confirms(text: str) -> None:
    assert plainly_yes(text) or ends_in_yes(text)


@pytest.mark.parametrize(
    "text",
    [
        "没",
        "都",
        "这个",
        "信息",
        "我看看",
        "对吗",
        "好了没",
        "还没确认",
        "我不确认",
        "确认过了吗",
        "确认一下地址是不是5号楼",
        "确认，是晚上的事",
        "确认，不过楼号改成5号",
        "确认，电话是13900000001",
        "确认，垃圾也没人收",
        "对，是5号楼",
        "是的，删除",
        "算了，就这样吧",
        "撤了吧，就这样",
        "不是这个地址",
        "这里",
    ],
)
def test_does_not_confirm(text: str) -> None:
    assert not plainly_yes(text)
    assert not ends_in_yes(text)


@pytest.mark.parametrize(
    "text",
    [
        "不对。",
        "不是，不是。",
        "嗯，不对，不对。",
        "错了，不是。",
        "不是这儿。",
        "不是这个地址。",
        "听错了。",
    ],
)
def test_a_spoken_no(text: str) -> None:
    assert plainly_no(text)


@pytest.mark.parametrize(
    "text", ["不是这个地址，是那个", "不对，是五号楼", "不是没有", "没错", "不是那个小区的"]
)
def test_no_plain_no(text: str) -> None:
    assert not plainly_no(text)


@pytest.mark.parametrize(
    ("text", "confirmed"),
    [
        ("对对，5号楼，就这样，您给报上去吧", True),
        ("5号楼，没错，提交吧", True),
        ("6号楼，就这样", False),
        ("5号楼对吗", False),
        ("5号楼", False),
    ],
)
def test_saying_it_again_with_a_yes_confirms(text: str, confirmed: bool) -> None:
    assert says_again_and_yes(text, "东城区 和平里街道 和平里社区5号楼2单元") is confirmed


def test_a_slip_owned_up_to_between_wrong_and_right() -> None:
    known = Draft(matter=("暖气温吞",), place=find_place("东城区和平里社区3号楼2单元"))
    at = datetime(2026, 11, 23, 15, tzinfo=CITY)
    found = corrected(known, Utterance("哎呀不是3号楼，我说错了，是5号楼，岁数大了嘴跟不上", at))
    assert found is not None
    assert found[0].place is not None
    assert found[0].place.text == "和平里社区5号楼2单元"


@pytest.mark.parametrize(
    ("text", "confirmed"),
    [
        ("算了不等了，上面写的都对，确认", True),
        ("不等了，确认", True),
        ("算了不等了", False),
        ("算了，确认取消", False),
    ],
)
def test_a_yes_without_waiting_for_a_person(text: str, confirmed: bool) -> None:
    assert ends_in_yes(text) is confirmed
