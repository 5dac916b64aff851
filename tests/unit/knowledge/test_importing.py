"""An export becomes articles that editors can go on with, and what they changed is left alone."""

import json
from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.knowledge import load_articles
from bot.knowledge.importing import import_jsonl

ROW = {
    "id": "kb-007",
    "slug": "heating",
    "title": "供暖几号开始？",
    "category": "供暖",
    "region": "北京市",
    "basis": ["《供热办法》: 第十二条"],
    "evidence": "found",
    "effective_from": None,
    "reviewed_on": "2026-11-23",
    "volatile": False,
    "keywords": ["供暖", "11月15日"],
    "questions": ["暖气啥时候来", "no", "1115"],
    "source_url": "https://example.org/mirror",
    "answer": "每年11月15日开始供暖，次年3月15日停暖。",
}


def test_what_was_exported_is_what_is_read(tmp_path: Path) -> None:
    export = tmp_path / "export.jsonl"
    export.write_text(json.dumps(ROW, ensure_ascii=False) + "\n", encoding="utf-8")
    (written,) = import_jsonl(export, tmp_path)
    assert written.name == "kb-007-heating.md"
    (article,) = load_articles(tmp_path)
    assert article.questions == ("暖气啥时候来", "no", "1115")
    assert article.basis == ("《供热办法》: 第十二条",)
    assert article.answer == ROW["answer"]


def test_an_article_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    export = tmp_path / "export.jsonl"
    export.write_text(json.dumps(ROW, ensure_ascii=False) + "\n", encoding="utf-8")
    (written,) = import_jsonl(export, tmp_path)
    written.write_text(
        written.read_text(encoding="utf-8").replace("次年3月15日停暖", "春天停暖"), encoding="utf-8"
    )
    assert import_jsonl(export, tmp_path) == []
    assert "春天停暖" in load_articles(tmp_path)[0].answer


def test_a_row_that_is_no_article_is_named(tmp_path: Path) -> None:
    export = tmp_path / "export.jsonl"
    export.write_text("[1, 2]\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"export\.jsonl, line 1"):
        import_jsonl(export, tmp_path)
    export.write_text(json.dumps({**ROW, "keywords": []}) + "\n", encoding="utf-8")
    with pytest.raises(ContentError, match="keywords"):
        import_jsonl(export, tmp_path)
    assert list(tmp_path.glob("*.md")) == []
