"""When two places are one, whatever way they are written."""

from __future__ import annotations

import pytest

from bot.cases.site import site_words


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
