"""Case numbers: read as people write them, and wrong ones noticed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.numbers import (
    ALPHABET,
    find_number,
    new_number,
    parse_number,
    parse_tracking_code,
    tracking_code,
    tracking_hash,
)

numbers = st.builds(new_number)


def body(number: str) -> str:
    return number.removeprefix("SD-").replace("-", "")


@given(numbers)
def test_a_number_is_short_public_and_reads_back(number: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{6,}", number)
    assert len(number) == 13
    assert parse_number(number) == number


@pytest.mark.parametrize(
    "form",
    [
        "{n}",
        "{low}",
        "我的工单{n}到哪了",
        "查{n}。",
        "{tight}",
        "SD {spaced}",
        "{full}",
        "编号：{low}，快点",
        "{bare}",
        " {bare_low} ",
    ],
)
def test_people_write_it_in_many_ways(form: str) -> None:
    number = next(
        candidate for check in ALPHABET if parse_number(candidate := f"SD-4K7M-9QX2{check}") is not None
    )
    said = form.format(
        n=number,
        low=number.lower(),
        tight=number.replace("-", ""),
        spaced=" ".join(body(number)),
        full="".join(chr(ord(c) + 0xFEE0) for c in number),
        bare=body(number),
        bare_low=body(number).lower(),
    )
    assert parse_number(said) == number


@given(numbers, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(number: str, place: int, wrong: str) -> None:
    characters = body(number)
    if characters[place] == wrong:
        return
    found = find_number(f"SD-{characters[:place]}{wrong}{characters[place + 1 :]}")
    assert found is not None
    assert found.number is None


@given(numbers, st.integers(0, 8), st.integers(0, 8))
def test_two_characters_that_changed_places_are_noticed(number: str, one: int, other: int) -> None:
    characters = list(body(number))
    if characters[one] == characters[other]:
        return
    characters[one], characters[other] = characters[other], characters[one]
    found = find_number("SD-" + "".join(characters))
    assert found is not None
    assert found.number is None


@given(numbers)
def test_letters_that_look_like_digits_are_read_kindly(number: str) -> None:
    mistaken = body(number).replace("0", "o").replace("1", "l").replace("2", "z").replace("V", "u")
    assert parse_number(f"sd-{mistaken}") == number


@given(numbers, st.integers(1, 3))
def test_a_number_cut_short_is_noticed(number: str, missing: int) -> None:
    found = find_number(number[:-missing])
    assert found is not None
    assert found.number is None


@pytest.mark.parametrize(
    "words",
    [
        "",
        "你好",
        "13900010001",
        "110101199003070011",
        "SD卡坏了",
        "我要投诉",
        "京A12345",
        "5号楼2单元1103",
        "139000100",
    ],
)
def test_other_words_are_no_number(words: str) -> None:
    assert find_number(words) is None


@given(numbers, numbers)
def test_a_right_number_wins_over_a_wrong_one(right: str, other: str) -> None:
    wrong = other[:-1] + ("A" if other[-1] != "A" else "B")
    assert parse_number(f"不是{wrong}，是{right}") == right


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=1, max_size=40))
def test_a_tracking_code_can_be_made_again_and_read(key: bytes, filing: bytes) -> None:
    code = tracking_code(key, filing)
    assert code == tracking_code(key, filing)
    assert parse_tracking_code(f"查询码是{code.lower()}，谢谢") == code
    assert parse_number(code) is None
    assert code.encode() not in tracking_hash(code)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert parse_tracking_code(wrong) is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    find_number(text)
    parse_tracking_code(text)
