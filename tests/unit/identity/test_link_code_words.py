"""Which messages are a link code, and above all which are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.numbers import new_number, tracking_code
from bot.identity import parse_link_code


@pytest.mark.parametrize(
    "text",
    [
        "1234 5678",
        "12345678",
        "1234-5678",
        " 1234 5678。",
        "１２３４　５６７８",
        "1 2 3 4 5 6 7 8",
        "12 34 56 78",
        "接续码12345678",
        "接续码：1234 5678",
        "我的接续码是 1234 5678，谢谢",
        "1234 5678是我的接续码",
        "你好，这是验证码：12345678",
        "接续码是「1234 5678」",
        "电话13900010001，接续码1234 5678",
    ],
)
def test_a_code_is_heard_however_it_is_written(text: str) -> None:
    assert parse_link_code(text) == "12345678"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "接续码",
        "给我一个接续码",
        "1234567",
        "123456789",
        "13900010001",
        "139 0001 0001",
        "接续码123456789",
        "接续码1234 5678 90",
        "电话62345678",
        "我家座机是6234 5678",
        "2026-11-23",
        "20261123晚上停电了",
        "110105199001011234",
        "SD-1234-5678A",
        "SD-1234-56789",
        "接续码SD-1234-5678A",
        "SD-1234-5678A是接续码吗",
        "GZ-1234-5678-9012-3",
        "12号楼3456室，78户都没有水",
    ],
)
def test_nothing_else_is_taken_for_one(text: str) -> None:
    assert parse_link_code(text) is None


def test_case_numbers_and_tracking_codes_are_none() -> None:
    for number in range(3000):
        for known in (new_number(), tracking_code(bytes(32), str(number).encode())):
            for text in (
                known,
                f"接续码{known}",
                f"{known}接续码",
                known.replace("-", " "),
                known.replace("-", ""),
            ):
                assert parse_link_code(text) is None, text


@given(st.text(max_size=40))
def test_it_never_raises_and_gives_eight_digits(text: str) -> None:
    code = parse_link_code(text)
    assert code is None or (len(code) == 8 and code.isascii() and code.isdigit())
