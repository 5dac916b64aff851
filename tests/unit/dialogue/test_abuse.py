"""A case carries the matter without the abuse; what others called the citizen is the matter and stays."""

from __future__ import annotations

import pytest

from actions.complaint.abuse import grumbles, without_abuse
from actions.complaint.draft import Draft


@pytest.mark.parametrize(
    ("said", "carried"),
    [
        ("你个傻逼机器人别绕弯子，954路等了一个多小时", "954路等了一个多小时"),
        ("物业那帮王八蛋把地锁全撬了", "物业那帮人把地锁全撬了"),
        ("全是狗屎没人管，你个破机器懂不懂", "全是狗屎没人管"),
        ("他妈的又停电了", "又停电了"),
        ("你们他妈就是一帮吃干饭的！厕所锁了", "厕所锁了"),
        ("保安骂我傻逼还推我", "保安骂我傻逼还推我"),
        *(
            (matter, matter)
            for matter in (
                "孩子他妈被车撞了",
                "李强他妈昨天被电动车撞了，肇事者跑了",
                "我妈逼我离婚",
                "他妈住院没人管",
                "小区花、草、树都被车压死了",
                "这些废物堆在楼道半年了",
                "门口垃圾机器整夜响",
                "小区的破平台塌了",
                "养殖场的畜生臭死了",
                "那个神经病拿刀在小区乱砍",
                "楼道窄，人，都过不去",
                "废物回收站太吵",
            )
        ),
        ("隔壁精神病院排队", "隔壁精神病院排队"),
        ("操场晚上吵", "操场晚上吵"),
        ("垃圾没人收", "垃圾没人收"),
        ("白痴", "白痴"),
    ],
)
def test_what_a_case_carries(said: str, carried: str) -> None:
    assert without_abuse(said) == carried


def test_a_draft_tells_its_matter_so() -> None:
    draft = Draft(matter=("路灯坏了", "你个废物听明白没有，十月就坏了"))
    assert draft.content == "路灯坏了；十月就坏了"


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("呵呵，反正报了也白报，你们就会踢皮球，没一个好东西", True),
        ("说了也没用", True),
        ("反正报了也白报，物业和街道踢皮球", False),
        ("物业就会踢皮球", False),
        ("没用水", False),
        ("打了电话也没人管", False),
    ],
)
def test_doubt_of_the_hotline_tells_nothing(text: str, only: bool) -> None:
    assert grumbles(text) is only


@pytest.mark.parametrize(
    ("said", "carried"),
    [
        ("你们他妈的都是废物，停水两天了没人管", "停水两天了没人管"),
        ("11月21号停的，废话真多", "11月21号停的"),
        ("反正报了也白报，路灯坏了", "路灯坏了"),
        ("你们都是好人", "你们都是好人"),
    ],
)
def test_scolding_beside_the_matter_is_left_out(said: str, carried: str) -> None:
    assert without_abuse(said) == carried
