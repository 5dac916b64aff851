"""One reply on channels that can show much and little."""

from hypothesis import given
from hypothesis import strategies as st

from bot.connector.rendering import Capabilities, is_receipt, render, split, utf8_size, utf16_size
from bot.messages import Button, Reply

CHOICES = (Button("确认", "确认"), Button("不登记了", "取消"))


def test_buttons_where_they_fit() -> None:
    rendered = render(Reply("对吗？", CHOICES), Capabilities(100, buttons=2))
    assert (rendered.texts, rendered.buttons) == (("对吗？",), CHOICES)


def test_numbers_where_they_do_not() -> None:
    rendered = render(Reply("对吗？", CHOICES), Capabilities(100, buttons=1))
    assert rendered.texts == ("对吗？\n1. 确认\n2. 不登记了（回复数字即可）",)
    assert rendered.buttons == ()


def test_a_place_is_asked_for_by_button_only_where_there_is_one() -> None:
    reply = Reply("在哪里？", data={"ask": "place"})
    assert render(reply, Capabilities(100, asks_place=True)).ask_place
    assert not render(reply, Capabilities(100)).ask_place


def test_a_receipt_is_known_by_its_card() -> None:
    assert is_receipt(Reply("登记好了", data={"case": {"number": "SD-1"}}))
    assert not is_receipt(Reply("您好"))


def test_parts_end_where_sentences_do() -> None:
    assert split("一二三四五。六七八九。十", 8) == ("一二三四五。", "六七八九。十")


def test_a_case_number_is_not_torn() -> None:
    parts = split("您的工单号一二三四五是 SD-RGKK-VET8Y 请记好", 24)
    assert any("SD-RGKK-VET8Y" in part for part in parts)


def test_emoji_count_as_their_platform_counts_them() -> None:
    assert utf16_size("😀") == 2
    assert split("😀" * 10, 8, utf16_size) == ("😀😀😀😀", "😀😀😀😀", "😀😀")


@given(st.text(max_size=400), st.integers(16, 80), st.sampled_from([len, utf8_size, utf16_size]))
def test_every_part_is_within_the_limit_and_no_word_is_lost(text: str, limit: int, size: object) -> None:
    parts = split(text, limit, size)  # type: ignore[arg-type]
    assert all(0 < size(part) <= limit for part in parts)  # type: ignore[operator]
    assert "".join("".join(parts).split()) == "".join(text.split())
