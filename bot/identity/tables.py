"""Citizens, their addresses in channels, and what they ask about both; apart from everything they said."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base


class CitizenRow(Base):
    """One citizen. ``wrapped_key`` is NULL once they asked to be forgotten: what it sealed is unreadable for ever.

    ``merged_into`` is who they turned out to be, when they linked their channels; it never points at a row that is itself
    merged. A merged citizen keeps the key: what was said before stays sealed with it.
    """

    __tablename__ = "citizen"
    __table_args__ = (
        Index("ix_citizen_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped_key: Mapped[bytes | None]
    created_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("citizen.id"))


class CitizenAddressRow(Base):
    """Where a citizen can be reached: ``address_hash`` finds it, ``sealed_address`` (their key) is for sending."""

    __tablename__ = "citizen_address"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"), index=True)
    channel: Mapped[str]
    address_hash: Mapped[bytes] = mapped_column(unique=True)
    sealed_address: Mapped[bytes]
    created_at: Mapped[datetime]


class LinkCodeRow(Base):
    """The one link code (接续码) of a citizen, as a keyed hash. A used one stays for a day, so that a repeated turn is noticed."""

    __tablename__ = "link_code"

    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_in: Mapped[str | None]


class LinkTryRow(Base):
    """One wrong link code that a citizen tried; kept for a day."""

    __tablename__ = "link_try"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"))
    at: Mapped[datetime] = mapped_column(index=True)


class ErasureRequestRow(Base):
    """A citizen's wish to be forgotten: carried out in the database (``erased_at``), then also at the engine (``done_at``)."""

    __tablename__ = "erasure_request"
    __table_args__ = (
        CheckConstraint("done_at IS NULL OR erased_at IS NOT NULL", name="order"),
        Index("ix_erasure_request_open", "due_at", postgresql_where=text("done_at IS NULL")),
    )

    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"), primary_key=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
