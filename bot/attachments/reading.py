"""The files of a case, for staff and trusted callers."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Select, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.model import Attachment, kind_of
from bot.attachments.sealed import open_facts, open_file
from bot.attachments.store import FileStore
from bot.attachments.tables import AttachmentRow, CaseAttachmentRow
from bot.cases.numbers import parse_number, parse_tracking_code, tracking_hash
from bot.cases.tables import CaseRow, CaseTextRow
from bot.identity.tables import CitizenRow
from bot.storage.sealing import Vault

_ROWS = AttachmentRow.__table__.c
_LINKS = CaseAttachmentRow.__table__.c
_CASES = CaseRow.__table__.c
_TEXTS = CaseTextRow.__table__.c


async def attachments_of_case(session: AsyncSession, vault: Vault, number: str) -> list[Attachment]:
    """The files of a case (by number or tracking code), in the order they came; none when there is no such case or its citizen was forgotten."""
    rows = (await session.execute(_of_case(number))).mappings().all()
    return [_attachment(row, vault.unwrap(row["wrapped"])) for row in rows if row["wrapped"] is not None]


async def attachment_of_case(
    session: AsyncSession, vault: Vault, number: str, attachment_id: int
) -> Attachment | None:
    """One file of a case; None when the case has no such file."""
    found = await attachments_of_case(session, vault, number)
    return next((one for one in found if one.id == attachment_id), None)


async def content_of(
    session: AsyncSession,
    store: FileStore,
    vault: Vault,
    number: str,
    attachment_id: int,
    *,
    thumbnail: bool = False,
) -> bytes | None:
    """The bytes of a case's file, or of its thumbnail (JPEG); None when the case has no such file.

    Raises:
        StoreAway: The store does not answer.
        StorageError: What lies there was changed.
    """
    row = (await session.execute(_of_case(number).where(_ROWS.id == attachment_id))).mappings().first()
    if row is None or row["wrapped"] is None:
        return None
    name = row["thumb_name"] if thumbnail else row["object_name"]
    sealed = None if name is None else await store.get(name)
    return None if sealed is None else open_file(vault.unwrap(row["wrapped"]), name, sealed)


def _of_case(number: str) -> Select[Any]:
    code = parse_tracking_code(number)
    named = (
        _CASES.number == (parse_number(number) or "")
        if code is None
        else _CASES.tracking_hash == tracking_hash(code)
    )
    sender = CitizenRow.__table__.c
    # A file of a citizen opens with the key of the id it was sent under; an anonymous case's copy with the case's.
    return (
        select(*_ROWS, _LINKS.added_at, _key(sender.wrapped_key))
        .join(CaseAttachmentRow, _LINKS.attachment_id == _ROWS.id)
        .join(CaseRow, _CASES.id == _LINKS.case_id)
        .join(CaseTextRow, _TEXTS.case_id == _CASES.id)
        .outerjoin(CitizenRow, sender.id == _ROWS.citizen_id)
        .where(named, _ROWS.state == "kept")
        .order_by(_LINKS.added_at, _ROWS.id)
    )


def _key(senders: Any) -> Any:
    return case((_ROWS.citizen_id.is_(None), _TEXTS.wrapped_key), else_=senders).label("wrapped")


def _attachment(row: Any, key: bytes) -> Attachment:
    facts = open_facts(key, bytes(row["sealed"]))
    return Attachment(
        id=row["id"],
        kind=kind_of({"kind": row["kind"]}),
        media_type=row["media_type"],
        size=int(facts["size"]),
        name=str(facts.get("name") or ""),
        has_thumbnail=row["thumb_name"] is not None,
        scan=cast("Any", row["scan"]),
        added_at=row["added_at"],
    )
