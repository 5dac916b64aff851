"""What was said before put right: only the fields the words speak of, in drafts and in filed cases."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.complaint.correcting import correct_filed, corrected
from actions.complaint.draft import Draft
from actions.complaint.utterance import Utterance
from bot.clock import CITY
from bot.understanding import find_time
from bot.understanding.place import find_place

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)


def draft(place: str = "朝阳区望京街道花家地西里5号楼", matter: str = "小区停电了") -> Draft:
    return Draft(
        matter=(matter,), place=find_place(place), occurred=find_time("昨天晚上", AT), phone="13900000001"
    )


def after(text: str, before: Draft | None = None) -> Draft:
    found = corrected(before or draft(), Utterance(text, AT), says_wrong=True)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    "text",
    [
        "不是5号楼，是7号楼",
        "楼号说错了，是7号楼，不是5号楼",
        "哎呀楼号说错了，是7号楼",
        "应该是7号楼",
        "7号楼才对，打错了",
    ],
)
def test_another_building(text: str) -> None:
    place = after(text).place
    assert place is not None
    assert "花家地西里7号楼" in (place.text or "")
    assert (place.district, place.street) == ("朝阳区", "望京街道")


def test_two_fields_in_one_breath() -> None:
    changed = after("楼号错了应该是9号楼，电话也改成13900000118")
    assert changed.phone == "13900000118"
    assert changed.place is not None
    assert "9号楼" in (changed.place.text or "")


def test_a_word_of_the_place() -> None:
    before = draft("大兴区清源街道康隆园小区西门")
    place = after("地点不对，是东门不是西门", before).place
    assert place is not None
    assert "东门" in (place.text or "")
    assert "西门" not in (place.text or "")


def test_another_district_keeps_the_spot() -> None:
    before = draft("朝阳区八里庄街道恩济里西边空场")
    place = after("不是朝阳，说错了，是海淀区的八里庄街道", before).place
    assert place is not None
    assert place.district == "海淀区"
    assert "恩济里" in (place.text or "")


@pytest.mark.parametrize("text", ["不是停电，是停水", "不对说错了，是停水", "是停水不是停电"])
def test_a_word_of_the_matter(text: str) -> None:
    changed = after(text)
    assert changed.matter == ("小区停水了",)
    assert changed.place == draft().place


def test_the_time() -> None:
    occurred = after("时间不对，是前天早上").occurred
    assert occurred is not None
    assert (occurred.start or "").startswith("2026-11-21")


def test_a_field_that_was_asked_for_may_stand_alone() -> None:
    changed = correct_filed(draft(), Utterance("8号楼", AT), only="place")
    assert changed is not None
    assert changed.place is not None
    assert "8号楼" in (changed.place.text or "")
    assert correct_filed(draft(), Utterance("13900000009", AT), only="contact") is not None
    assert correct_filed(draft(), Utterance("嗯", AT), only="contact") is None


def test_what_puts_nothing_right() -> None:
    assert corrected(draft(), Utterance("补充一下，家里有老人", AT)) is None
