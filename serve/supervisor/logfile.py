"""A log file that cannot fill the disk."""

from __future__ import annotations

import os
from pathlib import Path

SIZE = 10 * 2**20
"""Bytes of one file."""

KEPT = 3
"""Older files kept beside the present one."""


class BoundedLog:
    """Appends bytes to ``path``; when it is full it becomes ``path.1``, the older ones move up, the oldest goes.

    Args:
        path: The file; made with mode 0600 when missing.
        size: Bytes of one file.
        kept: Older files kept.
    """

    def __init__(self, path: Path, *, size: int = SIZE, kept: int = KEPT) -> None:
        self.path = path
        self._size = size
        self._kept = kept
        self._open()

    def _open(self) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "ab", buffering=0)
        self._written = self._file.tell() or self.path.stat().st_size

    def write(self, data: bytes) -> None:
        """Append; turns the files over first when ``data`` no longer fits."""
        if self._written and self._written + len(data) > self._size:
            self._turn_over()
        self._file.write(data)
        self._written += len(data)

    def _turn_over(self) -> None:
        self._file.close()
        for number in range(self._kept, 0, -1):
            older = self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))
        self._open()

    def _numbered(self, number: int) -> Path:
        return self.path if number == 0 else self.path.with_name(f"{self.path.name}.{number}")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def tail(self, lines: int) -> list[str]:
        """The last lines written."""
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - 16384))
            return file.read().decode("utf-8", "replace").splitlines()[-lines:]
