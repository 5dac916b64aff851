"""Figures that people will quote are counted and bounded correctly."""

from datetime import date
from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.knowledge import KnowledgeBase
from bot.knowledge.evaluation import Question, Rate, evaluate, read_questions


def test_an_interval_is_wilson_s() -> None:
    rate = Rate.of(9, 10)
    assert (rate.value, round(rate.low, 3), round(rate.high, 3)) == (0.9, 0.596, 0.982)
    assert Rate.of(0, 0).total == 0
    assert Rate.of(10, 10).high == 1


def test_each_outcome_is_counted_once_and_where_it_belongs(knowledge: KnowledgeBase) -> None:
    questions = [
        Question("小区里的暖气一点都不热该联系谁", "kb-011"),
        Question("暖气不热打哪个电话报修", "kb-104"),
        Question("红烧肉怎么做", None),
        Question("红烧肉怎么做才好吃", "kb-009"),
    ]
    report = evaluate(knowledge, questions, on=date(2026, 11, 23))
    assert (report.first.count, report.first.total) == (1, 3)
    assert (report.answered_right.count, report.answered_wrong.count) == (1, 1)
    assert (report.refused.count, report.refused.total) == (1, 1)
    assert [mistake.expected for mistake in report.mistakes] == ["kb-104", "kb-009"]
    assert [mistake.said for mistake in report.mistakes] == ["kb-011", None]


def test_a_file_of_questions_is_read_and_a_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"query": "几号供暖", "id": "kb-009"}\n\n{"query": "你好"}\n', encoding="utf-8")
    assert read_questions(file) == (Question("几号供暖", "kb-009"), Question("你好", None))
    file.write_text('{"query": "几号供暖"}\n{"id": "kb-009"}\n', encoding="utf-8")
    with pytest.raises(ContentError, match=r"q\.jsonl, line 2"):
        read_questions(file)
