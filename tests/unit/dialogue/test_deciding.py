"""What is put with the read-back: a choice of matters when unsure, the one fact that decides, and how answers are taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from actions.complaint.deciding import (
    CATEGORY,
    has_nothing_to_say,
    keep_as_answer,
    next_to_decide,
    put_again,
    readable,
    says_none_of_them,
    take_decision,
)
from actions.complaint.draft import Draft, dump, load
from actions.complaint.utterance import Utterance
from bot.catalogue import Catalogue
from bot.catalogue.files import load_catalogue
from bot.clock import CITY
from bot.clocks import load_clocks
from bot.dispatch import Decision, Dispatcher
from bot.settings import PROJECT
from bot.understanding.model import CategoryScore

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)


@dataclass(frozen=True)
class Understood:
    """The part of an understanding that deciding looks at."""

    candidates: tuple[CategoryScore, ...]
    dispatch: Decision
    category: str

    @property
    def confidence(self) -> float:
        return self.candidates[0].score


@dataclass(frozen=True)
class Matter:
    category: str
    candidates: tuple[CategoryScore, ...]
    missing: tuple[str, ...]
    text: str = "事"
    kind: str = "投诉"
    district: str = "朝阳区"
    street: str = "望京街道"
    urgency: str = "S2"
    place_match: str = "said"

    @property
    def answers(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(PROJECT / "content")


def understood(catalogue: Catalogue, *likely: tuple[str, float], missing: tuple[str, ...] = ()) -> Understood:
    candidates = tuple(
        CategoryScore(code, catalogue.categories[code].name, catalogue.categories[code].path, score)
        for code, score in likely
    )
    dispatcher = Dispatcher(catalogue, load_clocks(PROJECT / "content"))
    decision = dispatcher.decide(Matter(likely[0][0], candidates, missing), at=AT)
    return Understood(candidates, decision, likely[0][0])


def said(text: str) -> Utterance:
    return Utterance(text, AT, "inform", 0.9, inbox_id=9)


DRAFT = Draft(matter=("屋里特别冷",), kind="投诉")


def test_an_unsure_matter_is_offered_in_words_and_never_in_codes(catalogue: Catalogue) -> None:
    one = understood(catalogue, ("020401", 0.3), ("030112", 0.25), ("020101", 0.02))
    deciding = next_to_decide(catalogue, DRAFT, one)
    assert deciding is not None
    assert deciding.slot == CATEGORY
    assert deciding.codes == ("020401", "030112")
    assert not any(char.isdigit() for answer in deciding.answers for char in answer)
    assert deciding.question.count("\n") == 2


@pytest.mark.parametrize(
    "likely",
    [
        (("020401", 0.8), ("030112", 0.1)),  # sure enough
        (("030101", 0.3), ("030107", 0.25)),  # the same unit leads for both
        (("990201", 0.3), ("020101", 0.2)),  # small talk is no choice
    ],
)
def test_nobody_is_asked_to_choose_where_nothing_hangs_on_it(
    catalogue: Catalogue, likely: tuple[tuple[str, float], ...]
) -> None:
    deciding = next_to_decide(catalogue, DRAFT, understood(catalogue, *likely))
    assert deciding is None or deciding.slot != CATEGORY


def test_the_deciding_fact_is_asked_once_with_readable_answers(catalogue: Catalogue) -> None:
    one = understood(catalogue, ("020101", 0.9), missing=("heat_scope", "heat_provider"))
    deciding = next_to_decide(catalogue, DRAFT, one)
    assert deciding is not None
    assert deciding.slot == "heat_provider"
    assert "市热力集团" in deciding.answers
    asked = replace(DRAFT, decided_by=("heat_provider",))
    assert next_to_decide(catalogue, asked, one) is None


def test_a_fact_that_changes_nobodys_duty_is_not_asked(catalogue: Catalogue) -> None:
    one = understood(catalogue, ("030101", 0.9), missing=("prop_name",))
    assert next_to_decide(catalogue, DRAFT, one) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1", "020401"),
        ("选2", "030112"),
        ("第二个", "030112"),
        ("停电（供电）", "020401"),
        ("停电", "020401"),
        ("3", None),
        ("确认", None),
    ],
)
def test_a_choice_is_taken_by_number_or_name(catalogue: Catalogue, text: str, code: str | None) -> None:
    draft = replace(DRAFT, deciding=CATEGORY, offered=("020401", "030112"))
    taken = take_decision(draft, said(text), catalogue)
    assert (taken.category if taken is not None else None) == code


def test_none_of_them_is_heard() -> None:
    assert says_none_of_them("都不对")
    assert not says_none_of_them("第一个")


@pytest.mark.parametrize("text", ["市热力集团", "热力集团供的", "不知道是哪家", "是小区的锅炉房"])
def test_an_answer_to_the_fact_is_kept_for_it_and_for_the_case(catalogue: Catalogue, text: str) -> None:
    draft = replace(DRAFT, deciding="heat_provider", decided_for="020101")
    taken = take_decision(draft, said(text), catalogue)
    assert taken is not None
    assert taken.answers == {"heat_provider": text}
    assert text in taken.content
    assert text not in taken.matter_told
    assert taken.deciding is None


def test_yes_is_no_answer_to_a_fact(catalogue: Catalogue) -> None:
    draft = replace(DRAFT, deciding="heat_provider", decided_for="020101")
    assert take_decision(draft, said("确认"), catalogue) is None


@pytest.mark.parametrize(
    "text",
    [
        "是8号楼",
        "电话错了，是13900000002",
        "不是小区里，是马路上",
        "请帮我匿名，别让物业知道",
        "电话不留了，别让物业知道",
        "地址不对，是望京花园小区",
        "时间不对，上周三小区就这样了",
        "写错了，是南区小区",
    ],
)
def test_a_correction_of_the_read_back_is_no_answer_to_the_fact(catalogue: Catalogue, text: str) -> None:
    draft = replace(DRAFT, matter=("小区里井冒水",), deciding="sewer_pos", decided_for="020302")
    assert take_decision(draft, said(text), catalogue) is None
    correcting = replace(draft, correcting=True)
    assert take_decision(correcting, said("小区里"), catalogue) is None


@pytest.mark.parametrize("text", ["不是市燃气，是镇里一家", "不是集团的，是镇上的公司"])
def test_a_denial_of_what_was_never_said_is_an_answer(catalogue: Catalogue, text: str) -> None:
    draft = replace(DRAFT, deciding="gas_provider", decided_for="020502")
    taken = take_decision(draft, said(text), catalogue)
    assert taken is not None
    assert taken.answers == {"gas_provider": text}


def test_a_number_presses_the_answer_and_confirms_nothing(catalogue: Catalogue) -> None:
    draft = replace(
        DRAFT, deciding="heat_provider", decided_for="020101", offered=("其他供热单位", "市热力集团")
    )
    taken = take_decision(draft, said("2"), catalogue)
    assert taken is not None
    assert taken.answers == {"heat_provider": "市热力集团"}


def test_nothing_to_say_is_not_no() -> None:
    assert has_nothing_to_say("没有")
    assert not has_nothing_to_say("没有人管")


def test_words_that_no_rule_knows_stay_the_answer() -> None:
    before = replace(DRAFT, deciding="heat_provider")
    after = replace(before, matter=(*before.matter, "一个叫金房的"))
    kept = keep_as_answer(before, after, "一个叫金房的")
    assert kept.matter == before.matter
    assert kept.answers == {"heat_provider": "一个叫金房的"}
    assert keep_as_answer(DRAFT, after, "一个叫金房的") is after


def test_after_an_aside_the_same_thing_is_asked_again(catalogue: Catalogue) -> None:
    one = understood(catalogue, ("020101", 0.9), missing=("heat_provider",))
    asked = replace(DRAFT, deciding="heat_provider", decided_by=("heat_provider",))
    again = next_to_decide(catalogue, put_again(asked), one)
    assert again is not None
    assert again.slot == "heat_provider"


def test_what_was_decided_survives_a_restart() -> None:
    draft = replace(DRAFT, category="020401", answers={"power_scope": "物业掐的"}, offered=("020401",))
    assert load(dump(draft)) == draft


def test_a_category_reads_well(catalogue: Catalogue) -> None:
    assert readable(catalogue, "020401") == "停电（供电）"
    assert all(readable(catalogue, leaf.code) for leaf in catalogue.leaves)
