"""Keep, list and settle questions that found no answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.editorial.tables import UnansweredQuestionRow
from bot.errors import StorageError

LONGEST = 200
"""Characters of a question that are kept: what is longer tells a story, and a story is personal."""

_ROWS = UnansweredQuestionRow.__table__.c


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question for editors.

    Attributes:
        id: Its number, for :func:`settle`.
        text: What was asked, without personal data.
        asked: How often.
        first_asked_at: When it was first asked.
        last_asked_at: When it was last asked.
        nearest_article: The article that came nearest without being sure, if any.
    """

    id: int
    text: str
    asked: int
    first_asked_at: datetime
    last_asked_at: datetime
    nearest_article: str | None


async def record_unanswered(
    session: AsyncSession,
    text: str,
    *,
    redact: Callable[[str], str],
    nearest_article: str | None,
    at: datetime,
) -> None:
    """Remember that ``text`` found no answer; the same words again count up. Words without a letter are not kept.

    A question marked ``covered`` that goes unanswered again is open again: the article does not do its work. One that
    was dismissed stays dismissed and is only counted.

    Args:
        session: The caller's transaction.
        text: What the citizen asked.
        redact: Takes personal data out; nothing else than its result is stored.
        nearest_article: Id of the first candidate.
        at: When it was asked.
    """
    kept = " ".join(redact(text.replace("\0", " ").encode("utf-8", "ignore").decode()).split())[:LONGEST]
    words = re.sub(r"[\W_]+", "", kept.lower())
    if not words:
        return
    row = insert(UnansweredQuestionRow).values(
        words_hash=sha256(words.encode()).digest(),
        text=kept,
        first_asked_at=at,
        last_asked_at=at,
        nearest_article=nearest_article,
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[_ROWS.words_hash],
            set_={
                "asked": _ROWS.asked + 1,
                "last_asked_at": func.greatest(_ROWS.last_asked_at, row.excluded.last_asked_at),
                "nearest_article": row.excluded.nearest_article,
                "state": case((_ROWS.state == "covered", "open"), else_=_ROWS.state),
            },
        )
    )


async def open_questions(session: AsyncSession, limit: int = 50) -> list[UnansweredQuestion]:
    """At most ``limit`` open questions, the most often asked first, then the latest."""
    found = await session.scalars(
        select(UnansweredQuestionRow)
        .where(_ROWS.state == "open")
        .order_by(_ROWS.asked.desc(), _ROWS.last_asked_at.desc(), _ROWS.id.desc())
        .limit(limit)
    )
    return [
        UnansweredQuestion(
            row.id, row.text, row.asked, row.first_asked_at, row.last_asked_at, row.nearest_article
        )
        for row in found
    ]


async def settle(session: AsyncSession, question_id: int, state: Literal["covered", "dismissed"]) -> None:
    """Take a question off the list: an article answers it now, or none ever will.

    Raises:
        StorageError: There is no such question.
    """
    done = await session.execute(
        update(UnansweredQuestionRow).where(_ROWS.id == question_id).values(state=state).returning(_ROWS.id)
    )
    if done.scalar() is None:
        raise StorageError(f"There is no unanswered question {question_id}; list them again.")
