"""Which words are about a case that was filed, and which tell a matter of their own."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from actions.anytime import filed as room
from actions.complaint.draft import Draft
from actions.complaint.known import course_of, says_same
from actions.complaint.utterance import Utterance
from actions.talk import Filed, Talk
from bot.clock import CITY
from bot.understanding.place import find_place

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)
HEATING = Filed(
    "SD-1",
    Draft(
        matter=("暖气不热",),
        title="室温不达标",
        place=find_place("朝阳区望京街道和畅嘉园5号楼"),
        phone="13900000001",
    ),
    AT,
)
LIFT = Filed("SD-2", Draft(matter=("电梯坏了",), title="电梯故障停运"), AT + timedelta(minutes=1))


@pytest.mark.parametrize(
    "text",
    [
        "楼下饭店油烟太大，不是一天两天了，丰台区方庄芳古园一区2号楼",
        "丰台区方庄路的路灯不对劲，从上周一开始不亮",
        "停车费标准不对，昨天物业又来催缴",
        "我不是北京人，想问居住证",
    ],
)
def test_a_new_matter_corrects_nothing(text: str) -> None:
    assert not room._puts_right(text, HEATING)


@pytest.mark.parametrize(
    "text",
    ["电话写错了", "地址改一下", "不是5号楼，是7号楼", "时间不对，是前天", "刚才那个不对，应该是7号楼"],
)
def test_a_slip_is_put_right(text: str) -> None:
    assert room._puts_right(text, HEATING)


@pytest.mark.parametrize(
    "text", ["公交站取消了，老人坐车不方便", "便民菜店撤了", "物业说不想管了，垃圾堆成山"]
)
def test_a_matter_withdraws_nothing(text: str) -> None:
    assert room._WITHDRAW.search(text) is None


@pytest.mark.parametrize(
    "text", ["撤单", "这个工单撤了吧，已经有人来收了", "不投诉了", "不用处理了", "撤销工单", "帮我撤了吧"]
)
def test_a_case_is_withdrawn(text: str) -> None:
    assert room._WITHDRAW.search(text) is not None


@pytest.mark.parametrize("text", ["不要再给我打电话推销了，房产中介太烦人", "希望不要下午打电话，我上班"])
def test_a_number_is_not_taken_out_by_the_way(text: str) -> None:
    assert room._TAKES_PHONE_OUT.search(text) is None


def test_a_number_is_taken_out() -> None:
    assert room._TAKES_PHONE_OUT.search("把我的手机号从刚才那个单子里删掉")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("第一件的地址错了，是9号楼", "SD-1"),
        ("第二件电话写错了", "SD-2"),
        ("暖气那个写错了", "SD-1"),
        ("电话写错了", "SD-2"),
    ],
)
def test_the_case_that_is_meant(text: str, number: str) -> None:
    talk = Talk().file(HEATING).file(LIFT)
    picked = room.pick(talk, text, AT + timedelta(minutes=5))
    assert picked is not None
    assert picked.number == number


@pytest.mark.parametrize(
    ("text", "own", "course"),
    [
        ("补充", True, "add"),
        ("加到原来的单子里吧", True, "add"),
        ("跟进", False, "follow"),
        ("好的，一起跟进吧", False, "follow"),
        ("另外登记", False, "anew"),
        ("物业收费不合理", False, None),
        ("昨天又重新开挖了", False, None),
        ("我和老伴一起住，地址是5号楼", False, None),
        ("补充一下，楼道也冷", True, None),
    ],
)
def test_what_becomes_of_a_known_matter(text: str, own: bool, course: str | None) -> None:
    draft = Draft(matter=("暖气不热",), alike="SD-9", alike_own=own)
    assert course_of(draft, Utterance(text, AT)) == course


@pytest.mark.parametrize("text", ["对 就是同一件 补充进去 确认", "是同一件事", "补充进去吧"])
def test_a_yes_after_an_addition_opens_no_new_matter(text: str) -> None:
    assert says_same(text)


@pytest.mark.parametrize("text", ["确认", "现在又漏了 补充进去", "还有一件，楼道灯也坏了"])
def test_what_tells_more_than_that_is_read_on(text: str) -> None:
    assert not says_same(text)
