"""A caller goes on in the web page: a link to a call makes its words the citizen's next message there."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.model import MOST, Received
from bot.attachments.spoken import Spoken
from bot.calls.model import Draft, Part
from bot.calls.reading import recordings_of, segments_of
from bot.calls.ruling import close_call, link_hash
from bot.calls.sealed import open_draft
from bot.calls.spoken import spoken_of
from bot.calls.tables import CallRow
from bot.calls.taking import CALLS, caller_of, citizen_of, note
from bot.custody.linking import make_one
from bot.errors import CallClosed
from bot.identity import CitizenRef, addresses_of, erasure_ordered, find_or_create, present_citizen
from bot.identity.merging import hold_identities
from bot.intake import accept, push
from bot.intake.tables import InboxRow
from bot.intake.wording import CALL_UNHEARD
from bot.messages import Incoming
from bot.storage.sealing import Vault

_log = structlog.get_logger(__name__)
_INBOX = InboxRow.__table__.c

TRIES = 5
"""Wrong digits that one link bears: a guesser finds four digits once in two thousand links."""
DIGITS = 4
"""So many of the last digits of the number that called are asked for."""


class LinkState(StrEnum):
    """What a link to a call is good for.

    ``GOOD``. ``CONTINUED``: it was just used, or this citizen had used it. ``WRONG``: not the digits of the number that called. ``LOCKED``: too
    many wrong ones. ``EARLY``: the call is not over, or not heard yet. ``IN_HAND``: a clerk has made a case of the call. ``USED``: somebody
    used it. ``LEAVING``: whoever opens it has asked to be forgotten, and takes nobody along. ``GONE``: there is no such link, it is too old,
    the call was dropped, or its citizen forgotten.
    """

    GOOD = "good"
    CONTINUED = "continued"
    WRONG = "wrong"
    LOCKED = "locked"
    EARLY = "early"
    IN_HAND = "in_hand"
    USED = "used"
    LEAVING = "leaving"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class CallLink:
    """A link to a call as whoever holds it may see it: nothing of what was said.

    Attributes:
        state: What it is good for.
        asks_digits: Whether the last digits of the number that called have to be told: wherever it is known.
        tries: How many wrong ones may still be told.
    """

    state: LinkState
    asks_digits: bool = False
    tries: int = TRIES


async def look_at_link(session: AsyncSession, vault: Vault, token: str, at: datetime) -> CallLink:
    """What a link is good for now; looking changes nothing, so that previews of links may."""
    row = (await session.execute(select(*CALLS).where(CALLS.link_hash == link_hash(token)))).first()
    return (await _judge(session, vault, row, at))[0]


async def continue_call(
    session: AsyncSession, vault: Vault, token: str, digits: str, channel: str, address: str, at: datetime
) -> CallLink:
    """A citizen opens a link to their call in ``channel``, and what they said in the call becomes their message there.

    On ``CONTINUED`` caller and citizen are one: found at the addresses of both, with the cases of both. Where the citizen has talked in this
    channel before, the caller becomes that citizen, so that the conversation goes on; else the citizen becomes the caller. The call is
    closed, and its words wait for their turn like any message. Opened again by the same citizen it gives the same, and changes nothing.

    Args:
        session: With an open transaction; commit whatever the state is, for wrong digits are counted.
        vault: Opens and makes citizens' keys.
        token: From :func:`bot.calls.ruling.make_link`.
        digits: What the citizen told of the number that called: its last digits, or all of it.
        channel: Where they go on; one whose replies are fetched.
        address: Their address there, verified.
        at: When.
    """
    which = CALLS.link_hash == link_hash(token)
    if (await session.execute(select(CALLS.id).where(which))).first() is None:
        return CallLink(LinkState.GONE)
    await hold_identities(session)
    row: Any = (await session.execute(select(*CALLS).where(which).with_for_update())).first()
    link, caller = await _judge(session, vault, row, at)
    if caller is None:
        return link
    if link.state is LinkState.USED and address in await addresses_of(session, caller, channel):
        return CallLink(LinkState.CONTINUED)
    if link.state is not LinkState.GOOD:
        return link
    number = caller_of((await citizen_of(session, vault, row)).key, row)
    told = _plain(digits)
    if link.asks_digits and number is not None and told not in (number, number[-DIGITS:]):
        # Nothing told is no guess.
        return await _count_wrong(session, row, link) if told else replace(link, state=LinkState.WRONG)
    citizen = await find_or_create(session, vault, channel, address, at)
    if citizen.id != caller.id:
        if await erasure_ordered(session, citizen.id):
            return CallLink(LinkState.LEAVING)
        if await _has_talked(session, citizen):
            await make_one(session, vault, caller, citizen)
        else:
            await make_one(session, vault, citizen, caller)
    payload = {"call": {"caller": number, "continued_at": at.isoformat()}}
    message = Incoming(channel, address, f"call:{row.id}", "", row.started_at, payload)
    await _hand_on(session, vault, row, message)
    await close_call(session, row, "continued", at)
    await note(session, row.id, "continued", None, at)
    _log.info("call_continued", call=str(row.id))
    return CallLink(LinkState.CONTINUED)


async def _judge(
    session: AsyncSession, vault: Vault, row: Any, at: datetime
) -> tuple[CallLink, CitizenRef | None]:
    """A link by its call, and who its caller is today; None where nobody may go on as them."""
    gone = CallLink(LinkState.GONE), None
    if row is None or row.link_until is None or row.link_until <= at:
        return gone
    try:
        speaker = await citizen_of(session, vault, row)
    except CallClosed:
        return gone
    caller = await present_citizen(session, vault, row.citizen_id)
    if caller is None or await erasure_ordered(session, caller.id):
        return gone
    decided = {"filed": LinkState.IN_HAND, "continued": LinkState.USED, "dropped": LinkState.GONE}
    if row.state in decided:
        return CallLink(decided[row.state]), caller
    if row.link_tries >= TRIES:
        return CallLink(LinkState.LOCKED), caller
    if row.ended_at is None:
        return CallLink(LinkState.EARLY), caller
    asks = len(caller_of(speaker.key, row) or "") >= DIGITS
    return CallLink(LinkState.GOOD, asks, TRIES - row.link_tries), caller


def _plain(digits: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKC", digits) if one.isascii() and one.isdigit())


async def _count_wrong(session: AsyncSession, row: Any, link: CallLink) -> CallLink:
    await session.execute(update(CallRow).where(CALLS.id == row.id).values(link_tries=CALLS.link_tries + 1))
    left = link.tries - 1
    return CallLink(LinkState.WRONG if left else LinkState.LOCKED, link.asks_digits, left)


async def _has_talked(session: AsyncSession, citizen: CitizenRef) -> bool:
    return bool((await session.execute(select(exists().where(_INBOX.citizen_id == citizen.id)))).scalar())


async def _hand_on(session: AsyncSession, vault: Vault, row: Any, message: Incoming) -> None:
    """The call's words as the citizen's message; of a call without words the citizen is asked what it was about."""
    speaker = await citizen_of(session, vault, row)
    payload = dict(message.payload)
    draft = open_draft(speaker.key, row.id, row.sealed) if row.edited and row.sealed is not None else None
    if draft is not None and draft.parts:
        spoken = Spoken(_words_of(draft))
        first = draft.parts[0].case
        number = None if first.anonymous else first.contact_phone or payload["call"]["caller"]
        payload["call"] = payload["call"] | {"caller": number}
    else:
        said, _mixed = await segments_of(session, speaker.key, row)
        spoken = spoken_of(one for _revision, one in said)
    if not spoken.words:
        await _ask_again(session, vault, row, message)
        return
    recordings = (await recordings_of(session, row.id))[:MOST]
    payload["attachments"] = [Received("voice", one).as_json() for one in recordings]
    payload["speech"] = spoken.as_json()
    await accept(session, vault, replace(message, text=spoken.words, payload=payload))


async def _ask_again(session: AsyncSession, vault: Vault, row: Any, message: Incoming) -> None:
    citizen = await find_or_create(session, vault, message.channel, message.address, message.sent_at)
    key = f"call:{row.id}"
    await push(session, vault, citizen.id, [CALL_UNHEARD], channel=message.channel, key=key)


def _words_of(draft: Draft) -> str:
    """A draft as a clerk wanted it, in words that say all of it."""
    return "".join(f"{_sentence(part)}。" for part in draft.parts)


def _sentence(part: Part) -> str:
    case = part.case
    said = case.content.strip().rstrip("。，；")
    beside = (
        ("地点：", case.place_text),
        ("时间：", part.occurred),
        ("", "要求匿名" if case.anonymous else "要求保密" if case.confidential else None),
    )
    return "，".join([said, *(f"{label}{value}" for label, value in beside if value and value not in said)])
