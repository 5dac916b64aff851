"""What belongs into a case beside its fields, and what is talk about the talk."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.complaint.draft import Draft
from actions.complaint.privacy import answered_contact
from actions.complaint.reading import read_answer
from actions.complaint.telling import tells_more
from actions.complaint.utterance import Utterance
from bot.clock import CITY

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)


@pytest.mark.parametrize(
    "text",
    [
        "我爸刚才晕倒了，叫不醒",
        "就在望京西园5号楼，而且井盖也丢了一个",
        "墙皮都掉下来了",
        "物业一直不管",
        "不知道谁家的车堵了门",
        "救护车堵在外面进不来",
    ],
)
def test_what_is_told(text: str) -> None:
    assert tells_more(text, AT)


@pytest.mark.parametrize(
    "text",
    [
        "我那手机号我记不住",
        "不知道，嗯，不太清楚。",
        "呃，记不清了。",
        "等我找找手机号啊",
        "您贵姓",
        "我回来了",
        "凭什么给你",
        "你先别问，听我说完",
        "没毛病",
        "收到",
        "无所谓",
        "不客气",
        "嗯那个西城区啊德胜街道新风街2号院",
        "电话是吧你记一下啊13900000001",
        "我叫王芳",
        "哦对我住西城区月坛街道三里河三区41号楼",
    ],
)
def test_what_is_only_talk(text: str) -> None:
    assert not tells_more(text, AT)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("打我老伴的吧 他的是13900003004", "13900003004"),
        ("一三九 零零零零 二零一六", "13900002016"),
        ("139 0000 0951", "13900000951"),
        ("没有", None),
    ],
)
def test_the_number_in_an_answer(text: str, phone: str | None) -> None:
    contact = answered_contact(text)
    assert (contact.phone if contact else None) == phone


def test_a_field_and_more_of_the_matter_in_one_answer() -> None:
    reading = read_answer(
        Draft(matter=("路灯坏了",)), "place", Utterance("朝阳区望京街道望京西园5号楼，而且井盖也丢了一个", AT)
    )
    assert reading.draft.place is not None
    assert "井盖" in reading.draft.content


def test_a_number_that_is_put_right_is_right_in_the_sentences_too() -> None:
    draft = Draft(matter=("停水了，电话13900002018",), phone="13900002018")
    reading = read_answer(draft, "confirmed", Utterance("尾号不是2018，是2118", AT))
    assert reading.draft.phone == "13900002118"
    assert "2018" not in reading.draft.content


def test_a_number_that_is_taken_out_is_out_of_the_sentences_too() -> None:
    draft = Draft(matter=("停水了，电话13900002018",), phone="13900002018")
    reading = read_answer(draft, "confirmed", Utterance("把电话去掉", AT))
    assert reading.draft.phone is None
    assert "13900002018" not in reading.draft.content
