"""What a citizen may do with a case of theirs: add to it, take it back; once, however often the turn is taken."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.events import recorded, take_step
from bot.cases.following import release_followers
from bot.cases.lifecycle import CITIZEN
from bot.cases.reading import find_case, own_row, words_key
from bot.cases.views import CaseView
from bot.identity import CitizenRef
from bot.storage.sealing import Vault
from bot.understanding.redaction import redact


async def withdraw(
    session: AsyncSession,
    number: str,
    citizen: CitizenRef | None,
    at: datetime,
    *,
    vault: Vault,
    words: str | None = None,
    key: str | None = None,
) -> CaseView:
    """The citizen takes a case back (撤诉); whoever follows it goes on without it.

    Args:
        session: An open session.
        number: Case number or tracking code.
        citizen: Who speaks.
        at: When.
        vault: Seals.
        words: Why, in their own words.
        key: Names this doing, such as the message it came by: the same again changes nothing and gives the case.

    Raises:
        CaseNotFound: It is not theirs.
        InvalidTransition: It is closed already.
    """
    row = await _once(session, number, citizen, at, "withdraw", vault, words, key)
    if row is not None:
        await release_followers(session, [row["id"]], at)
    return await find_case(session, number, citizen)


async def add_words(
    session: AsyncSession,
    number: str,
    citizen: CitizenRef | None,
    at: datetime,
    *,
    vault: Vault,
    words: str,
    key: str | None = None,
) -> CaseView:
    """The citizen adds something to an open case; arguments as for :func:`withdraw`.

    Raises:
        CaseNotFound: It is not theirs.
        InvalidTransition: It is closed already.
    """
    await _once(session, number, citizen, at, "add_words", vault, words, key)
    return await find_case(session, number, citizen)


def step_key(key: str | None, action: str, number: str, sealing: bytes) -> dict[str, Any]:
    """What an event carries so that the same doing is known again.

    It is a keyed hash: an event of an anonymous case must not name the message, and with it the citizen, that it came by.

    Args:
        key: As callers give it; None = every call is a doing of its own.
        action: The event's.
        number: Canonical case number.
        sealing: The speaking citizen's key, else the case's own.
    """
    if key is None:
        return {}
    return {"key": hmac.digest(sealing, f"{action} {number} {key}".encode(), "sha256").hex()}


async def _once(
    session: AsyncSession,
    number: str,
    citizen: CitizenRef | None,
    at: datetime,
    action: str,
    vault: Vault,
    words: str | None,
    key: str | None,
) -> Mapping[str, Any] | None:
    """The row of the case that the step was taken with; None when it had been taken before."""
    row = await own_row(session, number, citizen, lock=True)
    sealing = await words_key(session, row, citizen, vault)
    data = step_key(key, action, row["number"], citizen.key if citizen is not None else sealing)
    if data and await recorded(session, row["id"], action, data["key"]) is not None:
        return None
    if words is not None and row["anonymous"]:
        words = redact(words)
    await take_step(session, row["number"], action, CITIZEN, at, data=data, words=words, key=sealing)
    return row
