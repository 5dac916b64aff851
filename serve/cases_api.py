"""``GET /api/cases``: whole cases and their files, for callers with the API key: scripts, tests, other systems of the city."""

from __future__ import annotations

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, HTTPException, Query, Request, Response

from bot.attachments import StoreAway, attachment_of_case, attachments_of_case, content_of, store_of
from bot.cases import case_record, records_of
from bot.cases.record import CaseRecord
from bot.errors import CaseNotFound
from bot.identity import erasure_ordered
from channels.web.refusal import Refused
from channels.web.sender import check_api_key, vouched_address
from serve.parts import WebParts

MOST_NUMBERS = 50

_log = structlog.get_logger(__name__)

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
    services = _services(request)
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


@router.get(
    "/api/cases/{number}/attachments",
    summary="The files of a case",
    responses={401: {"description": "X-API-Key is missing or wrong."}},
)
async def get_attachments(request: Request, number: str) -> dict[str, list[dict[str, Any]]]:
    """The photos, files and voice notes of a case, by its number or tracking code.

    Returns:
        ``{"attachments": [{"id", "kind", "media_type", "size", "name", "has_thumbnail", "scan", "added_at"}]}`` in the order they came;
        none when there is no such case.
    """
    services = _services(request)
    async with services.database.session() as session:
        found = await attachments_of_case(session, services.vault, number)
    return {"attachments": [one.as_json() for one in found]}


@router.get(
    "/api/cases/{number}/attachments/{attachment_id}",
    summary="One file of a case",
    response_class=Response,
    responses={
        401: {"description": "X-API-Key is missing or wrong."},
        404: {"description": "The case has no such file."},
        409: {"description": "The scanner has not looked at it yet."},
        503: {"description": "The store of files does not answer."},
    },
)
async def get_attachment(
    request: Request, number: str, attachment_id: int, *, thumbnail: bool = False
) -> Response:
    """Its bytes as they are kept, to be saved and never shown in place; with ``thumbnail`` the small JPEG of a picture."""
    services = _services(request)
    async with services.database.session() as session:
        found = await attachment_of_case(session, services.vault, number, attachment_id)
        if found is None:
            raise HTTPException(404)
        if found.scan == "unscanned":
            raise HTTPException(409)
        try:
            content = await content_of(
                session,
                store_of(services.settings),
                services.vault,
                number,
                attachment_id,
                thumbnail=thumbnail,
            )
        except StoreAway as error:
            raise HTTPException(503) from error
    if content is None:
        raise HTTPException(404)
    _log.info("attachment_read", attachment_id=attachment_id, thumbnail=thumbnail)
    headers = {
        "Content-Disposition": f"attachment; filename=attachment-{attachment_id}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="image/jpeg" if thumbnail else found.media_type, headers=headers)


def _services(request: Request) -> WebParts:
    """The process's services, for a caller with the API key.

    Raises:
        HTTPException: 401.
    """
    try:
        trusted = check_api_key(request, request.app.state.api_key)
    except Refused as refused:
        raise HTTPException(401) from refused
    if not trusted:
        raise HTTPException(401)
    services: WebParts = request.app.state.services
    return services
