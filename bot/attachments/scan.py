"""The scan hook: a command of the installation's own that looks at each file before it is kept."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Sequence

import structlog

from bot.attachments.model import Scan
from bot.errors import ConfigError, MediaRefused
from bot.observability import metrics

_log = structlog.get_logger(__name__)

LONGEST = 30.0
"""Seconds the command may take."""
CLEAN, FOUND = 0, 1
"""Exit statuses, those of ClamAV's clamscan and clamdscan."""


class Scanner:
    """Runs the command with a file on its standard input.

    Args:
        command: The command line (``SUDA_ATTACHMENT_SCAN``), such as ``clamdscan --no-summary -``; None: nothing is scanned.
        longest: Seconds it may take.

    Raises:
        ConfigError: The command line cannot be read.
    """

    def __init__(self, command: str | None, *, longest: float = LONGEST) -> None:
        self._command = _words(command)
        self._longest = longest

    def __bool__(self) -> bool:
        return bool(self._command)

    async def scan(self, content: bytes) -> Scan:
        """What the command says of a file: ``clean``, ``unscanned`` when it fails, hangs or says anything else, ``off`` without one.

        Raises:
            MediaRefused: ``unsafe``.
        """
        if not self._command:
            return "off"
        try:
            status = await asyncio.wait_for(self._run(content), self._longest)
        except (OSError, TimeoutError) as error:
            return self._unsure(type(error).__name__)
        if status == FOUND:
            raise MediaRefused("unsafe")
        return "clean" if status == CLEAN else self._unsure(f"status {status}")

    async def _run(self, content: bytes) -> int:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await process.communicate(content)
            return await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    def _unsure(self, reason: str) -> Scan:
        _log.warning("attachment_not_scanned", reason=reason)
        metrics.error_happened("attachment_not_scanned")
        return "unscanned"


def _words(command: str | None) -> Sequence[str]:
    try:
        return shlex.split(command or "")
    except ValueError as error:
        raise ConfigError(
            "SUDA_ATTACHMENT_SCAN cannot be read as a command line: check its quotes."
        ) from error
