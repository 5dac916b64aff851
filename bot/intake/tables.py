"""The two tables of a conversation: what citizens wrote, and what they were told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base


class InboxRow(Base):
    """One message of a citizen, written before it is acknowledged.

    ``held`` while the platform waits for the reply to its own request. ``waiting`` until its replies are written (``answered``) or until nothing more will be tried (``failed``: a clerk
    reads it). ``body`` is the sealed JSON of text and payload. ``attempts`` counts only tries for which the message
    itself may be to blame. ``error_code`` is one of ours and carries no personal data.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        CheckConstraint("state IN ('waiting', 'answered', 'failed')", name="state"),
        Index("ix_inbox_citizen_id_id", "citizen_id", "id"),
        Index("ix_inbox_waiting", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_inbox_failed", "id", postgresql_where=text("state = 'failed'")),
        Index("ix_inbox_held", "id", postgresql_where=text("held")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    citizen_id: Mapped[UUID]
    channel: Mapped[str]
    external_id: Mapped[str]
    body: Mapped[bytes]
    state: Mapped[str] = mapped_column(server_default="waiting")
    sent_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    held: Mapped[bool] = mapped_column(server_default=text("false"))
    told_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    error_code: Mapped[str | None]


class OutboxRow(Base):
    """One thing a citizen is told: a reply to a message, a notice about it, or something pushed later.

    ``kept``: the citizen's page fetches it (web). ``ready``: a sender has to deliver it, then ``sent`` or ``failed``;
    ``untold``: the channel lets us tell the citizen nothing before they write again, ``error_code`` says why, and then it
    is ``ready`` once more. ``held``: the platform's own request waits for it; ``handed_to``: the message whose request took it. ``sending_at``: a sender took it and has not said what came of it.
    ``seq`` counts the replies to one message from 0; a notice that the answer is late has -1. ``push_key`` makes a push
    happen once.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("inbox_id", "seq"),
        UniqueConstraint("push_key", "seq"),
        CheckConstraint("state IN ('kept', 'held', 'ready', 'sent', 'untold', 'failed')", name="state"),
        CheckConstraint("kind IN ('reply', 'notice', 'push')", name="kind"),
        Index("ix_outbox_citizen_id_id", "citizen_id", "id"),
        Index("ix_outbox_ready", "citizen_id", "id", postgresql_where=text("state = 'ready'")),
        Index("ix_outbox_held", "inbox_id", postgresql_where=text("state = 'held'")),
        Index("ix_outbox_untold", "citizen_id", postgresql_where=text("state = 'untold'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    citizen_id: Mapped[UUID]
    inbox_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("inbox.id"))
    seq: Mapped[int]
    push_key: Mapped[str | None]
    channel: Mapped[str]
    kind: Mapped[str]
    body: Mapped[bytes]
    state: Mapped[str]
    handed_to: Mapped[int | None] = mapped_column(BigInteger)
    sending_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    error_code: Mapped[str | None]


class ChannelWindow(Base):
    """How many messages a platform still lets us send unasked: the citizen's last word of a ``kind`` opened it."""

    __tablename__ = "channel_window"

    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime]
    used: Mapped[int]
