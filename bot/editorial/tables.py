"""The table of questions without an answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base


class UnansweredQuestionRow(Base):
    """One question in the same words, however many citizens asked it; who asked is not kept.

    ``open`` until an editor has written an article (``covered``) or decided against one (``dismissed``).
    """

    __tablename__ = "unanswered_question"
    __table_args__ = (
        UniqueConstraint("words_hash"),
        CheckConstraint("state IN ('open', 'covered', 'dismissed')", name="state"),
        CheckConstraint("asked >= 1", name="asked"),
        Index(
            "ix_unanswered_question_open", "asked", "last_asked_at", postgresql_where=text("state = 'open'")
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    words_hash: Mapped[bytes]
    text: Mapped[str]
    asked: Mapped[int] = mapped_column(server_default="1")
    first_asked_at: Mapped[datetime]
    last_asked_at: Mapped[datetime]
    nearest_article: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="open")
