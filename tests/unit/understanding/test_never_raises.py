"""Whatever a citizen writes, reading it never fails: a message that raises would go unanswered."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import CITY
from bot.understanding import answer_place, answer_time, find_contact, find_place, find_time, redact
from bot.understanding.issues import split_issues
from bot.understanding.kind import kind_by_words
from bot.understanding.normalise import normalise

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)

PIECES = st.sampled_from(
    [
        "二零三七年",
        "九九九九年",
        "十几年",
        "99999999999天",
        "三百六十个月",
        "1000000小时前",
        "从",
        "到",
        "昨天",
        "前天夜里",
        "上周三",
        "每天早上六点",
        "25点",
        "13月",
        "2月30号",
        "十一",
        "春节",
        "半",
        "多",
        "了",
        "快",
        "来",
        "大兴黄村",
        "海淀紫竹院",
        "回龙观",
        "的小区",
        "村",
        "院",
        "里",
        "3号楼",
        "甲12号",
        "地铁站",
        "A口",
        "中关村大街",
        "朝阳区",
        "河北保定",
        "北京",
        "街道",
        "和",
        "与",
        "路口",
        "附近",
        "这边",
        "的",
        "139000",
        "13900012345",
        "一三九零零零一二三四五",
        "010-6",
        "转",
        "幺三九",
        "身份证",
        "110101",
        "我姓",
        "王",
        "先生",
        "匿名",
        "第一",
        "第二",
        "一是",
        "二是",
        "、",
        "，",
        "。",
        "？",
        "另外",
        "两个问题",
        "一边",
    ]
)
MESSAGES = st.one_of(
    st.lists(PIECES, min_size=1, max_size=14).map("".join),
    st.text(max_size=60),
    st.text("0123456789年月日号点天", max_size=20),
)


@settings(max_examples=400, deadline=None)
@given(MESSAGES)
def test_reading_never_fails(text: str) -> None:
    clean = normalise(text).text
    find_place(text)
    find_time(text, AT)
    find_contact(text)
    answer_place(text)
    answer_time(text, AT)
    redact(text)
    kind_by_words(clean)
    assert split_issues(clean)


@pytest.mark.parametrize(
    "text",
    [
        "昨天又去了一趟，还是那句话让等着，快两个月了，那帮人就会拖。大兴黄村这边的。",
        "我是海淀紫竹院这边的打听一下啊我在旧货网站上卖了一个用过的包",
        "我有什么靓号协议要到二零三七年才能转我这号办了十几年",
        "停水99999999999天了",
    ],
)
def test_messages_that_once_failed(text: str) -> None:
    find_place(text)
    find_time(text, AT)
