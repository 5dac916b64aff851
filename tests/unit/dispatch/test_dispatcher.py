"""Who is responsible, and what the citizen is told."""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.catalogue.files import load_catalogue
from bot.clocks import load_clocks
from bot.dispatch import Dispatcher, PlaceMatch
from bot.settings import PROJECT

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
CLOCKS = load_clocks(PROJECT / "content")
LIMIT = CLOCKS.limit("S2", AT)


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
    place_match: PlaceMatch = "said"
    answers: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(PROJECT / "content")


@pytest.fixture(scope="module")
def dispatcher(catalogue: Catalogue) -> Dispatcher:
    return Dispatcher(catalogue, CLOCKS)


def test_names_are_filled_with_the_place(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter("030101"), at=AT)
    assert (decision.kind, decision.lead_unit_id, decision.lead_unit) == ("直派街乡", "ST", "朝阳区望京街道")
    assert decision.assist_units == ("朝阳区住房和城乡建设委员会(房屋管理局)",)
    assert "朝阳区望京街道负责办理" in decision.sentence(LIMIT)


def test_an_unknown_street_is_not_invented(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter("030101", street=None), at=AT)
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
    assert dispatcher.decide(Matter(category, text), at=AT).lead_unit_id == lead


def test_a_question_is_answered_before_anybody_is_sent(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter("020106", "几号供暖", kind="咨询"), at=AT)
    assert decision.kind == "知识库直接答复"
    assert decision.lead_unit_id == "C.heatp"


def test_what_the_catalogue_does_not_know_goes_to_the_district(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter(None), at=AT)
    assert (decision.kind, decision.lead_unit) == ("区兜底", "朝阳区人民政府(接诉即办分中心)")


def test_every_leaf_has_one_lead_that_does_not_assist_itself(
    catalogue: Catalogue, dispatcher: Dispatcher
) -> None:
    for leaf in catalogue.leaves:
        decision = dispatcher.decide(Matter(leaf.code), at=AT)
        assert decision.lead_unit_id not in decision.assist_unit_ids, leaf.path
        assert decision.basis, leaf.path
        assert decision.evidence, leaf.path


def test_candidates_are_units_with_the_sum_of_their_leaves(dispatcher: Dispatcher) -> None:
    guesses = (Guess("030101", 0.4), Guess("030107", 0.3), Guess("050103", 0.2))
    decision = dispatcher.decide(Matter("030101", candidates=guesses), at=AT)
    assert [(unit.unit_id, round(unit.score, 2)) for unit in decision.candidates] == [
        ("ST", 0.7),
        ("D.csgl", 0.2),
    ]


def test_only_what_is_missing_is_asked(dispatcher: Dispatcher) -> None:
    assert dispatcher.decide(Matter("020101", missing=("heat_provider", "time")), at=AT).clarify == (
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
    decision = dispatcher.decide(Matter("030101"), at=AT)
    limit = load_clocks(tmp_path).limit(decision.sla_class, AT)
    assert said in decision.sentence(limit)


@pytest.mark.parametrize(
    ("category", "slot", "answer", "lead"),
    [
        ("020101", "heat_provider", "市里热力的", "C.heat"),
        ("020101", "heat_provider", "我们是小区锅炉房烧的", "C.heatp"),
        ("020101", "heat_provider", "不知道啊", "D.csgl"),
        ("020101", "heat_provider", "自己家烧的壁挂炉", "D.csgl"),
        ("020201", "water_supply", "楼下有水箱加压", "ST"),
        ("020401", "power_scope", "物业给掐的", "ST"),
        ("020401", "power_scope", "就我一家", "C.power"),
        ("020502", "gas_provider", "不是市燃气，是镇里一家", "C.gasp"),
        ("020901", "metro_line", "四号线", "C.mtr"),
        ("020901", "metro_line", "10号线", "C.subway"),
        ("021001", "light_pos", "在小区院子里", "ST"),
        ("030301", "lease_party", "跟房东直接签的", "X.fy"),
        ("040301", "road_pos", "小区里边的路", "ST"),
        ("040302", "manhole_mark", "写着污水", "C.drain"),
        ("040302", "manhole_mark", "看不清", "D.csgl"),
        ("070101", "park_pos", "就停小区里", "ST"),
        ("070103", "park_fee_type", "路边那种电子收费", "D.csgl"),
        ("090101", "fire_pos", "一个商场的后门", "D.xf"),
        ("010205", "card_trade", "理发店", "D.sww"),
        ("110102", "hospital", "同仁医院", "B.wjw"),
        ("080401", "dog_fact", "没人养的流浪狗", "ST"),
        ("130201", "park_name", "玉渊潭", "B.gygl"),
    ],
)
def test_the_answer_to_the_deciding_question_decides(
    dispatcher: Dispatcher, category: str, slot: str, answer: str, lead: str
) -> None:
    decision = dispatcher.decide(Matter(category, answers={slot: answer}), at=AT)
    assert decision.lead_unit_id == lead
    assert decision.lead_unit_id not in decision.assist_unit_ids


def test_a_deciding_question_says_what_each_answer_would_mean(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter("020101", missing=("heat_provider", "heat_scope")), at=AT)
    (question,) = decision.questions  # how many flats are cold changes nobody's duty
    assert question.slot == "heat_provider"
    assert {one.answer: one.lead_unit_id for one in question.outcomes} == {
        "市热力集团": "C.heat",
        "其他供热单位": "C.heatp",
        "自家壁挂炉或电采暖": "D.csgl",
        "不知道是哪家": "D.csgl",
    }


def test_a_consultation_waits_for_no_fact(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter("020106", kind="咨询", missing=("heat_provider",)), at=AT)
    assert decision.questions == ()


def test_outside_the_centre_the_district_leads_for_flooded_roads(dispatcher: Dispatcher) -> None:
    matter = Matter("020301", district="昌平区", street="城北街道")
    decision = dispatcher.decide(matter, at=AT)
    assert (decision.lead_unit_id, decision.assist_unit_ids) == ("D.swj", ("C.drainp",))
    assert dispatcher.decide(Matter("020301"), at=AT).lead_unit_id == "C.drain"


def test_a_fact_of_another_category_moves_the_duty_and_says_so(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter("020101", "家里是壁挂炉，烧不热"), at=AT)
    assert decision.lead_unit_id == "D.csgl"
    assert any("020107" in line for line in decision.evidence)


def test_why_another_unit_was_not_chosen_is_told(dispatcher: Dispatcher) -> None:
    guesses = (Guess("030101", 0.6), Guess("050103", 0.2))
    chosen, other = dispatcher.decide(Matter("030101", candidates=guesses), at=AT).candidates
    assert chosen.why_not == ""
    assert "0.20" in other.why_not
    assert "0.60" in other.why_not


def test_the_decision_carries_its_clocks_and_its_rule(dispatcher: Dispatcher) -> None:
    decision = dispatcher.decide(Matter("030101", urgency="S1"), at=AT)
    assert decision.rule == "030101"
    assert decision.dispatch_due_at - AT == timedelta(hours=2)
    assert decision.due_at - AT == timedelta(hours=24)
    assert decision.place_match == "said"


def test_a_rule_judges_from_its_day_and_never_before(tmp_path: Path) -> None:
    """A change of duty from New Year on leaves what was said in December with the unit of December."""
    shutil.copytree(
        PROJECT / "content", tmp_path / "content", ignore=shutil.ignore_patterns("vectors", "knowledge")
    )
    path = tmp_path / "content/catalogue/dispatch_rules.csv"
    heading, *rows = path.read_text(encoding="utf-8").splitlines()
    old = next(row for row in rows if row.startswith("030101,"))
    new = old.replace(",直派街乡,ST,", ",直派区部门,D.zjw,", 1).replace(",D.zjw,{区}住房", ",ST,{区}住房", 1)
    path.write_text(
        "\n".join([f"{heading},effective_from", *(f"{row}," for row in rows), f"{new},2027-01-01"]) + "\n",
        encoding="utf-8",
    )
    dispatcher = Dispatcher(load_catalogue(tmp_path / "content"), CLOCKS)
    december = dispatcher.decide(Matter("030101"), at=datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
    january = dispatcher.decide(Matter("030101"), at=datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    assert (december.lead_unit_id, december.rule_from) == ("ST", None)
    assert (january.lead_unit_id, january.rule_from) == ("D.zjw", "2027-01-01")
    assert "2027-01-01" in january.evidence[0]


def test_pressing_an_answer_gives_the_unit_it_promised(catalogue: Catalogue, dispatcher: Dispatcher) -> None:
    """Every button of every deciding question, at the centre and outside of it."""
    broken = []
    for place in ({}, {"district": "昌平区", "street": "城北街道"}):
        for leaf in catalogue.leaves:
            rule = catalogue.rule_for(leaf.code, AT.date())
            assert rule is not None
            asked = dispatcher.decide(Matter(leaf.code, missing=rule.clarify, **place), at=AT)
            for question in asked.questions:
                for outcome in question.outcomes:
                    matter = Matter(leaf.code, answers={question.slot: outcome.answer}, **place)
                    lead = dispatcher.decide(matter, at=AT).lead_unit_id
                    if lead != outcome.lead_unit_id:
                        broken.append((leaf.code, question.slot, outcome.answer, outcome.lead_unit_id, lead))
    assert broken == []


def test_an_answer_that_changes_nothing_masks_no_other_fact(dispatcher: Dispatcher) -> None:
    outside = Matter("020302", district="昌平区", street="城北街道", answers={"sewer_pos": "马路上的"})
    assert dispatcher.decide(outside, at=AT).lead_unit_id == "D.swj"
    studio = Matter("010205", "瑜伽馆不退卡", answers={"shop_open": "照常营业"})
    assert dispatcher.decide(studio, at=AT).lead_unit_id == "D.tyj"


@pytest.mark.parametrize(
    ("category", "slot", "answer", "kind"),
    [
        ("020205", "leak_pos", "马路上", "直派企业"),
        ("021002", "light_pos", "公路上", "直派区部门"),
        ("110101", "hospital", "同仁医院", "直派市部门"),
        ("020201", "water_supply", "自备井", "直派街乡"),
        ("020101", "heat_provider", "市热力集团", "联合双派"),
    ],
)
def test_the_way_of_dispatch_is_that_of_the_unit(
    dispatcher: Dispatcher, category: str, slot: str, answer: str, kind: str
) -> None:
    assert dispatcher.decide(Matter(category, answers={slot: answer}), at=AT).kind == kind
