"""Who is responsible, and what the citizen is told."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.catalogue_files import load_catalogue
from bot.clocks import load_clocks
from bot.dispatch import Dispatcher
from bot.settings import PROJECT

LIMIT = load_clocks(PROJECT / "content").limit("S2", datetime(2026, 11, 23, tzinfo=UTC))


@dataclass(frozen=True)
class Guess:
    code: str
    score: float


@dataclass(frozen=True)
class Matter:
    category: str | None
    text: str = ""
    kind: str = "投诉"
    candidates: tuple[Guess, ...] = ()
    district: str | None = "朝阳区"
    street: str | None = "望京街道"
    urgency: str = "S2"
    missing: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(PROJECT / "content")


@pytest.fixture(scope="module")
def dispatcher(catalogue: Catalogue) -> Dispatcher:
    return Dispatcher(catalogue)


def test_names_are_filled_with_the_place(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter("030101"))
    assert (decision.kind, decision.lead_unit_id, decision.lead_unit) == ("直派街乡", "ST", "朝阳区望京街道")
    assert decision.assist_units == ("朝阳区住房和城乡建设委员会(房屋管理局)",)
    assert "朝阳区望京街道负责办理" in decision.sentence(LIMIT)


def test_an_unknown_street_is_not_invented(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter("030101", street=None))
    assert decision.lead_unit == "{街道乡镇}"
    assert not decision.settled
    assert "{" not in decision.sentence(LIMIT) + decision.holder


@pytest.mark.parametrize(
    ("category", "text", "lead"),
    [
        ("020601", "移动多扣了我钱", "C.cmcc"),
        ("020601", "宽带多扣了我钱", "C.telp"),
        ("020101", "热力集团供暖的，屋里不热", "C.heat"),
        ("020203", "村里自备井的水有味", "ST"),
        ("010205", "瑜伽馆关门跑路", "D.tyj"),
        ("020902", "4号线的扶梯坏了", "C.mtr"),
        ("010201", "健身房旁边的餐馆也关了，卡不退", "D.tyj"),
    ],
)
def test_a_told_fact_decides_the_unit(dispatcher: Dispatcher, category: str, text: str, lead: str) -> None:
    assert dispatcher.decide(Matter(category, text)).lead_unit_id == lead


def test_a_question_is_answered_before_anybody_is_sent(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter("020106", "几号供暖", kind="咨询"))
    assert decision.kind == "知识库直接答复"
    assert decision.lead_unit_id == "C.heatp"


def test_what_the_catalogue_does_not_know_goes_to_the_district(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter(None))
    assert (decision.kind, decision.lead_unit) == ("区兜底", "朝阳区人民政府(接诉即办分中心)")


def test_every_leaf_has_one_lead_that_does_not_assist_itself(
    catalogue: Catalogue, dispatcher: Dispatcher
) -> None:
    for leaf in catalogue.leaves:
        decision = dispatcher.decide(Matter(leaf.code))
        assert decision.lead_unit_id not in decision.assist_unit_ids, leaf.path
        assert decision.basis, leaf.path
        assert decision.evidence, leaf.path


def test_candidates_are_units_with_the_sum_of_their_leaves(dispatcher: Dispatcher) -> None:
    guesses = (Guess("030101", 0.4), Guess("030107", 0.3), Guess("050103", 0.2))
    decision = dispatcher.decide(Matter("030101", candidates=guesses))
    assert [(unit.unit_id, round(unit.score, 2)) for unit in decision.candidates] == [
        ("ST", 0.7),
        ("D.csgl", 0.2),
    ]


def test_only_what_is_missing_is_asked(dispatcher: Dispatcher) -> None:
    assert dispatcher.decide(Matter("020101", missing=("heat_provider", "time"))).clarify == (
        "heat_provider",
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("S2,24,168,calendar,2026-01-01", "预计7天内"),
        ("S2,24,120,calendar,2026-01-01", "预计5天内"),
        ("S2,24,240,working,2026-01-01", "预计10个工作日内"),
        ("S2,2,24,calendar,2026-01-01", "预计24小时内"),
    ],
)
def test_a_citizen_is_told_the_time_that_the_city_set(
    dispatcher: Dispatcher, tmp_path: Path, row: str, said: str
) -> None:
    (tmp_path / "clocks.csv").write_text(
        f"urgency,dispatch_hours,handle_hours,counting,effective_from\n{row}\n", encoding="utf-8"
    )
    decision = dispatcher.decide(Matter("030101"))
    limit = load_clocks(tmp_path).limit(decision.sla_class, datetime(2026, 11, 23, tzinfo=UTC))
    assert said in decision.sentence(limit)
