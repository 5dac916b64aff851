"""The citizens of ``make bench`` answer what they are asked, and end."""

from __future__ import annotations

from bench.citizen import MOST_TURNS, Citizen, case_number
from bot.messages import Reply


def test_a_citizen_answers_what_is_asked() -> None:
    citizen = Citizen(7)
    citizen.open()
    assert "小区" in (citizen.answer("在什么地方？") or "")
    assert (citizen.answer("方便留个电话吗？") or "").isdigit()
    assert citizen.answer("请您核对一下，没问题的话回复“确认”。") == "确认"


def test_a_citizen_tells_the_matter_once_and_loses_patience() -> None:
    citizen = Citizen(1)
    said = [citizen.open()]
    while (answer := citizen.answer("嗯嗯。")) is not None:
        said.append(answer)
    assert len(said) == MOST_TURNS
    assert sum(len(words) > 8 for words in said) == 1


def test_equal_seeds_live_equal_lives_and_others_do_not() -> None:
    def place(seed: int) -> str | None:
        citizen = Citizen(seed)
        citizen.open()
        return citizen.answer("请问具体地址是哪里？")

    assert place(3) == place(3)
    assert len({place(seed) for seed in range(20)}) == 20


def test_the_number_is_read_from_the_card() -> None:
    card = {"case": {"number": "2026-1234-5678", "title": "路灯", "holder": "", "due": None}}
    assert case_number([Reply("已登记。"), Reply("工单号如下", data=card)]) == "2026-1234-5678"
    assert case_number([Reply("请问在哪里？")]) is None
