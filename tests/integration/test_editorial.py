"""Questions without an answer reach the editors, without the people who asked them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.editorial import UnansweredQuestion, open_questions, record_unanswered, settle
from bot.errors import StorageError
from bot.storage import Database
from bot.understanding.redaction import redact

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


async def ask(database: Database, text: str, at: datetime = MONDAY, nearest: str | None = None) -> None:
    async with database.session() as session, session.begin():
        await record_unanswered(session, text, redact=redact, nearest_article=nearest, at=at)


async def listed(database: Database, limit: int = 50) -> list[UnansweredQuestion]:
    async with database.session() as session:
        return await open_questions(session, limit)


async def test_the_same_words_are_one_question_and_the_most_asked_comes_first(database: Database) -> None:
    await ask(database, "婚假有几天")
    await ask(database, "港澳通行证怎么办？", nearest="kb-062")
    await ask(database, "港澳通行证 怎么办", MONDAY + timedelta(days=1), nearest="kb-043")
    first, second = await listed(database)
    assert (first.text, first.asked, first.nearest_article) == ("港澳通行证怎么办？", 2, "kb-043")
    assert (first.first_asked_at, first.last_asked_at) == (MONDAY, MONDAY + timedelta(days=1))
    assert (second.text, second.asked) == ("婚假有几天", 1)
    assert [question.text for question in await listed(database, limit=1)] == ["港澳通行证怎么办？"]


async def test_a_phone_number_never_reaches_the_list(database: Database) -> None:
    await ask(database, "我的电话13900001111，二手房过户找谁")
    (question,) = await listed(database)
    assert "13900001111" not in question.text
    assert "二手房过户找谁" in question.text


@pytest.mark.parametrize("text", ["", "？？？", "\0", "\ud83d", "😀"])
async def test_what_says_nothing_is_not_kept(database: Database, text: str) -> None:
    await ask(database, text)
    assert await listed(database) == []


async def test_a_long_story_is_cut(database: Database) -> None:
    await ask(database, "我家的事说来话长" * 1000)
    (question,) = await listed(database)
    assert len(question.text) == 200


async def test_a_covered_question_that_goes_unanswered_again_is_open_again(database: Database) -> None:
    await ask(database, "婚假有几天")
    await ask(database, "今天吃什么")
    async with database.session() as session, session.begin():
        for question in await open_questions(session):
            await settle(session, question.id, "covered" if "婚假" in question.text else "dismissed")
    assert await listed(database) == []
    await ask(database, "婚假有几天")
    await ask(database, "今天吃什么")
    assert [(question.text, question.asked) for question in await listed(database)] == [("婚假有几天", 2)]


async def test_settling_a_question_that_is_not_there_says_so(database: Database) -> None:
    with pytest.raises(StorageError, match="no unanswered question 7"):
        async with database.session() as session, session.begin():
            await settle(session, 7, "dismissed")
