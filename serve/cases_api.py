"""``GET /api/cases``: whole cases for callers with the API key: scripts, tests, other systems of the city."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request

from actions.services import Services
from bot.cases import case_record, records_of
from bot.cases.record import CaseRecord
from bot.errors import CaseNotFound
from bot.identity import erasure_ordered
from channels.web.refusal import Refused
from channels.web.sender import check_api_key, vouched_address

MOST_NUMBERS = 50

router = APIRouter(tags=["cases"])


@router.get(
    "/api/cases",
    summary="Whole cases, unmasked",
    responses={401: {"description": "X-API-Key is missing or wrong."}},
)
async def get_cases(
    request: Request,
    sender_id: Annotated[str | None, Query(min_length=1, max_length=128)] = None,
    number: Annotated[list[str] | None, Query(max_length=MOST_NUMBERS)] = None,
) -> dict[str, list[dict[str, Any]]]:
    """Cases of a sender whom the caller named in ``POST /api/chat/messages``, and cases by number or tracking code.

    Returns:
        ``{"cases": [...]}``, oldest first, each once: the fields of ``suda understand`` with ``case_number``, ``state``,
        ``anonymous``, and the phone unmasked. An anonymous case belongs to no sender: ask by its number.
    """
    try:
        trusted = check_api_key(request, request.app.state.api_key)
    except Refused as refused:
        raise HTTPException(401) from refused
    if not trusted:
        raise HTTPException(401)
    services: Services = request.app.state.services
    found: dict[str, CaseRecord] = {}
    async with services.database.session() as session:
        if sender_id is not None:
            citizen = await request.app.state.find_citizen("web", vouched_address(sender_id))
            if citizen is not None:
                forgets = await erasure_ordered(session, citizen)
                for one in await records_of(session, services.vault, citizen):
                    found[one.case_number] = one.without_contact() if forgets else one
        for asked in number or ():
            try:
                record = await case_record(session, services.vault, asked)
            except CaseNotFound:
                continue
            found.setdefault(record.case_number, record)
    ordered = sorted(found.values(), key=lambda record: record.created_at)
    return {"cases": [record.as_json() for record in ordered]}
