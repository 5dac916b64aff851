"""Forgetting a citizen: one transaction, after which nothing they said can be read again by anybody.

Cases stay as facts without words, with their chains of events whole: the city's figures must not change because somebody
leaves. Anonymous cases are nobody's and are not touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.removal import remove_attachments_of
from bot.calls.removal import erase_calls_of
from bot.cases.moving import messages_of_cases, withdraw_all
from bot.handover.opening import erase_handovers
from bot.identity import everyone_of, forget
from bot.identity.merging import hold_identities
from bot.identity.tables import CitizenRow, LinkCodeRow, LinkTryRow
from bot.intake.removal import remove_messages_of

REASON = "erasure"
"""Why the cases were withdrawn, in their events."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did, in numbers only.

    Attributes:
        citizens: Keys destroyed: the citizen's and those of all who were merged into them.
        cases: Open cases that were withdrawn.
        handovers: Open handovers that were ended.
        messages: Messages and replies that were deleted or emptied.
        attachments: Photos, files and voice notes that were deleted.
    """

    citizens: int
    cases: int
    handovers: int
    messages: int
    attachments: int = 0


async def erase(session: AsyncSession, citizen_id: UUID, at: datetime) -> Erased:
    """Forget a citizen and all who were merged into them, in the caller's transaction; harmless when done before.

    The engine's memory is another process's and not part of it: its words are sealed with the same keys, and
    :class:`bot.custody.jobs.Custodian` has it dropped afterwards.
    """
    await hold_identities(session)
    everyone = await everyone_of(session, citizen_id)
    # Waits for cases that are being filed for them just now, so that they are withdrawn too.
    await session.execute(select(CitizenRow.id).where(CitizenRow.id.in_(everyone)).with_for_update())
    cases = await withdraw_all(session, everyone, at, reason=REASON)
    await erase_calls_of(session, everyone)
    attachments = await remove_attachments_of(session, everyone)
    messages = await remove_messages_of(session, everyone, keep=await messages_of_cases(session, everyone))
    citizens = 0
    for someone in everyone:
        citizens += await forget(session, someone, at)
    handovers = await erase_handovers(session, at)
    await session.execute(delete(LinkCodeRow).where(LinkCodeRow.citizen_id.in_(everyone)))
    await session.execute(delete(LinkTryRow).where(LinkTryRow.citizen_id.in_(everyone)))
    return Erased(citizens, cases, handovers, messages, attachments)
