"""``/console/calls``: hotline calls that wait for a clerk, and one call with its draft; plain pages without a script."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from bot.calls.model import Waiting
from bot.calls.reading import decided_calls, readers_of_calls, waiting_calls
from bot.clock import in_city, now
from console.access import clerk_of, desk_of
from console.calls.desk import BUSY, pages, show

router = pages.router()


@router.get("")
async def get_list(request: Request, unfold: Literal["", "silent", "decided"] = "") -> Response:
    """Who waits: dangers first, also those still speaking, then the oldest; where nobody spoke and today's decisions are folded.

    What is unfolded stands in the address: the page loads itself again.
    """
    desk, clerk, at = desk_of(request), clerk_of(request), now()
    morning = in_city(at).replace(hour=0, minute=0, second=0, microsecond=0)
    async with desk.database.session() as session:
        found = await waiting_calls(session, desk.vault)
        decided = await decided_calls(session, morning)
        readers = await readers_of_calls(session, at - BUSY)
    return pages.page(
        "list.html",
        clerk=clerk,
        at=at,
        drafts=[one for one in found if one.call.state == "draft" or _is_urgent(one)],
        going_on=[one for one in found if one.call.state == "open" and not _is_urgent(one)],
        silent=[one for one in found if one.call.state == "empty"],
        decided=decided,
        unfold=unfold,
        busy={call: [one for one in clerks if one != clerk] for call, clerks in readers.items()},
    )


def _is_urgent(one: Waiting) -> bool:
    return one.call.state == "open" and one.call.danger


@router.get("/{call_id:uuid}")
async def get_detail(
    request: Request,
    call_id: UUID,
    left: Annotated[str, Query(max_length=40)] = "",
    *,
    judged: bool = False,
    by_hand: bool = False,
) -> Response:
    """One call: what was said, its recordings, and the draft as a form."""
    numbers = {int(one) for one in left.split(",") if one.isascii() and one.isdigit()}
    notice = "已按您写的重新判断，请看过再确认。" if judged else ""
    return await show(request, call_id, notice=notice, left=numbers, by_hand=by_hand)
