"""What a clerk does with a call: has its draft judged again, makes cases of it, drops it, takes it up again, gives its citizen a link.

One form carries it all, with the revision of the call that the clerk has seen, so that nobody decides on less than was said, and whatever
cannot be done leaves what was typed where it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.attachments import store_of
from bot.calls.drafting import DraftOf
from bot.calls.model import REASONS, Draft, Told
from bot.calls.reading import read_call
from bot.calls.ruling import (
    change_draft,
    drop_call,
    file_call,
    filed_just_now,
    hear_again,
    make_link,
    take_up_again,
)
from bot.clock import now
from bot.errors import CallChanged, CallClosed, CallError, CallNotFound, StorageError
from console.access import clerk_of, desk_of
from console.calls.desk import HOME, leaves_of, pages, show
from console.calls.sheet import FIELDS, Sheet, destination_of, problem_of, read_sheet, sheet_of
from console.pages import form_of

CHANGED = "又收到新的话，请看过再办。您写的内容还在下面，没有提交。"
CLOSED = "这通来电已经办结，刚才的操作没有生效。"
AWAY = "系统暂时处理不了，请稍后再试。您写的内容还在下面，没有提交。"
NO_WORDS = "没有可以登记的内容：请写下诉求，不要只写语气词。"
NO_REASON = "请先选一个不立案的理由。"
MOVED = "承办单位和刚才显示的不一样，请看过再确认。"
HEARING = "录音已送去再识别一次；识别出新的话会显示在通话内容里。"
JUDGED = "已判断出承办单位，请看过再确认。"

router = pages.router()


@dataclass(frozen=True, slots=True)
class Typed:
    """What came with the form.

    Attributes:
        request: The request.
        call_id: Of which call.
        clerk: Who.
        revision: What of the call the clerk has seen; -1 where the form does not say.
        sheet: The form.
        reason: Why there is to be no case, one of :data:`REASONS`, or empty.
    """

    request: Request
    call_id: UUID
    clerk: str
    revision: int
    sheet: Sheet
    reason: str


Act = Callable[[Typed], Awaitable[Response]]


@router.post("/{call_id:uuid}/update")
async def post_update(request: Request, call_id: UUID) -> Response:
    """重新判断: unit, category and missing fields of what is in the form."""
    return await _act(request, call_id, _update)


@router.post("/{call_id:uuid}/confirm")
async def post_confirm(request: Request, call_id: UUID) -> Response:
    """确认立案."""
    return await _act(request, call_id, _confirm)


@router.post("/{call_id:uuid}/drop")
async def post_drop(request: Request, call_id: UUID) -> Response:
    """不立案, with a reason."""
    return await _act(request, call_id, _drop)


@router.post("/{call_id:uuid}/link")
async def post_link(request: Request, call_id: UUID) -> Response:
    """请市民接着说: a link that is shown once."""
    return await _act(request, call_id, _link)


@router.post("/{call_id:uuid}/hear")
async def post_hear(request: Request, call_id: UUID) -> Response:
    """再识别一次录音."""
    return await _act(request, call_id, _hear)


@router.post("/{call_id:uuid}/take_up")
async def post_take_up(request: Request, call_id: UUID) -> Response:
    """恢复办理."""
    return await _act(request, call_id, _take_up)


async def _act(request: Request, call_id: UUID, act: Act) -> Response:
    """Do what the form asks; where that cannot be done, say why on the call's page and keep what was typed."""
    form = await form_of(request, most=FIELDS)
    revision = form.get("revision", "")
    typed = Typed(
        request,
        call_id,
        clerk_of(request),
        int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else -1,
        read_sheet(form),
        form.get("reason", "") if form.get("reason") in REASONS else "",
    )
    try:
        return await act(typed)
    except CallNotFound:
        raise
    except CallChanged:
        return await _again(typed, 409, CHANGED)
    except CallClosed:
        return await show(request, call_id, 409, notice=CLOSED)
    except CallError:
        return await _again(typed, 422, NO_WORDS)
    except StorageError:
        return await _again(typed, 503, AWAY)


async def _again(typed: Typed, status: int, notice: str) -> Response:
    """The page as it was typed."""
    return await show(typed.request, typed.call_id, status, notice=notice, sheet=typed.sheet, by_hand=True)


async def _update(typed: Typed) -> Response:
    if problem := _problem(typed, to_file=False):
        return await _again(typed, 422, problem)
    sheet = typed.sheet.with_words()
    await _keep(typed, await _judged(typed, sheet))
    left = ",".join(str(number) for number, one in enumerate(sheet.matters) if not one.take)
    return _to(typed.call_id, f"?judged=1&left={left}")


async def _confirm(typed: Typed) -> Response:
    if problem := _problem(typed, to_file=True):
        return await _again(typed, 422, problem)
    desk, sheet = desk_of(typed.request), typed.sheet.with_words()
    async with desk.database.session() as session:
        detail = await read_call(session, desk.vault, typed.call_id)
    draft = detail.draft
    if draft is None or not sheet.says_same(sheet_of(draft, detail.caller)):
        draft = await _judged(typed, sheet)
    taken = [(one, part.case) for one, part in zip(sheet.matters, draft.parts, strict=True) if one.take]
    moved = [one for one, case in taken if destination_of(case) != one.seen]
    if moved:
        await _keep(typed, draft)
        left = {number for number, one in enumerate(sheet.matters) if not one.take}
        notice = MOVED if any(one.seen for one in moved) else JUDGED
        return await show(typed.request, typed.call_id, 409, notice=notice, left=left)
    cases = [case for _, case in taken]
    try:
        async with desk.database.session() as session, session.begin():
            filed = await file_call(
                session,
                desk.vault,
                store_of(desk.settings),
                typed.call_id,
                typed.revision,
                cases,
                typed.clerk,
                now(),
            )
    except CallClosed:
        async with desk.database.session() as session, session.begin():
            filed = await filed_just_now(session, desk.vault, typed.call_id, typed.clerk, now())
        if not filed:
            raise
    return await show(typed.request, typed.call_id, filed=filed)


async def _drop(typed: Typed) -> Response:
    if not typed.reason:
        return await _again(typed, 422, NO_REASON)
    async with desk_of(typed.request).database.session() as session, session.begin():
        await drop_call(session, typed.call_id, typed.revision, typed.reason, typed.clerk, now())
    return _to(typed.call_id)


async def _link(typed: Typed) -> Response:
    desk, request = desk_of(typed.request), typed.request
    async with desk.database.session() as session, session.begin():
        token = await make_link(session, desk.vault, typed.call_id, typed.clerk, now())
    link = f"{request.url.scheme}://{request.headers.get('host', '')}/calls/{token}"
    return await show(request, typed.call_id, link=link, sheet=typed.sheet, by_hand=True)


async def _hear(typed: Typed) -> Response:
    desk = desk_of(typed.request)
    async with desk.database.session() as session, session.begin():
        await hear_again(session, typed.call_id, typed.clerk, now())
    return await show(typed.request, typed.call_id, notice=HEARING, sheet=typed.sheet, by_hand=True)


async def _take_up(typed: Typed) -> Response:
    async with desk_of(typed.request).database.session() as session, session.begin():
        await take_up_again(session, typed.call_id, typed.clerk, now())
    return _to(typed.call_id)


def _problem(typed: Typed, *, to_file: bool) -> str | None:
    codes = leaves_of(desk_of(typed.request).settings.content_dir)
    return problem_of(typed.sheet, codes, to_file=to_file)


async def _judged(typed: Typed, sheet: Sheet) -> Draft:
    """What the models make of the form.

    Raises:
        CallNotFound: There is none.
        StorageError: They cannot be asked now.
    """
    desk = desk_of(typed.request)
    async with desk.database.session() as session:
        detail = await read_call(session, desk.vault, typed.call_id)
    told: Told = sheet.told(detail.call.started_at)
    draft_of: DraftOf = typed.request.app.state.draft_call
    draft = await draft_of(told)
    if len(draft.parts) != len(sheet.matters):
        raise StorageError("The draft has other matters than were told.")
    return draft


async def _keep(typed: Typed, draft: Draft) -> None:
    desk = desk_of(typed.request)
    async with desk.database.session() as session, session.begin():
        await change_draft(session, desk.vault, typed.call_id, typed.revision, draft, typed.clerk, now())


def _to(call_id: UUID, query: str = "") -> Response:
    return RedirectResponse(f"{HOME}/{call_id}{query}", 303, headers={"Cache-Control": "no-store"})
