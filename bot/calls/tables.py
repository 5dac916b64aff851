"""The tables of hotline calls: the call, what was said in it, what clerks did with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base

IS_OPEN = text("state IN ('open', 'draft', 'empty')")


class CallRow(Base):
    """One call (通话), known by the call centre's own id, however many pieces of it come and how often.

    ``citizen_id`` is who called, under whose key everything said is sealed: a caller whose number is not known is a citizen of that call
    alone. ``caller`` is the number, sealed, where it is known. ``sealed`` is JSON of the draft (草稿) that was made of the caller's words; empty while there is none. ``revision`` counts what was
    said, ``drafted`` is the revision the draft was made of, ``edited`` says that a clerk has changed it, so that late words do not undo that.
    ``cases`` are the numbers of the cases made of it; of anonymous ones none is kept. ``link_hash`` lets its citizen go on by a link.
    """

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'draft', 'empty', 'filed', 'continued', 'dropped', 'erased')", name="state"
        ),
        CheckConstraint("source IN ('recording', 'live')", name="source"),
        Index("ix_call_waiting", "danger", "created_at", postgresql_where=IS_OPEN),
        Index("ix_call_citizen_id", "citizen_id"),
        Index("ix_call_updated_at", "updated_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"))
    source: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    danger: Mapped[bool] = mapped_column(server_default=text("false"))
    mixed: Mapped[bool] = mapped_column(server_default=text("false"))
    caller: Mapped[bytes | None]
    caller_channel: Mapped[int | None]
    rejected: Mapped[str | None]
    sealed: Mapped[bytes | None]
    revision: Mapped[int] = mapped_column(server_default="0")
    drafted: Mapped[int] = mapped_column(server_default="0")
    edited: Mapped[bool] = mapped_column(server_default=text("false"))
    cases: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    closed_at: Mapped[datetime | None]
    link_hash: Mapped[bytes | None] = mapped_column(unique=True)
    link_until: Mapped[datetime | None]
    link_tries: Mapped[int] = mapped_column(server_default="0")


class CallSegmentRow(Base):
    """A stretch of speech; ``key`` is its name within the call, so that a repeat or a better hearing of it replaces it.

    ``start`` and ``until`` are seconds from the beginning of the call. ``digest`` is a keyed hash of the words: the same words again change
    nothing. ``revision`` is the call's at the time: what is newer than what a draft was made of came late.
    """

    __tablename__ = "call_segment"
    __table_args__ = (
        UniqueConstraint("call_id", "key"),
        CheckConstraint("speaker IN ('caller', 'operator', 'unknown')", name="speaker"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    key: Mapped[str]
    speaker: Mapped[str]
    channel: Mapped[int | None]
    start: Mapped[float]
    until: Mapped[float]
    confidence: Mapped[float | None]
    final: Mapped[bool]
    sealed: Mapped[bytes]
    digest: Mapped[bytes]
    revision: Mapped[int]


class CallStepRow(Base):
    """Something that happened to a call and through which clerk; rows are only added. ``detail`` is a word of ours, never a citizen's."""

    __tablename__ = "call_step"
    __table_args__ = (Index("ix_call_step_call_id_id", "call_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    action: Mapped[str]
    clerk: Mapped[str | None]
    detail: Mapped[str | None]
    at: Mapped[datetime]
