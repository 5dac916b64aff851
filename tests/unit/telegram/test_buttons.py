"""What a button carries, and what it says when it is pressed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import CallbackQuery, InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove

from bot.connector.rendering import render
from bot.messages import Button, Reply
from channels.telegram.buttons import callback_data, keyboard, pressed_words
from channels.telegram.send import CAN


def query(data: str, titles: list[str] | None = None) -> CallbackQuery:
    message = {
        "message_id": 1,
        "date": 1700000000,
        "chat": {"id": 1, "type": "private"},
        "reply_markup": {
            "inline_keyboard": [[{"text": title, "callback_data": "x"}] for title in titles or ["甲"]]
        },
    }
    raw = {
        "id": "1",
        "from": {"id": 1, "is_bot": False, "first_name": "a"},
        "chat_instance": "1",
        "data": data,
        "message": message,
    }
    found = CallbackQuery.de_json(raw, None)
    assert found is not None
    return found


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=120), st.integers(0, 19))
def test_what_a_button_carries_fits_and_says_its_words_or_its_title(says: str, place: int) -> None:
    data = callback_data(says, place)
    assert 1 <= len(data.encode()) <= 64
    titles = [f"第{number}个" for number in range(20)]
    assert pressed_words(query(data, titles)) == (titles[place] if data[0] == "#" else says)


@pytest.mark.parametrize(("length", "mark"), [(21, "="), (22, "~"), (29, "~"), (30, "#")])
def test_up_to_29_chinese_characters_are_carried(length: int, mark: str) -> None:
    assert callback_data("路" * length, 3)[0] == mark


@given(st.text(max_size=64))
def test_foreign_data_never_breaks_anything(data: str) -> None:
    said = pressed_words(query(data))
    assert said is None or isinstance(said, str)


def test_short_choices_share_a_row_and_long_ones_stand_alone() -> None:
    buttons = (Button("确认", "1"), Button("取消", "2"), Button("都不是，帮我登记这件事情", "3"))
    shown = keyboard(render(Reply("对吗？", buttons), CAN))
    assert isinstance(shown, InlineKeyboardMarkup)
    assert [[key.text for key in row] for row in shown.inline_keyboard] == [
        ["确认", "取消"],
        ["都不是，帮我登记这件事情"],
    ]


def test_a_rating_is_one_row() -> None:
    buttons = tuple(Button(f"{number}星", f"打{number}分") for number in range(1, 6))
    shown = keyboard(render(Reply("满意吗？", buttons, {"rating": True}), CAN))
    assert isinstance(shown, InlineKeyboardMarkup)
    assert len(shown.inline_keyboard) == 1


def test_the_place_is_asked_for_with_choices_beside() -> None:
    shown = keyboard(render(Reply("在哪里？", (Button("说不清", "说不清楚"),), {"ask": "place"}), CAN))
    assert isinstance(shown, ReplyKeyboardMarkup)
    assert [[bool(key.request_location) for key in row] for row in shown.keyboard] == [[True], [False]]


def test_a_reply_without_choices_takes_the_keyboard_away() -> None:
    assert isinstance(keyboard(render(Reply("好的"), CAN)), ReplyKeyboardRemove)


def test_more_choices_than_fit_are_numbered() -> None:
    rendered = render(Reply("哪个？", tuple(Button(f"选{n}", f"选{n}") for n in range(21))), CAN)
    assert rendered.buttons == ()
    assert "21. 选20" in rendered.texts[0]
