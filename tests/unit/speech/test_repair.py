"""Misheard words and places are put right, other speech is left alone, and every change tells what was heard."""

from __future__ import annotations

import csv
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ContentError
from bot.speech.repair import Repaired, Repairer

PROJECT = Path(__file__).resolve().parents[3]
CONTENT = PROJECT / "content"
AUDIO = PROJECT.parent / "shared" / "data" / "audio" / "manifest.tsv"


@pytest.fixture(scope="module")
def repairer() -> Repairer:
    return Repairer.load(CONTENT)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("我要头诉楼下的饭馆油烟太大", "我要投诉楼下的饭馆油烟太大"),
        ("小区里有人四搭乱建没人管", "小区里有人私搭乱建没人管"),
        ("公司一直脱欠工资不发", "公司一直拖欠工资不发"),
        ("路边全是站道经营的小贩", "路边全是占道经营的小贩"),
        ("物业费涨了还不给开发飘", "物业费涨了还不给开发票"),
    ],
)
def test_words_of_the_hotline(repairer: Repairer, heard: str, meant: str) -> None:
    assert repairer.repair(heard).text == meant


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("我家住在回笼观街道，暖气不热", "我家住在回龙观街道，暖气不热"),
        ("我住在超阳区望经街道", "我住在朝阳区望京街道"),
        ("海店区中关村街道路灯不亮", "海淀区中关村街道路灯不亮"),
        ("天通院附近有个工地半夜施工", "天通苑附近有个工地半夜施工"),
        ("在石井山区八角街道", "在石景山区八角街道"),
        ("我在武力电上班", "我在五里店上班"),
        ("通州区林和里街道的物业", "通州区临河里街道的物业"),
        ("我们西翁庄这边路灯不亮", "我们溪翁庄这边路灯不亮"),
    ],
)
def test_places(repairer: Repairer, heard: str, meant: str) -> None:
    repaired = repairer.repair(heard)
    assert repaired.text == meant
    assert {change.why for change in repaired.changes} == {"place"}


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("东城区兴画社区的电梯坏了", "东城区兴化社区的电梯坏了"),
        ("西城区兴画社区的电梯坏了", "西城区兴华社区的电梯坏了"),
        ("兴画社区的电梯坏了", "兴画社区的电梯坏了"),
    ],
)
def test_a_district_said_nearby_decides_between_names_of_one_sound(
    repairer: Repairer, heard: str, meant: str
) -> None:
    assert repairer.repair(heard).text == meant


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("我要找市场监督管里局", "我要找市场监督管理局"), ("让城管支法局的人来", "让城管执法局的人来")],
)
def test_units(repairer: Repairer, heard: str, meant: str) -> None:
    repaired = repairer.repair(heard)
    assert repaired.text == meant
    assert [change.why for change in repaired.changes] == ["unit"]


@pytest.mark.parametrize(
    "text",
    [
        "我们单位已经拖欠农民工工资三个月了，总共有二十几个人。",
        "自来水从昨天下午开始停到现在，没有任何通知，老人小孩都没水喝。",
        "今天股市大幅下跌，分析人士认为与外部环境有关。",
        "他在比赛中打进两个球，帮助球队取得胜利。",
        "春天来了，山上的花都开了，孩子们去郊外放风筝。",
        "一直以来大家都说这件事应该统一处理一下。",
        "大型活动的公园和景区",
        "拨打电话，或向街道办事处反映",
        "窦店麓溪府的房贷",
        "",
        "hello 123",
    ],
)
def test_what_was_heard_right_stays(repairer: Repairer, text: str) -> None:
    assert repairer.repair(text) == Repaired(text, ())


def test_the_changes_tell_where_and_what_was_heard(repairer: Repairer) -> None:
    heard = "我电话幺三九零零零零零二零一，家住回笼观街道三号楼，公司脱欠工资"
    repaired = repairer.repair(heard)
    assert [(change.heard, change.meant, change.why) for change in repaired.changes] == [
        ("幺三九零零零零零二零一", "13900000201", "digits"),
        ("笼", "龙", "place"),
        ("三", "3", "digits"),
        ("脱", "拖", "word"),
    ]
    for change in repaired.changes:
        assert repaired.text[change.start : change.end] == change.meant


def test_undoing_the_changes_gives_what_was_heard(repairer: Repairer) -> None:
    heard = "我要头诉超阳区的物业，二零二六年十一月三号报的修，电话幺三九零零零零零二零一"
    repaired = repairer.repair(heard)
    text = repaired.text
    for change in reversed(repaired.changes):
        text = text[: change.start] + change.heard + text[change.end :]
    assert text == heard
    assert repaired.changes


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.text("我在朝阳区的一二三零号楼单元路站道，。12 ", max_size=60))
def test_any_text_is_fine_and_its_changes_are_true(repairer: Repairer, text: str) -> None:
    repaired = repairer.repair(text)
    at = 0
    for change in repaired.changes:
        assert change.start >= at
        assert repaired.text[change.start : change.end] == change.meant
        at = change.end


def test_news_that_was_heard_right_is_left_alone(repairer: Repairer) -> None:
    if not AUDIO.exists():
        pytest.skip(
            "shared/data/audio/manifest.tsv is not here: the transcripts of read news are not in the project"
        )
    with AUDIO.open(encoding="utf-8", newline="") as file:
        rows = [
            row["transcript"] for row in csv.DictReader(file, delimiter="\t") if "AISHELL" in row["corpus"]
        ]
    assert len(rows) >= 20
    for row in rows:
        assert [c for c in repairer.repair(row).changes if c.why != "digits"] == [], row


def test_an_article_of_the_hotline_is_left_alone(repairer: Repairer) -> None:
    text = (CONTENT / "knowledge" / "kb-009-heating-dates.md").read_text(encoding="utf-8").split("---")[-1]
    assert [change for change in repairer.repair(text).changes if change.why != "digits"] == []


def test_a_long_transcript_takes_milliseconds(repairer: Repairer) -> None:
    text = (
        "我住在朝阳区望京街道，楼上装修从早上六点吵到晚上十点，找物业找了三次都不管，请你们派人来看看。" * 40
    )
    repairer.repair(text)
    before = time.process_time()
    repairer.repair(text)
    assert (time.process_time() - before) / len(text) * 50 < 0.05


@pytest.mark.parametrize(
    "piece", ["我在海店区望经街道头诉楼上漏水", "三号楼二单元", "一", "幺三九，", "十一月二十三号", "，中"]
)
def test_ten_thousand_characters_cost_twice_what_five_thousand_do(repairer: Repairer, piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    repairer.repair(text[:5_000])
    spent = []
    for size in (5_000, 10_000):
        before = time.process_time()
        repairer.repair(text[:size])
        spent.append(time.process_time() - before)
    assert spent[1] < 3 * spent[0] + 0.1


def test_a_text_longer_than_is_looked_at_together_is_put_right_throughout(repairer: Repairer) -> None:
    heard = "我家住在回笼观街道三号楼，公司脱欠工资。" * 60
    repaired = repairer.repair(heard)
    assert repaired.text == "我家住在回龙观街道3号楼，公司拖欠工资。" * 60
    for change in repaired.changes:
        assert repaired.text[change.start : change.end] == change.meant


def test_a_missing_table_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"content/speech/build\.py"):
        Repairer.load(tmp_path)


def test_a_list_without_its_column_says_so(tmp_path: Path) -> None:
    shutil.copytree(CONTENT / "speech", tmp_path / "speech")
    shutil.copytree(CONTENT / "gazetteer", tmp_path / "gazetteer")
    (tmp_path / "speech" / "words.csv").write_text("category,terms\n热线,投诉\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"words\.csv.*'words'"):
        Repairer.load(tmp_path)
