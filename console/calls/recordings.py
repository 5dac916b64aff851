"""``/console/calls/{id}/recordings/{attachment}``: a call's recording, whole or the part that a player asks for; that it was listened to is kept."""

from __future__ import annotations

import re
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bot.attachments import store_of
from bot.calls.reading import note_reading
from bot.calls.recordings import recording_of
from bot.clock import now
from bot.errors import CallNotFound, StorageError
from console.access import clerk_of, desk_of
from console.calls.desk import pages

_ENDINGS = {
    "audio/x-wav": "wav",
    "audio/mpeg": "mp3",
    "audio/amr": "amr",
    "audio/amr-wb": "awb",
    "audio/silk": "silk",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/flac": "flac",
    "audio/webm": "webm",
}
_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})", re.ASCII)
_LARGEST = 2**63 - 1
_AWAY = "录音暂时取不出来，请稍后再试。"

router = pages.router()


@router.get("/{call_id:uuid}/recordings/{attachment_id:int}")
async def get_recording(
    request: Request, call_id: UUID, attachment_id: int, *, download: bool = False
) -> Response:
    """A recording as it came, or its part; with ``download`` to be saved: browsers play neither AMR nor SILK."""
    desk, clerk = desk_of(request), clerk_of(request)
    if attachment_id > _LARGEST:
        raise CallNotFound("There is no such recording.")
    async with desk.database.session() as session, session.begin():
        await note_reading(session, call_id, clerk, now(), action="listened")
    try:
        async with desk.database.session() as session:
            found = await recording_of(session, store_of(desk.settings), desk.vault, call_id, attachment_id)
    except StorageError:
        return pages.page("message.html", 503, message=_AWAY)
    if found is None:
        raise CallNotFound("There is no such recording.")
    content, media_type = found
    name = f"call-{attachment_id}.{_ENDINGS.get(media_type, 'bin')}"
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f"{'attachment' if download else 'inline'}; filename={name}",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Accept-Ranges": "bytes",
    }
    status, part = 200, (0, len(content))
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is not None:
        start, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        if start > last:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{len(content)}"})
        status, part = 206, (start, last + 1)
        headers["Content-Range"] = f"bytes {start}-{last}/{len(content)}"
    return Response(content[slice(*part)], status, media_type=media_type, headers=headers)
