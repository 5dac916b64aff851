"""The catalogue is sound, and says where it is not."""

import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.catalogue.files import load_catalogue
from bot.errors import ContentError
from bot.settings import PROJECT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "content/catalogue", tmp_path / "catalogue")
    return tmp_path


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "catalogue" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_shipped_catalogue_is_whole() -> None:
    catalogue = load_catalogue(PROJECT / "content")
    assert len(catalogue.leaves) == 425
    assert all(catalogue.rule_for(leaf.code, date(2026, 11, 23)) for leaf in catalogue.leaves)
    leaves = {leaf.code for leaf in catalogue.leaves}
    assert {example.category for example in catalogue.lessons.phrases} == leaves
    written = Counter(example.category for example in catalogue.lessons.examples)
    assert all(written[code] >= 12 for code in leaves)
    assert set(catalogue.lessons.usual_kind.values()) <= {"咨询", "求助", "投诉", "举报", "建议", "表扬"}


def test_no_lesson_holds_a_telephone_number() -> None:
    lessons = load_catalogue(PROJECT / "content").lessons
    texts = [one.text for group in (lessons.phrases, lessons.examples, lessons.complaints) for one in group]
    assert not [text for text in texts if re.search(r"1[3-9]\d{9}", text)]


def test_a_changed_example_teaches_anew_and_leaves_the_judging_version(copy: Path) -> None:
    before = load_catalogue(copy)
    path = next((copy / "catalogue/examples").glob("*.csv"))
    path.write_text(
        path.read_text(encoding="utf-8") + "010101,99,投诉,typed,新买的锅漏了店家不管\n", encoding="utf-8"
    )
    after = load_catalogue(copy)
    assert after.version == before.version
    assert after.lessons.version != before.lessons.version


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("dispatch_rules.csv", ",D.scj,", ",D.nobody,", "D.nobody is not in units.csv"),
        (
            "dispatch_rules.csv",
            "shop_name;buy_way",
            "shop_name;nothing",
            "nothing is not in clarify_slots.csv",
        ),
        ("dispatch_rules.csv", "010101,", "010199,", "010199: not in categories.csv"),
        ("categories.csv", "010102,3", "010101,3", "010101 stands twice"),
        ("categories.csv", "010102,3", "10102,3", "not six digits"),
        ("emergency_patterns.csv", "EM30,", "EM99,", "EM30 has no row|EM99 is not in emergencies.csv"),
        ("emergency_patterns.csv", 'EM29,"(水钻', 'EM29,"((水钻', "correct the pattern"),
        ("phrases.csv", "010101,", "010100,", "010100 is not a leaf"),
        ("fact_signals.csv", "C.cmcc", "C.none", "C.none is not in units.csv"),
        ("units.csv", "unit_id,", "unit,", "column 'unit_id' is missing"),
        ("complaints.jsonl", "{", "[", "line 1"),
    ],
)
def test_a_wrong_row_is_told_with_its_file(copy: Path, name: str, old: str, new: str, told: str) -> None:
    edit(copy, name, old, new)
    with pytest.raises(ContentError, match=told) as error:
        load_catalogue(copy)
    assert name.split(".")[0].split("_")[0] in str(error.value)


def test_another_encoding_is_told(copy: Path) -> None:
    path = copy / "catalogue/units.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(ContentError, match="UTF-8"):
        load_catalogue(copy)


def test_a_missing_file_is_told(copy: Path) -> None:
    (copy / "catalogue/units.csv").unlink()
    with pytest.raises(ContentError, match=r"units\.csv cannot be read"):
        load_catalogue(copy)


def test_spreadsheet_byte_order_mark_is_harmless(copy: Path) -> None:
    path = copy / "catalogue/units.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert "ST" in load_catalogue(copy).units


def test_version_changes_with_any_edit_of_what_judges(copy: Path) -> None:
    before = load_catalogue(copy).version
    edit(copy, "clarify_slots.csv", "现在能闻到燃气味吗", "现在还闻得到燃气味吗")
    assert load_catalogue(copy).version != before
