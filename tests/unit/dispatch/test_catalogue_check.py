"""Who edits the catalogue is told every slip at once, each with its file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.dispatch.catalogue_check import check_catalogue
from bot.settings import PROJECT
from serve.cli import app

SOUND = {
    "categories.csv": (
        "code,level,name,parent,path,kind_hints,urgency_default,seasonal,keywords\n"
        "020000,1,民生,,民生,,,,\n"
        "020100,2,供暖,020000,民生>供暖,,,,\n"
        "020101,3,不热,020100,民生>供暖>不热,投诉,S2,,暖气\n"
        "020102,3,漏水,020100,民生>供暖>漏水,求助,S1,,漏\n"
    ),
    "units.csv": (
        "unit_id,name,aliases,level,is_template,phone,parent\n"
        "D.gov,{区}人民政府,,区政府模板,1,,\n"
        "D.csgl,{区}城市管理委员会,,区级部门模板,1,,D.gov\n"
        "C.heat,热力集团,,公共服务企业,0,,\n"
        "C.heatp,{供热单位},,公共服务企业模板,1,,D.csgl\n"
        "ST,{街道乡镇},,街道乡镇模板,1,,D.gov\n"
        "B.hotline,热线中心,,市级部门,0,,\n"
    ),
    "clarify_slots.csv": "slot,question,answer_kind,effect\nheat_provider,交给谁?,单位,定主办\n",
    "dispatch_rules.csv": (
        "category_code,dispatch_kind,lead_unit_id,lead_unit,assist_unit_ids,fallback_unit_id,fact_routes,"
        "legal_basis,confidence,clarify_slots,notes\n"
        "020100,直派企业,C.heatp,{供热单位},ST,D.gov,市热力→C.heat;户内→020102(ST),《条例》第一条,statute,heat_provider,\n"
        "020101,联合双派,D.csgl,{区}城市管理委员会,ST,D.gov,,《条例》第二条,statute,,\n"
    ),
    "emergencies.csv": "id,polarity,class,category_code,call,advice_to_citizen,grows_from\nE1,positive,爆管,020102,119,离开,0201\n",
    "emergency_patterns.csv": "id,pattern,unless\nE1,爆管,昨天\n",
    "fact_signals.csv": (
        "slot,answer,pattern,asked,categories,lead,assist,category\nheat_provider,市热力,热力集团,,0201,C.heat,,\n"
    ),
    "phrases.csv": "category_code,kind,texts\n020101,投诉,家里冷\n",
    "kinds.csv": "kind,texts\n求助,停水了\n",
    "complaints.jsonl": '{"text": "不热", "category": "020101", "kind": "投诉"}\n',
}


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "catalogue"
    folder.mkdir()
    for name, text in SOUND.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tmp_path


def change(content: Path, name: str, old: str, new: str) -> None:
    path = content / "catalogue" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_sound_catalogue_has_no_findings(content: Path) -> None:
    assert check_catalogue(content) == ()


def test_the_shipped_catalogue_has_no_errors() -> None:
    assert [one for one in check_catalogue(PROJECT / "content") if one.severity == "error"] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "told"),
    [
        ("categories.csv", "020101,3,不热,020100", "020101,3,不热,029900", 4, "parent 029900 of 020101"),
        ("categories.csv", "020101,3,不热,020100", "020101,3,不热,020000", 4, "parent 020000 of 020101 is of level 1"),
        ("categories.csv", "020102,3", "020101,3", 5, "020101 stands in line 4 already"),
        ("categories.csv", "020102,3", "20102,3", 5, "20102 is not six digits"),
        ("categories.csv", "漏水,020100,民生>供暖>漏水,求助,S1,,漏", "漏水", 5, "not as many cells"),
        ("units.csv", "1,,D.gov\nC.heat,", "1,,D.none\nC.heat,", 3, "parent D.none of D.csgl"),
        ("units.csv", "区政府模板,1,,", "区政府模板,1,,D.csgl", 2, "cycle of parents: D.gov → D.csgl → D.gov"),
        ("units.csv", "{街道乡镇}", "{街乡}", 6, "{街乡} of template ST is filled by nothing"),
        ("units.csv", "{街道乡镇}", "{街道乡镇", 6, "not paired"),
        ("units.csv", "{区}城市管理委员会,,区级部门模板,1", "{区}城市管理委员会,,区级部门模板,0", 3, "has a gap and is no template"),
        ("units.csv", "热力集团,,公共服务企业,0", "热力集团,,公共服务企业,1", 4, "has no gap"),
        ("dispatch_rules.csv", "020101,联合", "020199,联合", 3, "category 020199 is not in categories.csv"),
        ("dispatch_rules.csv", "020101,联合", "020100,联合", 3, "ambiguous: 020100 has a rule in line 2"),
        ("dispatch_rules.csv", "C.heatp", "C.none", 2, "unit C.none of 020100"),
        ("dispatch_rules.csv", "C.heatp", "", 2, "020100 has no lead unit"),
        ("dispatch_rules.csv", "{供热单位},ST,D.gov", "{供热单位},ST;S.none,D.gov", 2, "unit S.none of 020100"),
        ("dispatch_rules.csv", "{供热单位},ST,D.gov", "{供热单位},ST,D.none", 2, "unit D.none of 020100"),
        ("dispatch_rules.csv", "→C.heat;", "→C.cold;", 2, "leads to C.cold, no unit"),
        ("dispatch_rules.csv", "→020102(ST)", "→020109(ST)", 2, "leads to 020109, no category"),
        ("dispatch_rules.csv", "→020102(ST)", "→020102(SS.x)", 2, "leads to SS.x, no unit"),
        ("dispatch_rules.csv", "statute,heat_provider", "statute,heat_owner", 2, "question heat_owner of 020100"),
        ("dispatch_rules.csv", "《条例》第二条", "", 3, "020101 has no legal basis"),
        ("dispatch_rules.csv", "直派企业", "派企业", 2, "dispatch_kind '派企业'"),
        ("dispatch_rules.csv", "{区}城市管理委员会,ST", "{区}城市管理委员会,", 3, "020101 is 联合双派 with one unit"),
        ("dispatch_rules.csv", "{区}城市管理委员会,ST", "{区}城市管理委员会,ST;D.csgl", 3, "D.csgl both leads and assists"),
        ("dispatch_rules.csv", "020100,直派", "020101,直派", 5, "leaf 020102 民生>供暖>漏水 has no rule"),
        ("emergencies.csv", "020102", "020900", 2, "category 020900 of E1"),
        ("emergencies.csv", "离开,0201", "离开,0301", 2, "no category begins with 0301"),
        ("emergency_patterns.csv", "E1,", "E2,", 2, "E2 is no danger"),
        ("emergency_patterns.csv", "爆管", "(爆管", 2, "pattern is no regular expression"),
        ("fact_signals.csv", "heat_provider", "heat_owner", 2, "question heat_owner"),
        ("fact_signals.csv", "C.heat", "C.none", 2, "unit C.none"),
        ("fact_signals.csv", "0201,", "0301,", 2, "no category begins with 0301"),
        ("fact_signals.csv", "C.heat,,", "C.heat,,020101", 2, "lead and category are both filled"),
        ("fact_signals.csv", "C.heat,,", ",,020999", 2, "category 020999 is not in categories.csv"),
        ("fact_signals.csv", "热力集团,,", "热力集团,(,", 2, "asked is no regular expression"),
        ("phrases.csv", "020101", "020100", 2, "020100 is not a leaf"),
        ("phrases.csv", "投诉", "抱怨", 2, "kind 抱怨"),
        ("kinds.csv", "求助", "抱怨", 2, "kind 抱怨"),
        ("complaints.jsonl", "020101", "020999", 1, "category 020999"),
        ("complaints.jsonl", "{", "[", 1, "is not an object"),
    ],
)  # fmt: skip
def test_each_slip_is_told_with_its_line(
    content: Path, name: str, old: str, new: str, line: int, told: str
) -> None:
    change(content, name, old, new)
    found = check_catalogue(content)
    slips = [one for one in found if told in one.what]
    assert [(one.line, one.severity) for one in slips] == [(line, "error")], found
    assert slips[0].cure


def test_a_unit_no_rule_can_reach_is_a_warning(content: Path) -> None:
    change(content, "units.csv", "B.hotline", "B.idle,闲置局,,市级部门,0,,\nB.hotline")
    (found,) = check_catalogue(content)
    assert (found.file, found.line, found.severity) == ("units.csv", 7, "warning")
    assert "B.idle 闲置局" in found.what


def test_a_route_without_an_arrow_and_a_stale_name_are_warnings(content: Path) -> None:
    change(content, "dispatch_rules.csv", "户内→020102(ST)", "户内020102")
    change(content, "dispatch_rules.csv", "D.csgl,{区}城市管理委员会", "D.csgl,{区}城管局")
    found = check_catalogue(content)
    assert [(one.line, one.severity) for one in found] == [(2, "warning"), (3, "warning")]
    assert "has no →" in found[0].what
    assert "{区}城管局 is not the name of D.csgl" in found[1].what


def test_two_rules_from_different_days_are_sound_and_a_wrong_day_is_told(content: Path) -> None:
    path = content / "catalogue/dispatch_rules.csv"
    heading, *rows = path.read_text(encoding="utf-8").splitlines()
    dated = [f"{heading},effective_from", *(f"{row}," for row in rows), f"{rows[1]},2027-01-01"]
    path.write_text("\n".join(dated) + "\n", encoding="utf-8")
    assert check_catalogue(content) == ()
    change(content, "dispatch_rules.csv", "2027-01-01", "1.1.2027")
    (found,) = (one for one in check_catalogue(content) if one.severity == "error")
    assert (found.line, "is no day" in found.what) == (4, True)


def test_an_answer_that_nobody_is_asked_for_is_a_warning(content: Path) -> None:
    change(content, "dispatch_rules.csv", "statute,heat_provider", "statute,")
    (found,) = check_catalogue(content)
    assert (found.file, found.line, found.severity) == ("fact_signals.csv", 2, "warning")


EXAMPLES = "category_code,scene,kind,voice,text\n" + "".join(
    f"{code},{scene},投诉,typed,第{scene}家{code}屋里冷\n"
    for code in ("020101", "020102")
    for scene in range(12)
)


@pytest.mark.parametrize(
    ("old", "new", "line", "severity", "told"),
    [
        ("020101,3,", "020100,3,", 5, "error", "020100 is not a leaf"),
        ("020101,3,投诉", "020101,3,抱怨", 5, "error", "kind 抱怨"),
        ("020101,3,投诉,typed", "020101,3,投诉,sung", 5, "error", "voice sung"),
        ("第3家020101屋里冷", "", 5, "error", "text is empty"),
        ("第3家020102屋里冷", "第3家020101屋里冷", 17, "warning", "the same sentence stands in examples/a.csv, line 5"),
    ],
)  # fmt: skip
def test_slips_in_the_examples_are_told(
    content: Path, old: str, new: str, line: int, severity: str, told: str
) -> None:
    folder = content / "catalogue/examples"
    folder.mkdir()
    (folder / "a.csv").write_text(EXAMPLES, encoding="utf-8")
    assert check_catalogue(content) == ()
    change(content, "examples/a.csv", old, new)
    slips = [one for one in check_catalogue(content) if told in one.what]
    assert [(one.file, one.line, one.severity) for one in slips] == [("examples/a.csv", line, severity)]


def test_a_leaf_with_few_examples_is_a_warning(content: Path) -> None:
    folder = content / "catalogue/examples"
    folder.mkdir()
    (folder / "a.csv").write_text("".join(EXAMPLES.splitlines(keepends=True)[:14]), encoding="utf-8")
    (found,) = check_catalogue(content)
    assert (found.file, found.line, found.severity) == ("categories.csv", 5, "warning")
    assert "has 1 examples" in found.what


def test_a_number_to_call_is_no_route(content: Path) -> None:
    change(content, "dispatch_rules.csv", "户内→020102(ST)", "有人被困→S0+119;伤人→020102(ST、先120)")
    assert check_catalogue(content) == ()


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("unit,name\n", 1, "the column unit_id"),
        (SOUND["units.csv"].splitlines()[0], 0, "has no rows"),
        ("\ufeff" + SOUND["units.csv"], None, ""),
    ],
)
def test_a_file_that_cannot_be_read_is_one_finding(
    content: Path, text: str, line: int | None, told: str
) -> None:
    (content / "catalogue/units.csv").write_text(text, encoding="utf-8")
    found = check_catalogue(content)
    if line is None:
        assert found == ()
        return
    assert {(one.file, one.line) for one in found} == {("units.csv", line)}
    assert told in found[0].what


def test_a_missing_file_and_a_foreign_encoding_are_told(content: Path) -> None:
    (content / "catalogue/units.csv").unlink()
    (content / "catalogue/clarify_slots.csv").write_bytes("slot,question\n供热,谁".encode("gbk"))
    assert [(one.file, one.line) for one in check_catalogue(content)] == [
        ("clarify_slots.csv", 0),
        ("units.csv", 0),
    ]


def test_the_command_writes_json_lines_and_ends_with_2(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.settings import get_settings

    monkeypatch.setenv("SUDA_CONTENT_DIR", str(content))
    get_settings.cache_clear()
    try:
        assert CliRunner().invoke(app, ["catalogue", "check"]).exit_code == 0
        change(content, "dispatch_rules.csv", "《条例》第二条", "")
        done = CliRunner().invoke(app, ["catalogue", "check"])
    finally:
        get_settings.cache_clear()
    assert done.exit_code == 2
    (finding,) = (json.loads(line) for line in done.stdout.splitlines())
    assert (finding["file"], finding["line"], finding["severity"]) == ("dispatch_rules.csv", 3, "error")
    assert finding["cure"]
