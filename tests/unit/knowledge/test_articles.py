"""Articles: what editors write is read as meant, and a slip is told with its file, field and cure."""

from datetime import date
from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.knowledge.articles import load_articles, months_later, parse_article

GOOD = """---
id: kb-001
title: 供暖几号开始？
category: 供暖
region: 北京市
basis: [《供热办法》第十二条]
evidence: found
reviewed_on: 2026-08-31
keywords: [供暖]
questions: [暖气啥时候来, 几号有暖气, 今年几号供暖]
source: https://example.org/mirror
---
每年11月15日开始供暖。
"""


def test_an_article_is_read_as_it_was_written() -> None:
    article = parse_article("kb-001-heating.md", GOOD)
    assert article.answer == "每年11月15日开始供暖。"
    assert article.basis == ("《供热办法》第十二条",)
    assert article.questions[0] == "暖气啥时候来"
    assert not any("example.org" in str(value) for value in (article.answer, article.basis, article.changes))


def test_an_article_is_reviewed_after_a_year_and_after_half_a_year_where_figures_change() -> None:
    assert parse_article("kb-001.md", GOOD).review_by == date(2027, 8, 31)
    volatile = GOOD.replace("evidence: found", "evidence: found\nvolatile: true\nchanges: 日期每年不同")
    assert parse_article("kb-001.md", volatile).review_by == date(2027, 2, 28)
    set_by_hand = GOOD.replace("evidence: found", "evidence: found\nreview_by: 2026-11-15")
    assert parse_article("kb-001.md", set_by_hand).review_by == date(2026, 11, 15)


def test_the_end_of_a_month_stays_the_end_of_a_month() -> None:
    assert months_later(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert months_later(date(2026, 11, 23), 12) == date(2027, 11, 23)
    assert months_later(date(2026, 12, 31), 6) == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title: 供暖几号开始？\n", "", "title: is missing"),
        ("category:", "kategory:", "kategory: no such field"),
        ("evidence: found", "evidence: rumour", "evidence: Input should be"),
        ("2026-08-31", "tomorrow", "reviewed_on:"),
        ("evidence: found", "evidence: found\nvolatile: true", "changes: a volatile article says"),
        ("evidence: found", "evidence: found\nchanges: 日期", "volatile: set it to true"),
        ("evidence: found", "evidence: found\nreview_by: 2020-01-01", "review_by: must be later"),
        ("id: kb-001", "id: kb-002", "name the file kb-002"),
        ("几号有暖气", "暖气 啥时候来？", "is there twice"),
        ("每年11月15日开始供暖。", "短", "answer: has 1 characters"),
        ("每年11月15日开始供暖。", "详见 https://example.org/a 的说明。", "holds a web address"),
        ("title: 供暖", "title: 供暖: ", "line 3: the front matter is no YAML"),
    ],
)
def test_a_slip_is_told_with_file_field_and_cure(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(ContentError, match=r"^kb-001-heating\.md, ") as raised:
        parse_article("kb-001-heating.md", GOOD.replace(old, new))
    assert told in str(raised.value)


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_one_question_cannot_have_two_answers(tmp_path: Path) -> None:
    write(tmp_path, "kb-001-a.md", GOOD)
    write(tmp_path, "kb-002-b.md", GOOD.replace("kb-001", "kb-002").replace("供暖几号开始？", "停暖"))
    with pytest.raises(ContentError, match=r"kb-002, questions: .* is also asked in kb-001"):
        load_articles(tmp_path)


def test_two_files_cannot_be_one_article(tmp_path: Path) -> None:
    write(tmp_path, "kb-001-a.md", GOOD)
    write(tmp_path, "kb-001-b.md", GOOD)
    with pytest.raises(ContentError, match="kb-001, id: two files"):
        load_articles(tmp_path)


def test_an_empty_folder_is_no_knowledge_base(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no article"):
        load_articles(tmp_path)
