"""What kind of request a message is, judged as a clerk would: the words are nobody's complaint of the examples."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from bot.clock import CITY
from bot.settings import PROJECT
from bot.understanding import Understander
from bot.understanding.kind import kind_by_words

AT = datetime(2026, 11, 23, 15, 0, tzinfo=CITY)


@pytest.fixture
def understander(real_understander: Understander) -> Understander:
    return real_understander


def kind(understander: Understander, text: str) -> str:
    return understander.understand(text, at=AT).kind


@pytest.mark.parametrize(
    "text",
    [
        "供暖几号开始",
        "公积金怎么提取",
        "居住证去哪办",
        "晚上几点以后不许施工",
        "水费一吨多少钱",
        "试用期能不交社保吗",
        "您好想问一下落户需要什么材料",
        "物业涨价要经过谁同意",
        "乱停车打哪个电话举报",
    ],
)
def test_a_real_question_is_a_consultation(understander: Understander, text: str) -> None:
    assert kind(understander, text) == "咨询"


@pytest.mark.parametrize(
    "text",
    [
        "楼上太吵了",
        "路灯坏了",
        "我想投诉",
        "暖气不热",
        "我就问一句物业不干活凭什么收钱",
        "我们小区的车位全让外人占了管不管",
        "那个工地夜里还干有手续吗",
        "卖房时说有学校现在没有了这算不算骗人",
        "供暖费交了家里才十四度你们到底管不管",
        "我家被楼上泡了他不赔怎么办",
        "我的钱刚才被骗走了怎么办啊",
        "昌平区沙河镇垃圾堆了半个月没人收",
    ],
)
def test_a_report_is_no_consultation_even_in_the_form_of_a_question(
    understander: Understander, text: str
) -> None:
    assert kind(understander, text) != "咨询"
    assert kind_by_words(text) != "咨询"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("楼上太吵了", "投诉"),
        ("暖气不热", "投诉"),
        ("路灯坏了", "求助"),
        ("自来水管爆了满街是水", "求助"),
        ("有人在楼顶违章盖房", "举报"),
        ("有人没有证就给人拔牙", "举报"),
        ("帮帮我", "求助"),
        ("谢谢你们啊，水管当天就给修好了", "表扬"),
        ("建议地铁口装个雨棚", "建议"),
    ],
)
def test_short_messages_have_their_usual_kind(understander: Understander, text: str, expected: str) -> None:
    assert kind(understander, text) == expected


def test_most_colloquial_questions_are_consultations(understander: Understander) -> None:
    """Of the 360 about 45 are plain statements (退租房东不给押金), which are rightly no consultations."""
    lines = (
        (PROJECT / "tests" / "data" / "knowledge_questions.jsonl").read_text(encoding="utf-8").splitlines()
    )
    asked = [json.loads(line)["query"] for line in lines[::4]]
    consultations = sum(kind(understander, text) == "咨询" for text in asked)
    assert consultations >= 0.83 * len(asked)
