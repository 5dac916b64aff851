"""Choices without buttons: shown with numbers, answered in every way people do."""

import pytest

from bot.choices import chosen, may_choose, numbers_itself, with_numbers
from bot.messages import Button, Reply

CHOICES = (Button("确认", "确认"), Button("要修改", "有地方不对"), Button("不登记了", "取消"))


@pytest.mark.parametrize(
    "said",
    [
        "2",
        " 2 ",
        "2。",
        "选2",
        "我选第二个",
        "第二个",
        "第2个",
        "要第二项",
        "二",
        "②",
        "两",
        "回复2",
        "要修改",
    ],
)
def test_the_second_choice_however_it_is_named(said: str) -> None:
    assert chosen(said, CHOICES) == CHOICES[1]


@pytest.mark.parametrize(
    "said",
    [
        "4",
        "第四个",
        "0",
        "22",
        "2号楼",
        "12",
        "有两个电梯",
        "第二天",
        "2号",
        "二号",
        "两个",
        "就一个楼",
        "1号",
        "确认一下地址",
        "",
        "3月",
    ],
)
def test_other_words_name_no_choice(said: str) -> None:
    assert chosen(said, CHOICES) is None


def test_nothing_to_choose_from() -> None:
    assert chosen("1", ()) is None


def test_ten_choices_are_reached_by_their_numbers() -> None:
    many = tuple(Button(f"项{number}", f"项{number}") for number in range(1, 11))
    assert chosen("10", many) == many[9]
    assert chosen("第十个", many) == many[9]


def test_a_reply_without_buttons_keeps_its_words() -> None:
    assert with_numbers(Reply("您好")) == "您好"


def test_choices_stand_under_the_words_with_numbers() -> None:
    assert with_numbers(Reply("对吗？", CHOICES)) == "对吗？\n1. 确认\n2. 要修改\n3. 不登记了（回复数字即可）"


def test_words_that_number_things_themselves_get_no_second_numbers() -> None:
    reply = Reply("我听到两件事：\n1. 噪音\n2. 停电", CHOICES)
    assert numbers_itself(reply.text)
    assert "3." not in with_numbers(reply)
    assert "要修改" in with_numbers(reply)
    assert chosen("2", CHOICES, by_number=False) is None
    assert chosen("要修改", CHOICES, by_number=False) == CHOICES[1]


@pytest.mark.parametrize(
    ("said", "numbered", "may"),
    [
        ("2", True, True),
        ("2", False, False),
        ("第二个", False, True),
        ("要修改", False, False),
        ("要修改", True, True),
    ],
)
def test_whoever_plainly_names_none_need_not_be_looked_up(said: str, numbered: bool, may: bool) -> None:
    assert may_choose(said, numbered=numbered) is may


def test_where_no_numbers_are_shown_a_bare_one_names_nothing() -> None:
    assert chosen("2", CHOICES, bare=False) is None
    assert chosen("第二个", CHOICES, bare=False) == CHOICES[1]
