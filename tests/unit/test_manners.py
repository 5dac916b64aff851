"""Manners around a message steer nothing; where they are the message they stay."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.manners import without_manners


@pytest.mark.parametrize(
    ("said", "steers"),
    [
        ("同志您好，不留电话，谢谢", "不留电话"),
        ("那个，13900000001", "13900000001"),
        ("嗯……海淀区中关村街道", "海淀区中关村街道"),
        ("喂，你好啊，转人工", "转人工"),
        ("前天开始的，辛苦了。", "前天开始的"),
        ("6号楼，麻烦您了", "6号楼"),
        ("撤销这个工单哈", "撤销这个工单"),
        ("您好，对", "对"),
        ("您好，好的谢谢", "好的谢谢"),
        ("您好", "您好"),
        ("喂", "喂"),
        ("谢谢", "谢谢"),
        ("好的，谢谢", "好的，谢谢"),
        ("没事了谢谢您啊", "没事了谢谢您啊"),
        ("那个小区没人管", "那个小区没人管"),
        ("谢谢物业他们真把树砍了", "谢谢物业他们真把树砍了"),
        ("麻烦你们派个人来", "麻烦你们派个人来"),
        *(
            (matter, matter)
            for matter in (
                "邻居总来找我麻烦",
                "办居住证太麻烦了",
                "匿名，怕麻烦",
                "先不麻烦你们了",
                "早、晚高峰这个路口堵得走不动",
                "老师、学生都食物中毒上吐下泻",
            )
        ),
        ("", ""),
    ],
)
def test_what_is_left(said: str, steers: str) -> None:
    assert without_manners(said) == steers


@given(st.text(alphabet="您好喂谢麻烦了那个嗯，。 路灯坏", max_size=40))
def test_nothing_is_made_up_and_something_is_left(said: str) -> None:
    left = without_manners(said)
    assert left in said
    assert bool(left.strip()) == bool(said.strip())


@pytest.mark.parametrize(
    "said", ["好" * 60 + "就这样登记吧", "嗯" * 2000 + "停水", "麻烦" * 1000, "好的，" * 700 + "x"]
)
def test_no_message_keeps_it_busy(said: str) -> None:
    before = process_time()
    without_manners(said)
    assert process_time() - before < 1
