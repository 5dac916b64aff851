"""Where somebody is or comes from is not where the matter is."""

from __future__ import annotations

import pytest

from bot.understanding.place import answer_place, find_place


@pytest.mark.parametrize(
    "said",
    [
        "我闺女在上海",
        "我儿子在上海上班，回不来",
        "我儿子在上海上班，楼道没灯",
        "老家河北的",
        "我老家在河北保定",
        "我户口在天津",
        "公司总部在上海",
        "他们总部在深圳",
        "老公在天津出差",
        "我人在上海出差",
        "卖家在广州",
        "房东在石家庄住",
        "我爸妈都在山东那边",
        "公司注册地在海南",
    ],
)
def test_whereabouts_are_no_place(said: str) -> None:
    assert find_place(said) is None
    assert answer_place(said) is None


@pytest.mark.parametrize(
    "said", ["我闺女在望京上班", "我儿子在海淀上学", "老公在亦庄工作，家里就我", "户口在望京街道"]
)
def test_whereabouts_in_the_city_are_no_place(said: str) -> None:
    assert find_place(said) is None


@pytest.mark.parametrize(
    ("said", "words", "district"),
    [
        ("我闺女在上海，我自己住丰台角门东里6号楼", "角门东里6号楼", "丰台区"),
        ("我户口在天津，住朝阳区望京西园四区407楼，没暖气", "望京西园四区407楼", "朝阳区"),
        ("我老家在河北保定，在大兴黄村西大街摆摊被罚了", "黄村西大街", "大兴区"),
        ("我儿子在望京上班，我住昌平天通苑东二区3号楼", "天通苑东二区3号楼", "昌平区"),
        ("我妈住望京西园三区，暖气不热", "望京西园三区", "朝阳区"),
        ("我妈在望京西园三区住，暖气不热", "望京西园三区", "朝阳区"),
        ("公司总部在上海，门店在西单大悦城", "西单大悦城", "西城区"),
    ],
)
def test_the_place_beside_whereabouts(said: str, words: str, district: str) -> None:
    place = find_place(said)
    assert place is not None
    assert not place.elsewhere
    assert words in (place.text or "")
    assert place.district == district


@pytest.mark.parametrize(
    "said",
    [
        "我在上海被骗了",
        "我妈在天津买保健品被骗了",
        "我在上海浦东新区，张杨路噪音大",
        "我老家在湖南长沙，村里修路占地",
        "天津武清区的小区停水了",
        "我在廊坊上班，老板欠薪",
    ],
)
def test_matters_outside_the_city(said: str) -> None:
    place = find_place(said)
    assert place is not None
    assert place.elsewhere
