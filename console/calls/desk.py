"""The page of one call: read as its clerk may see it, with the form, what came of it, and what has to be said about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from bot.calls.model import WAITING, CallDetail
from bot.calls.reading import note_reading, read_call, readers_of_calls
from bot.cases import CaseView, FiledCase, find_case
from bot.catalogue import LEAF_LEVEL, Category, Slot
from bot.catalogue.files import load_categories, load_slots
from bot.clock import now
from bot.errors import CallError, CallNotFound, CaseNotFound, SudaError
from bot.identity import present_citizen
from console.access import Desk, clerk_of, desk_of
from console.calls import showing
from console.calls.sheet import Matter, Sheet, judged_as_before, sheet_of
from console.pages import Pages

HOME = "/console/calls"
BUSY = timedelta(minutes=5)
"""How long a clerk who opened a call is thought to work on it."""
EMPTY = Matter()


def _refused(error: SudaError) -> tuple[int, str]:
    return (404, "没有这通来电。") if isinstance(error, CallNotFound) else (409, "这通来电现在办不了。")


pages = Pages(
    Path(__file__).parent,
    HOME,
    "calls",
    errors=CallError,
    refuse=_refused,
    more="media-src 'self'; ",
    words={
        "speakers": showing.SPEAKERS,
        "steps": showing.STEPS,
        "drops": showing.DROPS,
        "rejected": showing.REJECTED,
        "not_heard": showing.NOT_HEARD,
        "state_in_words": showing.state_in_words,
        "missing_in_words": showing.missing_in_words,
        "missing_at": showing.missing_at,
        "questions_of": showing.questions_of,
        "unit_of": showing.unit_of,
        "is_unsure": showing.is_unsure,
        "minutes": showing.minutes,
    },
)


@lru_cache(maxsize=2)
def leaves_of(content_dir: Path) -> dict[str, Category]:
    """The categories that a matter can have, by code."""
    return {code: one for code, one in load_categories(content_dir).items() if one.level == LEAF_LEVEL}


@lru_cache(maxsize=2)
def slots_of(content_dir: Path) -> dict[str, Slot]:
    """The clarifying questions, by id."""
    return load_slots(content_dir)


async def show(
    request: Request,
    call_id: UUID,
    status: int = 200,
    *,
    notice: str = "",
    sheet: Sheet | None = None,
    left: Collection[int] = (),
    link: str = "",
    filed: Sequence[FiledCase] = (),
    by_hand: bool = False,
) -> Response:
    """One call as its clerk sees it.

    Args:
        request: Whose.
        call_id: Which.
        status: Of the answer.
        notice: What has to be said first.
        sheet: What was typed; by default the form is made of the draft.
        left: Numbers of the draft's matters, from 0, that are to be no case.
        link: By which the citizen can go on; shown this once.
        filed: The cases just made, with tracking codes that are shown this once.
        by_hand: The clerk does not wait until the recording is heard.

    Raises:
        CallNotFound: There is none.
    """
    desk, clerk, at = desk_of(request), clerk_of(request), now()
    async with desk.database.session() as session, session.begin():
        whole = await note_reading(session, call_id, clerk, at)
        detail = await read_call(session, desk.vault, call_id)
        others = [one for one in await _readers(session, call_id, at) if one != clerk]
        cases = [one.view for one in filed] or await _cases(session, desk, detail)
    shown = detail if whole else showing.masked(detail)
    stored = sheet_of(detail.draft, detail.caller, left)
    asks = detail.readable and (detail.call.state in WAITING or (by_hand and detail.call.state == "open"))
    return pages.page(
        "detail.html",
        status,
        clerk=clerk,
        at=at,
        detail=shown,
        whole=whole,
        others=others,
        notice=notice,
        sheet=judged_as_before(sheet, stored) if sheet is not None else stored,
        is_typed=sheet is not None,
        asks=asks,
        unsure=any(showing.is_unsure(one) for one in shown.segments),
        empty=EMPTY,
        link=link,
        cases=cases,
        codes={one.case_number: one.tracking_code for one in filed if one.tracking_code},
        leaves=leaves_of(desk.settings.content_dir),
        slots=slots_of(desk.settings.content_dir),
    )


async def _readers(session: AsyncSession, call_id: UUID, at: datetime) -> tuple[str, ...]:
    return (await readers_of_calls(session, at - BUSY)).get(call_id, ())


async def _cases(session: AsyncSession, desk: Desk, detail: CallDetail) -> list[CaseView]:
    """The cases that were made of a call; an anonymous one cannot be found from it."""
    call = detail.call
    citizen = await present_citizen(session, desk.vault, call.citizen_id) if call.cases else None
    found = []
    for number in call.cases if citizen is not None else ():
        try:
            found.append(await find_case(session, number, citizen))
        except CaseNotFound:
            continue
    return found
