"""The tables of attachments: what came with which message, what belongs to which case, what is still to be removed from the store."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base


class AttachmentRow(Base):
    """One file of a message (``citizen_id``, ``inbox_id``, ``position`` in it), a call's recording (``call_id``), or an anonymous case's copy.

    A copy has none of these, a recording has its caller's ``citizen_id``.
    ``refused``: nothing is kept of it, ``error_code`` says why. The file lies in the store under ``object_name``, a picture's thumbnail under
    ``thumb_name``; both are sealed with the citizen's key, or with the case's own when it is anonymous, and so is ``sealed``: JSON of
    name, size and place. ``origin`` makes a copy happen once: a hash under the citizen's key.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        UniqueConstraint("inbox_id", "position"),
        UniqueConstraint("call_id", "object_name"),
        CheckConstraint("state IN ('kept', 'refused')", name="state"),
        CheckConstraint("scan IN ('off', 'clean', 'unscanned')", name="scan"),
        CheckConstraint(
            "state = 'refused' OR (object_name IS NOT NULL AND sealed IS NOT NULL)", name="whole"
        ),
        CheckConstraint("(citizen_id IS NULL) = (inbox_id IS NULL AND call_id IS NULL)", name="whose"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    citizen_id: Mapped[UUID | None] = mapped_column(ForeignKey("citizen.id"), index=True)
    inbox_id: Mapped[int | None] = mapped_column(BigInteger)
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("call.id"), index=True)
    position: Mapped[int]
    origin: Mapped[bytes | None] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str]
    error_code: Mapped[str | None]
    media_type: Mapped[str | None]
    object_name: Mapped[str | None] = mapped_column(index=True)
    thumb_name: Mapped[str | None] = mapped_column(index=True)
    sealed: Mapped[bytes | None]
    scan: Mapped[str] = mapped_column(server_default="off")
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"), index=True)


class CaseAttachmentRow(Base):
    """A file that belongs to a case; a photo of several matters belongs to each of their cases."""

    __tablename__ = "case_attachment"

    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("case_.id"), primary_key=True)
    attachment_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("attachment.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_at: Mapped[datetime]


class AttachmentGoneRow(Base):
    """An object that nothing refers to any more: removed from the store as soon as that can be done, then this row goes, too."""

    __tablename__ = "attachment_gone"

    object_name: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(server_default=text("now()"))
