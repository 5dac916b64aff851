"""The tables of cases: facts in columns, personal text sealed apart, events append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base


class CaseRow(Base):
    """One request that is tracked (诉求). No column holds what a citizen said or who they are.

    ``site_hash`` and ``spot_hash`` are keyed hashes of the estate or road and of the building (:mod:`bot.cases.site`): they
    find other cases of the same place and reveal none. ``filing_key`` makes filing idempotent; an anonymous case has neither ``citizen_id`` nor ``inbox_id`` and is found by
    ``tracking_hash``. The columns from ``state`` to ``closed_at`` are what :func:`bot.cases.lifecycle.rebuild` gives.
    """

    __tablename__ = "case_"
    __table_args__ = (
        Index("ix_case__citizen_id_id", "citizen_id", "id", postgresql_where=text("citizen_id IS NOT NULL")),
        Index("ix_case__due_at", "due_at", postgresql_where=text("closed_at IS NULL")),
        Index("ix_case__created_at", "created_at"),
        Index("ix_case__site", "site_hash", "category", postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    filing_key: Mapped[bytes] = mapped_column(unique=True)
    tracking_hash: Mapped[bytes | None] = mapped_column(unique=True)
    inbox_id: Mapped[int | None] = mapped_column(BigInteger)
    issue: Mapped[int]
    citizen_id: Mapped[UUID | None] = mapped_column(ForeignKey("citizen.id"))
    anonymous: Mapped[bool]
    confidential: Mapped[bool]
    kind: Mapped[str]
    channel: Mapped[str]
    urgency: Mapped[str]
    emergency: Mapped[bool]
    created_at: Mapped[datetime]

    category: Mapped[str | None] = mapped_column(index=True)
    category_path: Mapped[str | None]
    category_confidence: Mapped[float | None]
    category_set_by: Mapped[str]
    catalogue_version: Mapped[str | None]
    understanding: Mapped[dict[str, Any]]

    district: Mapped[str | None]
    street: Mapped[str | None]
    community: Mapped[str | None]
    site_hash: Mapped[bytes | None]
    spot_hash: Mapped[bytes | None]
    occurred: Mapped[dict[str, Any]]

    dispatch_kind: Mapped[str | None]
    decision: Mapped[dict[str, Any]]
    assist_units: Mapped[list[Any]]

    state: Mapped[str] = mapped_column(index=True)
    lead_unit_id: Mapped[str | None] = mapped_column(index=True)
    lead_unit: Mapped[str | None]
    dispatch_due_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    extensions: Mapped[int] = mapped_column(server_default="0")
    supervised: Mapped[bool] = mapped_column(server_default=text("false"))
    master_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("case_.id"))
    contacted: Mapped[bool | None]
    solved: Mapped[str | None]
    satisfaction: Mapped[str | None]
    survey_attempts: Mapped[int] = mapped_column(server_default="0")
    counted: Mapped[bool] = mapped_column(server_default=text("true"))
    excluded_because: Mapped[str | None]


class CaseTextRow(Base):
    """What was said in a case, sealed: JSON of title, content, name, phone, exact place, full snapshots.

    Sealed with the citizen's key; a case without identity has a key of its own in ``wrapped_key``.
    """

    __tablename__ = "case_text"

    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("case_.id"), primary_key=True)
    sealed: Mapped[bytes]
    wrapped_key: Mapped[bytes | None]


class CaseEventRow(Base):
    """One step of a case. The database refuses to change or remove a row; ``hash`` covers the row and the one before.

    It holds no personal text: ``data`` carries ids, names of units and moments, and the digest of a sealed note.
    """

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("case_.id"))
    seq: Mapped[int]
    action: Mapped[str]
    actor: Mapped[str]
    reason: Mapped[str | None]
    before: Mapped[str | None]
    after: Mapped[str]
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    hash: Mapped[bytes]


class CaseNoteRow(Base):
    """Words that belong to an event (why withdrawn, what was added), sealed like the case's text.

    A case that changed hands keeps its notes as they are, because events hold their digests: ``sealed_key`` is then the
    key of before, sealed with the present citizen's (:func:`bot.cases.moving.note_key`).
    """

    __tablename__ = "case_note"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("case_.id"))
    seq: Mapped[int]
    sealed: Mapped[bytes]
    sealed_key: Mapped[bytes | None]
