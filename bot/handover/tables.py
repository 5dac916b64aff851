"""The tables of conversations handed to a person: who waits, who took it, what clerks said."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base

IS_OPEN = text("state IN ('waiting', 'taken')")


class HandoverRow(Base):
    """One wish for a person (转人工); a citizen has at most one that is open.

    ``waiting`` until a clerk has ``taken`` it; ended by the clerk (``handed_back``), the citizen (``withdrawn``) or because
    the citizen was forgotten (``erased``). ``sealed`` is JSON of summary, fields and the talk before, under the citizen's
    key; empty when it was erased or is no longer kept. ``since`` and ``until`` are the database's clock, as inbox and outbox have it: the conversation to show lies between.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'taken', 'handed_back', 'withdrawn', 'erased')", name="state"),
        CheckConstraint("reason IN ('asked', 'stuck', 'danger')", name="reason"),
        CheckConstraint("state <> 'taken' OR (clerk IS NOT NULL AND taken_at IS NOT NULL)", name="taken"),
        CheckConstraint("(state IN ('waiting', 'taken')) = (closed_at IS NULL)", name="closed"),
        Index("uq_handover_open", "citizen_id", unique=True, postgresql_where=IS_OPEN),
        Index("ix_handover_citizen_id", "citizen_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"))
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    reason: Mapped[str]
    danger: Mapped[bool]
    sealed: Mapped[bytes]
    clerk: Mapped[str | None]
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    since: Mapped[datetime] = mapped_column(server_default=text("now()"))
    until: Mapped[datetime | None]


class HandoverEventRow(Base):
    """One step of a handover and which clerk took it; rows are only added. ``read``: its clerk saw numbers of people."""

    __tablename__ = "handover_event"
    __table_args__ = (
        CheckConstraint(
            "action IN ('opened', 'asked_again', 'taken', 'taken_over', 'handed_back', 'withdrawn', 'erased', 'read')",
            name="action",
        ),
        Index("ix_handover_event_handover_id_id", "handover_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    handover_id: Mapped[UUID] = mapped_column(ForeignKey("handover.id"))
    action: Mapped[str]
    clerk: Mapped[str | None]
    at: Mapped[datetime]


class HandoverLineRow(Base):
    """One thing a clerk said, sealed with the citizen's key; ``key`` makes saying it twice the same as once."""

    __tablename__ = "handover_line"
    __table_args__ = (UniqueConstraint("handover_id", "key"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    handover_id: Mapped[UUID] = mapped_column(ForeignKey("handover.id"))
    key: Mapped[str]
    clerk: Mapped[str]
    at: Mapped[datetime]
    sealed: Mapped[bytes]
