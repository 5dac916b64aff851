"""Files come to a case: by reference when it is its citizen's, as copies that lead to nobody when it is anonymous."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.keeping import keep_objects
from bot.attachments.model import MOST
from bot.attachments.sealed import name_of, open_facts, open_file, seal_facts, seal_file
from bot.attachments.store import FileStore
from bot.attachments.tables import AttachmentRow, CaseAttachmentRow
from bot.cases.reading import own_row, words_key
from bot.identity import CitizenRef, citizen_by_id, everyone_of
from bot.storage.sealing import Vault
from bot.understanding.redaction import redact

_ROWS = AttachmentRow.__table__.c
_LINKS = CaseAttachmentRow.__table__.c


async def attach(
    session: AsyncSession,
    store: FileStore,
    vault: Vault,
    number: str,
    citizen: CitizenRef,
    ids: Sequence[int],
    at: datetime,
) -> int:
    """Let kept files of a citizen belong to a case of theirs, in the caller's transaction; done again it changes nothing.

    An anonymous case gets copies under a key and names of its own, as it does of the words: no column leads from them to the citizen. It gets no
    recordings of a voice: that is an identity, and what was said in them is among the case's words.

    Args:
        session: With an open transaction.
        store: Where the files lie; used for anonymous cases only.
        vault: Opens keys.
        number: Case number, or tracking code of an anonymous one.
        citizen: Who speaks; only files sent by this person count, under whatever id.
        ids: Attachments.
        at: When.

    Returns:
        How many of them the case has now: fewer than were named when it would have more than nine, or is anonymous and they are recordings.

    Raises:
        CaseNotFound: It is not theirs.
        StoreAway: The store does not answer; what is in the database is as it was, if the caller rolls back.
    """
    case = await own_row(session, number, citizen, lock=True)
    rows = await _kept(session, citizen, ids)
    key = await words_key(session, case, citizen, vault) if case["anonymous"] else None
    count = 0
    for row in rows:
        if key is not None and row.kind == "voice":
            continue
        attachment_id = row.id
        origin = None
        if key is not None:
            origin = hmac.digest(citizen.key, f"attachment {case['number']} {row.id}".encode(), "sha256")
            known = await session.execute(select(_ROWS.id).where(_ROWS.origin == origin))
            attachment_id = known.scalar()
        if attachment_id is not None and await _belongs(session, case["id"], attachment_id):
            count += 1
            continue
        if await _count(session, case["id"]) >= MOST:
            break
        if key is not None and origin is not None:
            attachment_id = await _copy(session, store, vault, row, key, origin, at)
        if attachment_id is None:
            continue
        values = {"case_id": case["id"], "attachment_id": attachment_id, "added_at": at}
        await session.execute(upsert(CaseAttachmentRow).values(values).on_conflict_do_nothing())
        count += 1
    return count


async def count_of_case(session: AsyncSession, number: str, citizen: CitizenRef | None) -> int:
    """How many files a case has.

    Raises:
        CaseNotFound: It is not theirs.
    """
    return await _count(session, (await own_row(session, number, citizen))["id"])


async def _count(session: AsyncSession, case_id: int) -> int:
    query = select(func.count()).select_from(CaseAttachmentRow).where(_LINKS.case_id == case_id)
    return int((await session.execute(query)).scalar_one())


async def _belongs(session: AsyncSession, case_id: int, attachment_id: int) -> bool:
    query = select(_LINKS.case_id).where(_LINKS.case_id == case_id, _LINKS.attachment_id == attachment_id)
    return (await session.execute(query)).first() is not None


async def _kept(session: AsyncSession, citizen: CitizenRef, ids: Sequence[int]) -> list[Any]:
    """Rows of kept files that this person sent, in the order they were named."""
    query = select(*_ROWS).where(
        _ROWS.id.in_(list(ids)),
        _ROWS.state == "kept",
        _ROWS.citizen_id.in_(await everyone_of(session, citizen.id)),
    )
    rows = {row.id: row for row in (await session.execute(query)).all()}
    return [rows[one] for one in dict.fromkeys(ids) if one in rows]


async def _copy(
    session: AsyncSession,
    store: FileStore,
    vault: Vault,
    row: Any,
    key: bytes,
    origin: bytes,
    at: datetime,
) -> int | None:
    """A copy of a file that only the anonymous case's key opens; None when the file is gone."""
    sender = await citizen_by_id(session, vault, row.citizen_id)
    if sender is None:
        return None
    names: dict[str, str] = {}
    for column in ("object_name", "thumb_name"):
        if (name := getattr(row, column)) is None:
            continue
        sealed = await store.get(name)
        if sealed is None:
            return None
        content = open_file(sender.key, name, sealed)
        names[column] = name_of(key, content)
        await keep_objects(session, [names[column]])
        await store.put(names[column], seal_file(key, names[column], content))
    facts = open_facts(sender.key, bytes(row.sealed))
    facts |= {"name": redact(facts.get("name", "")), "place": None}
    wrote = (
        upsert(AttachmentRow)
        .values(
            position=0,
            origin=origin,
            kind=row.kind,
            state="kept",
            media_type=row.media_type,
            sealed=seal_facts(key, facts),
            scan=row.scan,
            created_at=at,
            **names,
        )
        .returning(_ROWS.id)
    )
    return int((await session.execute(wrote)).scalar_one())
