"""One recording out of a request: its body, or the file of a form; never a file of ours on disk, for what is said in it is sealed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive

from bot.calls.recordings import Recording
from bot.connector.body import BodyRefused, read_body
from channels.voice.refusal import Refused

FORM = "multipart/form-data"
_FIELDS = 20
_FIELD_BYTES = 10_000
STALLED = 20.0
"""Seconds without a byte after which a sender is taken to be gone: few recordings are read at once, and others wait."""
_AROUND = 65_536
"""Bytes of a form beside the file in it."""


class _InMemory(MultiPartParser):
    """Keeps files in memory: the limit of a request is one of memory anyway."""

    spool_max_size = 1 << 31


async def read_upload(request: Request, *, largest: int, within: float) -> tuple[Recording, dict[str, str]]:
    """The recording of a request and what is told with it: the fields of its query, and of its form.

    Args:
        request: Not yet read.
        largest: Bytes of a recording.
        within: Seconds in which it has to come.

    Raises:
        Refused: ``too_large``, ``too_slow``, ``cut``, ``bad_form`` or ``no_recording``.
    """
    request = Request(request.scope, _unless_stalled(request.receive))
    told = {name: value for name, value in request.query_params.items() if len(value) <= _FIELD_BYTES}
    try:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            content = await read_body(request, limit=largest, within=within)
            return Recording(content, told.get("name", "")), told
        async with asyncio.timeout(within):
            return await _form(request, largest, told)
    except BodyRefused as refused:
        raise Refused("too_large" if refused.reason == "too_long" else refused.reason) from refused
    except TimeoutError as error:
        raise Refused("too_slow") from error
    except ClientDisconnect as error:
        raise Refused("cut") from error


def _unless_stalled(receive: Receive) -> Receive:
    async def patient() -> Message:
        async with asyncio.timeout(STALLED):
            return await receive()

    return patient


async def _form(request: Request, largest: int, told: dict[str, str]) -> tuple[Recording, dict[str, str]]:
    stream = _at_most(request.stream(), largest + _AROUND)
    parser = _InMemory(request.headers, stream, max_files=1, max_fields=_FIELDS, max_part_size=_FIELD_BYTES)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError) as error:
        raise Refused("bad_form") from error
    try:
        found: UploadFile | None = None
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                found = value
            else:
                told[name] = value
        if found is None:
            raise Refused("no_recording")
        return Recording(await found.read(), found.filename or ""), told
    finally:
        await form.close()


async def _at_most(stream: AsyncIterator[bytes], most: int) -> AsyncGenerator[bytes, None]:
    read = 0
    async for chunk in stream:
        read += len(chunk)
        if read > most:
            raise Refused("too_large")
        yield chunk
