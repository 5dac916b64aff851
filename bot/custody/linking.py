"""Going on in another channel: a link code that is right makes two citizens one, with their cases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.moving import move_cases
from bot.identity import CitizenRef, LinkOutcome, citizen_by_id, everyone_of
from bot.identity.linking import redeem
from bot.identity.merging import merge
from bot.intake.windows import merge_windows
from bot.storage.sealing import Vault


async def use_link_code(
    session: AsyncSession, vault: Vault, code: str, citizen: CitizenRef, channel: str, at: datetime
) -> LinkOutcome:
    """A citizen says the code that they were shown in another channel.

    On ``LINKED`` whoever speaks becomes whoever was shown the code: found at both addresses, with the cases of both. They
    keep a key of their own, so the turn in hand and messages already accepted are answered as they would have been;
    the next message from the old address is the other citizen's, in the other's conversation. Conversations and handovers
    of before stay where they were. Running again gives ``LINKED`` again.

    Args:
        session: With an open transaction; commit whatever the outcome is, for wrong codes are counted.
        vault: Opens citizens' keys.
        code: Eight digits, from :func:`bot.identity.parse_link_code`.
        citizen: Who speaks.
        channel: Where they speak.
        at: When.
    """
    redeemed = await redeem(session, vault, code, citizen, channel, at)
    if redeemed.citizen is None or redeemed.issuer is None:
        return redeemed.outcome
    await make_one(session, vault, redeemed.citizen, redeemed.issuer)
    return redeemed.outcome


async def make_one(session: AsyncSession, vault: Vault, citizen: CitizenRef, into: CitizenRef) -> None:
    """A citizen turns out to be another: their cases, addresses and windows are the other's from now on.

    Call within :func:`bot.identity.merging.hold_identities`, with two who are both present ones.
    """
    everyone = await everyone_of(session, citizen.id)
    await merge_windows(session, everyone, into.id)
    for someone in everyone:
        source = await citizen_by_id(session, vault, someone)
        if source is not None:
            await move_cases(session, source, into)
    await merge(session, citizen, into)
