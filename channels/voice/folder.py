"""A folder that a call centre puts recordings into: each is taken once it is written whole, then moved to ``done`` or ``refused`` beside it.

Folders are looked through every few seconds, not watched by the system's events: they are network shares as often as not, which send none.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import structlog

from bot.calls.model import Call, NewCall
from bot.calls.recordings import Recording
from bot.clock import now
from bot.observability import metrics
from channels.voice.parse import CALL_ID, id_of_content, read_call
from channels.voice.refusal import Refused

EVERY = 2.0
"""Seconds between looks."""
AWAY = 60.0
"""Seconds after which a folder that cannot be read is looked at again."""
SETTLED = 5.0
"""Seconds for which a file must not have changed: whoever writes it is done."""
LONGEST_SIDECAR = 65_536
"""Bytes of what is told beside a recording."""
DONE, REFUSED = "done", "refused"
_UNFINISHED = frozenset({".part", ".tmp", ".partial", ".crdownload", ".filepart"})
_SIDECAR = ".json"

Take = Callable[[NewCall, Recording], Awaitable[Call]]
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Folder:
    """A watched folder.

    Attributes:
        path: The folder.
        take: Keeps a recording; raises :class:`channels.voice.refusal.Refused`.
        largest: Bytes of a recording.
        caller_channel: On which channel callers speak, where a recording's sidecar does not say.
        settled: See :data:`SETTLED`.
    """

    path: Path
    take: Take
    largest: int
    caller_channel: int | None = None
    settled: float = SETTLED

    async def watch(self) -> None:
        """Take what comes, until cancelled."""
        while True:
            try:
                await self.look()
            except OSError as error:  # a share that is away comes back
                _log.warning("voice_folder_unreadable", error=type(error).__name__, again_in=AWAY)
                metrics.error_happened("voice_folder_unreadable")
                await asyncio.sleep(AWAY)
            await asyncio.sleep(EVERY)

    async def look(self) -> int:
        """Take what is there now; how many were taken.

        Raises:
            OSError: The folder cannot be read.
        """
        found = await asyncio.to_thread(lambda: sorted(self._whole()))
        taken = 0
        for file in found:
            try:
                taken += await self._take(file)
            except OSError as error:  # the others are taken all the same
                _log.warning("voice_file_unreadable", error=type(error).__name__)
        return taken

    def _whole(self) -> Iterator[Path]:
        before = time.time() - self.settled
        for file in self.path.iterdir():
            hidden = file.name.startswith(".") or file.suffix.lower() in (*_UNFINISHED, _SIDECAR)
            if not hidden and _is_own(file) and file.stat().st_mtime <= before:
                yield file

    async def _take(self, file: Path) -> bool:
        try:
            new, recording = await asyncio.to_thread(self._read, file)
            await self.take(new, recording)
        except Refused as refused:
            if refused.code == "busy":
                return False  # it stays where it is
            metrics.error_happened(f"voice_folder_{refused.code}")
            await asyncio.to_thread(self._move, file, REFUSED, f"{refused.code}\n{refused.sentence}\n")
            return False
        await asyncio.to_thread(self._move, file, DONE, "")
        return True

    def _read(self, file: Path) -> tuple[NewCall, Recording]:
        if file.stat().st_size > self.largest:
            raise Refused("too_large")
        content = _bytes_of(file)
        facts = _facts_of(file)
        otherwise = file.stem if CALL_ID.fullmatch(file.stem) else id_of_content(content)
        new = read_call(
            facts, source="recording", at=now(), otherwise=otherwise, caller_channel=self.caller_channel
        )
        return new, Recording(content, file.name)

    def _move(self, file: Path, where: str, why: str) -> None:
        """Move a file and its sidecar; one of the same name that is there already is kept."""
        folder = self.path / where
        folder.mkdir(mode=0o700, exist_ok=True)
        target = folder / file.name
        number = 1
        while target.exists():
            target = folder / f"{file.stem}.{number}{file.suffix}"
            number += 1
        try:
            file.rename(target)
        except FileNotFoundError:
            return  # another process was first
        for sidecar in _sidecars(file):
            if _is_own(sidecar):
                sidecar.rename(target.with_name(target.name + _SIDECAR))
                break
        if why:
            target.with_name(f"{target.name}.reason.txt").write_text(why, "utf-8")


def _is_own(file: Path) -> bool:
    """Whether it is a file in the folder itself: links lead anywhere, such as to secrets that only we can read."""
    return not file.is_symlink() and file.is_file()


def _bytes_of(file: Path) -> bytes:
    """What stands in a file; one that has become a link or a pipe since it was looked at is an OSError."""
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
        return opened.read()


def _sidecars(file: Path) -> tuple[Path, Path]:
    return file.with_name(file.name + _SIDECAR), file.with_suffix(_SIDECAR)


def _facts_of(file: Path) -> dict[str, Any]:
    """What stands beside a recording: ``name.wav.json`` or ``name.json`` with the fields of :func:`channels.voice.parse.read_call`."""
    for sidecar in _sidecars(file):
        if not _is_own(sidecar):
            continue
        if sidecar.stat().st_size > LONGEST_SIDECAR:
            raise Refused("bad_json")
        try:
            facts = orjson.loads(_bytes_of(sidecar))
        except orjson.JSONDecodeError as error:
            raise Refused("bad_json") from error
        if not isinstance(facts, dict):
            raise Refused("bad_json")
        return facts
    return {}
