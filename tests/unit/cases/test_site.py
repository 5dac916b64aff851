"""When two places are one, whatever way they are written."""

from __future__ import annotations

import time

import pytest

from bot.cases import CaseDraft
from bot.cases.site import Site, site_of, site_words
from bot.storage.sealing import Vault


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("海淀区中关村街道软件园小区3号楼2单元", "软件园小区三号楼"),
        ("软件园小区12号楼", "软件园小区十二号楼楼道"),
        ("翠微路", "海淀区翠微路附近"),
        ("右安门内大街路边的", "右安门内大街"),
        ("芳古园一区东门", "芳古园1区"),
    ],
)
def test_the_same_place(one: str, other: str) -> None:
    assert site_words(one, "海淀区", "中关村街道") == site_words(other, "海淀区", "中关村街道")


def test_buildings_are_told_apart() -> None:
    assert site_words("龙腾苑三区8号楼", None, None) == ("龙腾苑3区", "8")
    assert site_words("龙腾苑三区9号楼", None, None) == ("龙腾苑3区", "9")
    assert site_words("皂君庙14号院", None, None) == ("皂君庙14号院", "")


@pytest.mark.parametrize(
    "words",
    [
        *(
            "公交站",
            "菜市场",
            "幼儿园门口",
            "地铁站口",
            "小区",
            "超市",
            "学校",
            "医院",
            "公园",
            "路口",
            "村口",
            "工地",
        ),
        *(
            "十字路口东侧",
            "我们小区门口",
            "小区5号楼",
            "朝阳区菜市场",
            "望京街道幼儿园门口",
            "附近的一个工地",
        ),
        *("公交站旁边的垃圾桶", "我家楼下", "马路对面的饭店", "小区的地下车库里"),
    ],
)
def test_a_kind_of_place_is_no_place(words: str) -> None:
    draft = CaseDraft("投诉", "", "", "web", place_text=words, district="朝阳区", street="望京街道")
    assert site_of(draft, Vault(b"m" * 32)) == Site(None, None)


@pytest.mark.parametrize(
    "words", ["劲松菜市场", "望京地铁站口", "人民医院", "红领巾公园", "十里堡小区", "八家小区", "大桥村"]
)
def test_a_kind_of_place_with_a_name_is_one(words: str) -> None:
    draft = CaseDraft("投诉", "", "", "web", place_text=words, district="朝阳区")
    assert site_of(draft, Vault(b"m" * 32)).site is not None


@pytest.mark.parametrize(
    "words",
    [
        "朝阳区望京西园" + "旁边" * 24 + "的楼",
        "1" * 2000,
        "1" * 2000 + "楼上",
        "a1" * 1000 + "楼下",
        "小区" * 1000 + "x",
        "的" * 2000 + "x",
    ],
    ids=["beside", "digits", "digits and a floor", "letters", "kinds", "of"],
)
def test_no_words_take_long(words: str) -> None:
    start = time.perf_counter()
    site_words(words, "朝阳区", None)
    assert time.perf_counter() - start < 0.1


def test_beside_is_no_part_of_the_name() -> None:
    assert (
        site_words("望京西园旁边", None, None) == site_words("望京西园那边的", None, None) == ("望京西园", "")
    )
