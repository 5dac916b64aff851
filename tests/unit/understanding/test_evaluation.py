"""The figures are those of the rows, a bad row is told with its line, and a city's own history is learnt without its numbers."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.catalogue import Example
from bot.catalogue.files import load_catalogue
from bot.clock import CITY
from bot.errors import ContentError
from bot.settings import PROJECT
from bot.understanding import Understander
from bot.understanding.evaluation import calibrate, measure, read_rows, worst_categories
from bot.understanding.evaluation.calibration import calibration_of
from bot.understanding.evaluation.heldout import bare
from bot.understanding.history import FILE, keep_history, load_history
from serve.cli import app
from serve.reliability import draw_reliability

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)
ROW = {
    "id": "a",
    "text": "丰台区方庄街道芳古园一区3号楼昨天停水了，我电话13900000001",
    "category": "020201",
    "kind": "求助",
    "reference_time": "2026-11-23T15:00:00+08:00",
    "location_text": "芳古园一区3号楼",
    "district": "丰台区",
    "street": "方庄街道",
    "contact_phone": "13900000001",
    "confidential": False,
    "emergency": False,
    "issue_count": 1,
    "missing": ["water_scope"],
}


def write(path: Path, *lines: str | bytes) -> Path:
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")
    return path


def test_bad_rows_are_told_with_their_line_and_the_rest_is_read(tmp_path: Path) -> None:
    good = json.dumps(ROW, ensure_ascii=False)
    lines = [
        good,
        "not json",
        '{"text": ""}',
        good.replace("停水", "停\\u0000水"),
        good.replace("停水", "停\\ud800水"),
        good.replace("020201", "020299"),
        good.replace("+08:00", ""),
        good.replace("停水", "停水" * 15_000),
        "[1]",
        good.replace('"a"', '"b"'),
    ]
    told: dict[int, str] = {}
    leaves = ["020201"]
    path = write(tmp_path / "rows.jsonl", *lines, "供暖不热".encode("gbk"))
    rows = read_rows(path, told.__setitem__, leaves=leaves)
    assert [row["id"] for row in rows] == ["a", "b"]
    assert [row["line"] for row in rows] == [1, 10]
    assert sorted(told) == [2, 3, 4, 5, 6, 7, 8, 9, 11]
    assert "NUL" in told[4]
    assert "U+D800" in told[5]
    assert "020299" in told[6]
    assert "30" in told[8]
    assert "UTF-8" in told[11]
    with pytest.raises(ContentError, match="line 2"):
        read_rows(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="cannot be read"):
        read_rows(tmp_path / "none.jsonl")


@pytest.fixture
def understander(real_understander: Understander) -> Understander:
    return real_understander


def figures(understander: Understander, *rows: dict[str, object]) -> dict[str, object]:
    full = [{**dict.fromkeys(_NAMES), **ROW, **row} for row in rows]
    found = [understander.understand(str(row["text"]), at=AT) for row in full]
    return {field.name: field for field in measure(full, found)}


_NAMES = ("location_precision", "occurred", "occurred_text", "urgency", "dispatch_kind", "lead_unit_id")


def test_a_right_row_counts_as_right(understander: Understander) -> None:
    found = figures(understander, {}, {})
    assert found["phone"].f1.value == 1.0
    assert found["district"].precision.value == found["street"].recall.value == 1.0
    assert found["number of issues"].f1.value == 1.0
    assert (found["phone"].f1.low, found["phone"].f1.high) == (1.0, 1.0)
    assert found["lead unit"].rows == 0
    assert found["lead unit"].f1.value is None


def test_what_is_invented_costs_precision_and_what_is_missed_recall(understander: Understander) -> None:
    found = figures(understander, {"contact_phone": None}, {"text": "停水了", "location_text": None}, {})
    phone = found["phone"]
    assert phone.precision.value == pytest.approx(1 / 2)
    assert phone.recall.value == pytest.approx(1 / 2)
    assert phone.precision.low is not None
    assert phone.precision.low < phone.precision.value


def test_calibration_is_the_distance_between_sure_and_right() -> None:
    honest = calibration_of(np.array([0.75] * 4), np.array([1, 1, 1, 0]))
    assert honest.error == pytest.approx(0.0)
    boastful = calibration_of(np.array([0.95] * 4), np.array([1, 1, 0, 0]))
    assert boastful.error == pytest.approx(0.45)
    assert [one.rows for one in boastful.bins] == [4]


def test_the_reliability_plot_is_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "plot.png"
    draw_reliability(calibration_of(np.linspace(0, 1, 50), np.ones(50)), path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_worst_categories_come_first(understander: Understander) -> None:
    rows = [{**ROW, "category": code} for code in ("990101", "990101", "020201")]
    found = [understander.understand(str(row["text"]), at=AT) for row in rows]
    worst = worst_categories(rows, found)
    assert [(one["category"], one["missed"], one["rows"]) for one in worst] == [("990101", 2, 2)]
    assert calibrate(rows, found).error > 0


def test_words_are_recognised_again_without_their_numbers() -> None:
    assert bare("停水了，我电话13900000001") == bare("停水了 我电话幺三九")


def test_a_citys_history_is_kept_without_numbers_and_leads_the_model(tmp_path: Path) -> None:
    catalogue = load_catalogue(PROJECT / "content")
    rows = [Example("020201", "龙头里没东西，打我13900000001，我叫王建国", "求助")] * 2
    assert keep_history(tmp_path, rows) == 1
    raw = (tmp_path / FILE).read_text(encoding="utf-8")
    assert "13900000001" not in raw
    assert "建国" not in raw
    history = load_history(tmp_path, catalogue)
    assert history is not None
    assert [example.category for example in history.examples] == ["020201"]
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(ContentError, match="line 1"):
        load_history(tmp_path, catalogue)


def test_no_history_is_none(tmp_path: Path) -> None:
    assert load_history(tmp_path, load_catalogue(PROJECT / "content")) is None


def test_the_batch_tells_bad_rows_and_reads_the_rest(tmp_path: Path) -> None:
    path = write(
        tmp_path / "in.jsonl",
        '{"id": 1, "text": "路灯坏了"}',
        '{"id": 2}',
        '{"id": 3, "text": "停\\u0000水"}',
        '{"id": 4, "text": "停\\ud800电"}',
        json.dumps({"id": 5, "text": "停水" * 25_000}),
        "停电".encode("gbk"),
        '{"id": 6, "text": "屋里冷", "answers": {"heat_provider": "热力集团"}}',
        '{"id": 7, "text": "屋里冷", "answers": ["热力集团"]}',
    )
    done = CliRunner().invoke(app, ["understand", str(path)])
    assert done.exit_code == 2
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 6]
    for line in (2, 3, 4, 5, 6, 8):
        assert f"line {line}:" in done.stderr
