"""The worker's periodic work for files: what nothing needs and what was kept long enough goes, and what was not scanned is scanned again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from procrastinate.blueprints import Blueprint
from sqlalchemy import select, update

from bot.attachments.removal import discard, expire_recordings, sweep
from bot.attachments.scan import Scanner
from bot.attachments.sealed import open_file
from bot.attachments.store import FileStore
from bot.attachments.tables import AttachmentRow, CaseAttachmentRow
from bot.cases.tables import CaseTextRow
from bot.clock import now
from bot.errors import MediaRefused
from bot.identity.tables import CitizenRow
from bot.storage import Database
from bot.storage.sealing import Vault

_log = structlog.get_logger(__name__)
_ROWS = AttachmentRow.__table__.c
_LINKS = CaseAttachmentRow.__table__.c
_TEXTS = CaseTextRow.__table__.c
_CITIZENS = CitizenRow.__table__.c

NAMESPACE = "attachments"
QUEUE = "attachments"
EVERY_MINUTE = "* * * * *"
EVERY_TEN = "*/10 * * * *"
EVERY_HOUR = "47 * * * *"
AT_ONCE = 50
"""Files that one run of the job scans again."""


class Porter:
    """Carries out what is due; one a worker.

    Args:
        database: Rows.
        store: Objects.
        vault: Opens keys.
        scanner: The scan hook.
        recordings: How long voice notes and calls are kept; None: as long as other files.
        clock: The present moment, aware.
    """

    def __init__(
        self,
        database: Database,
        store: FileStore,
        vault: Vault,
        scanner: Scanner,
        *,
        recordings: timedelta | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._store = store
        self._vault = vault
        self._scanner = scanner
        self._recordings = recordings
        self._clock = clock

    async def expire(self) -> int:
        """Let recordings go that were kept for their time; how many."""
        total = 0
        while self._recordings is not None:
            async with self._database.session() as session, session.begin():
                gone = await expire_recordings(session, self._clock() - self._recordings)
            if not gone:
                break
            total += gone
        if total:
            _log.info("old_recordings_removed", recordings=total)
        return total

    async def sweep(self) -> int:
        """See :func:`bot.attachments.removal.sweep`."""
        return await sweep(self._database, self._store)

    async def scan_again(self) -> int:
        """Scan what the scanner could not look at, the oldest first; how many are settled now.

        A file that is found to be unsafe is removed, also from its case; it is ``refused`` from then on.
        """
        if not self._scanner:
            return 0
        # A citizen's file opens with their key, an anonymous case's with the case's.
        keys = (
            select(_ROWS.id, _ROWS.object_name, _CITIZENS.wrapped_key, _TEXTS.wrapped_key.label("case_key"))
            .outerjoin(CitizenRow, _CITIZENS.id == _ROWS.citizen_id)
            .outerjoin(CaseAttachmentRow, _LINKS.attachment_id == _ROWS.id)
            .outerjoin(CaseTextRow, _TEXTS.case_id == _LINKS.case_id)
            .where(_ROWS.scan == "unscanned", _ROWS.state == "kept")
            .order_by(_ROWS.id)
            .limit(AT_ONCE)
        )
        async with self._database.session() as session:
            rows = {row.id: row for row in (await session.execute(keys)).all()}
        settled = 0
        for row in rows.values():
            wrapped = row.wrapped_key or row.case_key
            sealed = await self._store.get(row.object_name)
            if wrapped is None or sealed is None:
                continue
            content = open_file(self._vault.unwrap(wrapped), row.object_name, sealed)
            settled += await self._settle(row.id, content)
        return settled

    async def _settle(self, attachment_id: int, content: bytes) -> bool:
        try:
            if await self._scanner.scan(content) != "clean":
                return False
        except MediaRefused as refused:
            await self._take_out(attachment_id, refused.code)
        else:
            async with self._database.session() as session, session.begin():
                await session.execute(
                    update(AttachmentRow).where(_ROWS.id == attachment_id).values(scan="clean")
                )
        return True

    async def _take_out(self, attachment_id: int, code: str) -> None:
        _log.warning("attachment_found_unsafe", attachment_id=attachment_id)
        named = select(_ROWS.object_name, _ROWS.thumb_name).where(_ROWS.id == attachment_id)
        async with self._database.session() as session, session.begin():
            row = (await session.execute(named.with_for_update())).one()
            await session.execute(
                update(AttachmentRow)
                .where(_ROWS.id == attachment_id)
                .values(
                    state="refused",
                    error_code=code,
                    object_name=None,
                    thumb_name=None,
                    sealed=None,
                    scan="clean",
                )
            )
            await discard(session, [name for name in row if name is not None])


def attachment_jobs(porter: Porter) -> Blueprint:
    """The periodic tasks, for :func:`bot.intake.jobs.job_app` with :data:`NAMESPACE`; their locks are their own and they never fail."""
    jobs = Blueprint()

    @jobs.periodic(cron=EVERY_MINUTE)
    @jobs.task(name="sweep", queue=QUEUE, lock="attachments.sweep", queueing_lock="attachments.sweep")
    async def sweep_store(timestamp: int) -> None:  # noqa: ARG001 - procrastinate names the tick
        try:
            await porter.sweep()
        except Exception as error:
            _log.error("attachments_not_swept", error=type(error).__name__)

    @jobs.periodic(cron=EVERY_TEN)
    @jobs.task(name="scan", queue=QUEUE, lock="attachments.scan", queueing_lock="attachments.scan")
    async def scan_again(timestamp: int) -> None:  # noqa: ARG001
        try:
            await porter.scan_again()
        except Exception as error:
            _log.error("attachments_not_scanned_again", error=type(error).__name__)

    @jobs.periodic(cron=EVERY_HOUR)
    @jobs.task(name="expire", queue=QUEUE, lock="attachments.expire", queueing_lock="attachments.expire")
    async def expire_old(timestamp: int) -> None:  # noqa: ARG001
        try:
            await porter.expire()
        except Exception as error:
            _log.error("recordings_not_removed", error=type(error).__name__)

    return jobs
