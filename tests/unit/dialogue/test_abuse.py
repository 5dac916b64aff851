"""A case carries the matter without the abuse; what others called the citizen is the matter and stays."""

from __future__ import annotations

import pytest

from actions.complaint.abuse import without_abuse
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
        ("废物回收站太吵", "废物回收站太吵"),
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
