"""What is well with the watched folder of calls, for ``suda doctor``; each with its cure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bot.errors import ConfigError
from bot.findings import Finding
from channels.voice.folder import REFUSED
from channels.voice.settings import voice_settings

_NAME = "calls"


def findings() -> Iterator[Finding]:
    """The settings and the folder; nothing where no folder is set, for the HTTP routes need no settings."""
    try:
        own = voice_settings()
    except ConfigError as error:
        yield Finding(_NAME, "bad", str(error), "correct it, see docs/channels/voice.md")
        return
    if own.folder is not None:
        yield _folder(own.folder)


def _folder(folder: Path) -> Finding:
    if not folder.is_dir():
        return Finding(_NAME, "bad", f"there is no folder {folder}", "make it or correct SUDA_VOICE_FOLDER")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Finding(
            _NAME,
            "bad",
            f"{folder} cannot be read and written",
            "let Suda's user do both: recordings are moved when they were taken",
        )
    try:
        refused = len(list((folder / REFUSED).glob("*.reason.txt")))
    except OSError:
        refused = 0
    if refused:
        return Finding(
            _NAME, "note", f"{folder} is watched; {refused} refused", f"read {folder / REFUSED}/*.reason.txt"
        )
    return Finding(_NAME, "ok", f"{folder} is watched")
