"""What of a handover a clerk may see: numbers of people only while they hold it, and it is kept that they did."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bot.handover import HandoverDetail, note_reading, read_handover
from console.access import Desk
from console.handovers.showing import masked


async def read_for(
    desk: Desk, handover_id: UUID, clerk: str | None, at: datetime
) -> tuple[HandoverDetail, bool]:
    """A handover as a clerk may see it, and whether that is without masks; the reading is kept before it is shown.

    Args:
        desk: The parts of this process.
        handover_id: Which.
        clerk: Who looks; None = nobody known.
        at: When.

    Raises:
        HandoverNotFound: There is none.
    """
    async with desk.database.session() as session, session.begin():
        whole = clerk is not None and await note_reading(session, handover_id, clerk, at)
        detail = await read_handover(session, desk.vault, handover_id)
    return (detail, True) if whole else (masked(detail), False)
