"""Link codes (接续码): shown in one channel, said in another, they prove that both are the same person.

Eight digits can be said on the telephone and guessed by a machine, so they live 15 minutes, one a citizen, and wrong ones
are counted: for each citizen, and for all together, because citizens cost nothing to make.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.errors import StorageError
from bot.identity.citizens import CitizenRef
from bot.identity.merging import hold_identities, present_citizen
from bot.identity.tables import CitizenRow, ErasureRequestRow, LinkCodeRow, LinkTryRow
from bot.storage.sealing import Vault

VALID = timedelta(minutes=15)
WINDOW = timedelta(hours=1)
WRONG_PER_CITIZEN = 5
"""Wrong codes one citizen may try within :data:`WINDOW`."""
WRONG_IN_ALL = 500
"""Wrong codes all citizens together may try within it: with 100 codes open, a guesser succeeds once in 2000 hours."""

_KEPT = timedelta(days=1)
_DOMAIN = "link code"  # no channel has a space in its name
_DRAWS = 20

_CODES = LinkCodeRow.__table__.c
_TRIED = LinkTryRow.__table__.c

_GAP = r"[\s\-‐-―−.·]"
_EIGHT = rf"(?P<code>[0-9]{{4}}{_GAP}{{0,2}}[0-9]{{4}}|[0-9](?:\s[0-9]){{7}}|[0-9]{{2}}(?:\s[0-9]{{2}}){{3}})"
_CUE = r"(?:接续码|续接码|接续|关联码|绑定码|验证码|一次性代?码)"
_MARK = r"[\s,，。.:;!！?？、\"'“”‘’「」『』()【】\[\]]"
_ENDS = rf"(?!{_GAP}{{0,2}}[0-9A-Za-z])"
_STARTS = rf"(?<![0-9A-Za-z])(?<![0-9A-Za-z]{_GAP})(?<![0-9A-Za-z]{_GAP}{{2}})"
_PATTERNS = (
    re.compile(rf"{_MARK}*{_EIGHT}{_MARK}*\Z"),
    re.compile(rf".*?{_CUE}(?:{_MARK}|是|为|就|的)*{_EIGHT}{_ENDS}", re.DOTALL),
    re.compile(rf".*?{_STARTS}{_EIGHT}(?:{_MARK}|这|就|是|我|的)*{_CUE}", re.DOTALL),
)


class LinkOutcome(StrEnum):
    """What became of a link code that a citizen said.

    ``LINKED``: both channels are one citizen now (also when the same turn runs again). ``OWN``: it is the citizen's own
    code and has to be said in the other channel. ``WRONG``, ``EXPIRED``. ``TOO_MANY``: wrong ones; in an hour again.
    """

    LINKED = "linked"
    OWN = "own"
    WRONG = "wrong"
    EXPIRED = "expired"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A code to be shown once, as ``1234 5678``; nobody can read it again later."""

    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What :func:`redeem` found; ``citizen`` has to be merged into ``issuer`` when both are there."""

    outcome: LinkOutcome
    citizen: CitizenRef | None = None
    issuer: CitizenRef | None = None


def parse_link_code(text: str) -> str | None:
    """The eight digits of a link code in a message, or None.

    It is believed when it is all there is (``1234 5678``) or stands beside a word such as 接续码. No part of anything
    longer is one (mobile numbers, ids, case numbers). A landline number alone looks just like a code: do not ask while
    a telephone number is being asked for.
    """
    normal = unicodedata.normalize("NFKC", text)
    for pattern in _PATTERNS:
        if (match := pattern.match(normal)) is not None:
            return re.sub(r"[^0-9]", "", match["code"])
    return None


async def new_link_code(session: AsyncSession, vault: Vault, citizen: CitizenRef, at: datetime) -> LinkCode:
    """A new code for a citizen, valid from ``at`` for 15 minutes; the one before it is void.

    Raises:
        StorageError: The citizen was forgotten, or no unused code was found.
    """
    issuer = await present_citizen(session, vault, citizen.id)
    if issuer is None:
        raise StorageError("A citizen who was forgotten cannot go on elsewhere.")
    expires_at = at + VALID
    for _ in range(_DRAWS):
        code = f"{secrets.randbelow(10**8):08d}"
        await session.execute(delete(LinkCodeRow).where(_CODES.citizen_id == issuer.id))
        values = {
            "citizen_id": issuer.id,
            "code_hash": vault.address_hash(_DOMAIN, code),
            "created_at": at,
            "expires_at": expires_at,
        }
        written = await session.execute(
            upsert(LinkCodeRow).values(values).on_conflict_do_nothing().returning(_CODES.citizen_id)
        )
        if written.scalar() is not None:
            return LinkCode(f"{code[:4]} {code[4:]}", expires_at)
    raise StorageError("No unused link code was found.")


async def redeem(
    session: AsyncSession, vault: Vault, code: str, citizen: CitizenRef, channel: str, at: datetime
) -> Redeemed:
    """Judge a code that a citizen said in ``channel``, and spend it when it is right.

    The same three questions are asked whatever the code is, so that answers tell by their words alone. Holds
    :func:`bot.identity.merging.hold_identities`; commit also when it was wrong, for wrong tries are counted.
    """
    await hold_identities(session)
    using = await present_citizen(session, vault, citizen.id)
    if using is None:
        return Redeemed(LinkOutcome.WRONG)
    mine, everybodys = await _wrong_tries(session, using, at)
    found = await _find(session, vault, code)
    if mine >= WRONG_PER_CITIZEN or everybodys >= WRONG_IN_ALL:
        return Redeemed(LinkOutcome.TOO_MANY)
    same = found is not None and found.id == using.id
    if found is None or found.wrapped_key is None or (found.used_at is not None and not same):
        await session.execute(insert(LinkTryRow).values(citizen_id=using.id, at=at))
        return Redeemed(LinkOutcome.WRONG)
    if same:
        return Redeemed(LinkOutcome.OWN if found.used_at is None else LinkOutcome.LINKED)
    issuer = CitizenRef(found.id, vault.unwrap(found.wrapped_key))
    # Whoever is to be erased takes nobody with them, and nobody's cases are saved from an erasure by moving them.
    if found.expires_at <= at or await _to_be_erased(session, using, issuer):
        return Redeemed(LinkOutcome.EXPIRED)
    spent = update(LinkCodeRow).where(_CODES.code_hash == found.code_hash).values(used_at=at, used_in=channel)
    await session.execute(spent)
    return Redeemed(LinkOutcome.LINKED, using, issuer)


async def drop_old_codes(session: AsyncSession, at: datetime) -> int:
    """Delete codes and wrong tries that nobody needs any more; how many."""
    codes = await session.execute(
        delete(LinkCodeRow).where(_CODES.expires_at < at - _KEPT).returning(_CODES.citizen_id)
    )
    tries = await session.execute(delete(LinkTryRow).where(_TRIED.at < at - _KEPT).returning(_TRIED.id))
    return len(codes.all()) + len(tries.all())


async def _wrong_tries(session: AsyncSession, citizen: CitizenRef, at: datetime) -> tuple[int, int]:
    """Within the window: this citizen's, and all."""
    query = select(func.count().filter(_TRIED.citizen_id == citizen.id), func.count())
    row = (await session.execute(query.where(_TRIED.at > at - WINDOW))).one()
    return row[0], row[1]


async def _find(session: AsyncSession, vault: Vault, code: str) -> Any:
    """The code's row with whoever its issuer is today, or None."""
    issuer, today = aliased(CitizenRow), aliased(CitizenRow)
    query = (
        select(
            LinkCodeRow.code_hash, LinkCodeRow.expires_at, LinkCodeRow.used_at, today.id, today.wrapped_key
        )
        .join(issuer, issuer.id == LinkCodeRow.citizen_id)
        .join(today, today.id == func.coalesce(issuer.merged_into, issuer.id))
        .where(LinkCodeRow.code_hash.in_(vault.address_hashes(_DOMAIN, code)))
    )
    return (await session.execute(query)).first()


async def _to_be_erased(session: AsyncSession, *citizens: CitizenRef) -> bool:
    ids = [citizen.id for citizen in citizens]
    return bool(
        (await session.execute(select(exists().where(ErasureRequestRow.citizen_id.in_(ids))))).scalar()
    )
