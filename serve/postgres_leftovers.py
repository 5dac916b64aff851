"""What a killed run leaves behind: processes, a stale pid file, socket folders, half-made clusters."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from bot.errors import ConfigError

_SOCKET_LIMIT = 90
"""Characters a socket folder's path may have: the kernel allows 107 for the folder and the socket's name."""


def private_file(path: Path) -> Path:
    """The path, after making an empty file there that only we may read, unless it exists."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return path


def socket_folder() -> Path:
    """A new private folder (0700) whose name is short enough for a unix socket."""
    for base in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes a private folder in it
        if len(base) + len("/suda-12345678") <= _SOCKET_LIMIT:
            return Path(tempfile.mkdtemp(prefix="suda-", dir=base))
    raise ConfigError("The temporary folder's path is too long for a socket: set TMPDIR to a shorter one.")


def clear_leftovers(data_dir: Path, cluster: Path, *, patience: float = 20.0) -> None:
    """Make the cluster ready for a start; call it only while holding the data folder's lock.

    A process id in ``postmaster.pid`` proves nothing, since ids are used again after a crash. What counts is whether any
    process still works *in* the folder: every PostgreSQL process has it as its working folder. Such a process
    belongs to a run whose parent was killed and is shutting down; it is asked to stop and waited for.

    Raises:
        ConfigError: It does not end within ``patience`` seconds.
    """
    for half_made in data_dir.glob("postgres.new-*"):
        shutil.rmtree(half_made)
    if not cluster.exists():
        return
    deadline = time.monotonic() + patience
    asked = False
    while users := _processes_in(cluster):
        if not asked:
            _ask_to_stop(cluster, users)
            asked = True
        if time.monotonic() > deadline:
            raise ConfigError(
                f"A PostgreSQL server (process {users[0]}) still uses {cluster}: stop it, then start Suda again."
            )
        time.sleep(0.05)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _processes_in(cluster: Path) -> list[int]:
    """Ids of living processes whose working folder is ``cluster``, compared by inode: paths may differ by mounts."""
    state = cluster.stat()
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != "postgres":
            continue
        with suppress(OSError, psutil.Error):
            here = Path(f"/proc/{process.pid}/cwd").stat() if Path("/proc/self").exists() else None
            here = here or Path(process.cwd()).stat()
            if (here.st_dev, here.st_ino) == (state.st_dev, state.st_ino):
                found.append(process.pid)
    return found


def _ask_to_stop(cluster: Path, users: list[int]) -> None:
    """A fast shutdown, for the main process only: its children end with it."""
    with suppress(OSError, ValueError, IndexError):
        leader = int((cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        if leader in users:
            os.kill(leader, signal.SIGINT)


def remove_socket_folder(folder: Path) -> None:
    """Remove the socket folder of a run that was killed; anything that does not look like one is left alone."""
    with suppress(OSError):
        if folder.name.startswith("suda-") and not folder.is_symlink():
            for socket in folder.glob(".s.PGSQL.*"):
                socket.unlink()
            folder.rmdir()
