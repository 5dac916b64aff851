"""Citizens and their addresses in channels, apart from everything they said."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base


class CitizenRow(Base):
    """One citizen. ``wrapped_key`` is NULL once they asked to be forgotten: what it sealed is unreadable for ever."""

    __tablename__ = "citizen"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped_key: Mapped[bytes | None]
    created_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]


class CitizenAddressRow(Base):
    """Where a citizen can be reached: ``address_hash`` finds it, ``sealed_address`` (their key) is for sending."""

    __tablename__ = "citizen_address"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"), index=True)
    channel: Mapped[str]
    address_hash: Mapped[bytes] = mapped_column(unique=True)
    sealed_address: Mapped[bytes]
    created_at: Mapped[datetime]
