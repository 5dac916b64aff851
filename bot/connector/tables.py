"""What all processes must agree on about a platform: its token, and which signatures were used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base


class PlatformToken(Base):
    """An account's access token, sealed."""

    __tablename__ = "platform_token"

    name: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime]
    refreshed_at: Mapped[datetime]
    forced_at: Mapped[datetime | None]


class PlatformNonce(Base):
    """A signature's nonce (``mark``) and the message it came with, both as digests."""

    __tablename__ = "platform_nonce"

    mark: Mapped[bytes] = mapped_column(primary_key=True)
    message: Mapped[bytes]
    seen_at: Mapped[datetime] = mapped_column(index=True)
