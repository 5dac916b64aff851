"""Why the embedded PostgreSQL does not start, in one sentence that says what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from bot.errors import ConfigError
from serve.postgres_account import MAJOR


def check_version(cluster: Path) -> None:
    """Refuse a cluster that another major version made.

    Raises:
        ConfigError: It is of another version, or no cluster at all.
    """
    try:
        made_by = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise ConfigError(
            f"{cluster} is not a database folder: move it away, or set another SUDA_DATA_DIR."
        ) from error
    if made_by != str(MAJOR):
        raise ConfigError(
            f"{cluster} was made by PostgreSQL {made_by}, and this Suda brings {MAJOR}: export with the old version first, or restore a dump."
        )


def explain_os_error(error: OSError, data_dir: Path) -> str:
    """One sentence from what the operating system refused."""
    where = error.filename or data_dir
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"No space is left at {where}: make room, or set SUDA_DATA_DIR to another disk."
    if error.errno in (errno.EPERM, errno.EACCES, errno.EROFS):
        return f"Suda may not write to {where}: give it the folder, or set another SUDA_DATA_DIR."
    return f"The embedded PostgreSQL cannot use {where}: {error.strerror or type(error).__name__}."


def explain_output(output: str, data_dir: Path) -> str:
    """One sentence from what initdb or the server said last; the log keeps the rest."""
    if "No space left on device" in output:
        return f"No space is left at {data_dir}: make room, or set SUDA_DATA_DIR to another disk."
    if "could not look up effective user" in output:
        return f"User id {os.geteuid()} has no name on this machine, which PostgreSQL needs: add it to /etc/passwd or set DATABASE_URL."
    if "Permission denied" in output or "has wrong ownership" in output or "invalid permissions" in output:
        return (
            f"PostgreSQL may not use {data_dir / 'postgres'}: the folder must belong to one user, mode 0700."
        )
    if "could not create shared memory" in output or "out of memory" in output.lower():
        return "PostgreSQL found too little memory to start: free some, or set DATABASE_URL to a server elsewhere."
    last = next(
        (
            line
            for line in reversed(output.splitlines())
            if "FATAL" in line or "PANIC" in line or "error:" in line
        ),
        "it gave no reason",
    )
    return (
        f"PostgreSQL did not start ({last.split('] ')[-1].strip()}): see {data_dir / 'log' / 'postgres.log'}."
    )
