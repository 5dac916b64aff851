"""PostgreSQL as our own supervised child, for a machine that has none.

::

    with EmbeddedPostgres(data_dir) as postgres:
        Database(postgres.url)

The data lie in ``data_dir/postgres`` and survive crashes: nothing that makes a commit durable is switched off. Clients
come through a unix socket in a private folder, with a password. The server ends with the process that started it.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from bot.errors import ConfigError, StorageError
from bot.storage.secrets import load_or_create
from serve.postgres_account import Account, give, installation, maker_account, server_account
from serve.postgres_leftovers import clear_leftovers, private_file, remove_socket_folder, socket_folder
from serve.postgres_settings import SERVER_SETTINGS
from serve.postgres_trouble import check_version, explain_os_error, explain_output

USER = "suda"
DATABASE = "suda"
HERE = "/proc/self/cwd"
"""The data folder as the server names it: its working folder, which it reaches whatever the folders above allow."""

NEEDED_BYTES = 300 * 2**20
"""Free space below which a first start is refused: the empty cluster takes 40 MB, its log up to 512 MB later."""

_PR_SET_PDEATHSIG = 1
_LOCK_PATIENCE = 1.0
"""Seconds a run that is just ending has to let go of the data folder."""
_LOG_LIMIT = 10 * 2**20


class EmbeddedPostgres:
    """A PostgreSQL server that lives as long as this process.

    Args:
        data_dir: Suda's data folder; made when missing. One server a folder.
        settings: Server settings that differ from :mod:`serve.postgres_settings`.
        start_timeout: Seconds to wait for readiness, crash recovery included.

    Start it from the main thread: Linux ends the server when the *thread* that started it ends.
    """

    def __init__(
        self, data_dir: Path, *, settings: dict[str, str] | None = None, start_timeout: float = 120.0
    ) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.cluster = self.data_dir / "postgres"
        self.log_path = self.data_dir / "log" / "postgres.log"
        self._settings = SERVER_SETTINGS | (settings or {})
        self._start_timeout = start_timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None
        self._lock: IO[str] | None = None
        self._password = ""

    @property
    def url(self) -> str:
        """The URL of the ready database, password included."""
        if self._sockets is None:
            raise StorageError("The embedded PostgreSQL is not running.")
        return _url(self._sockets, self._password)

    @property
    def pid(self) -> int | None:
        """The server's process id; None while it is not running."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code once the server ends; None when ``timeout`` seconds pass before."""
        if self._process is None:
            return None
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def start(self) -> Self:
        """Start the server, making its data folder first when there is none.

        Raises:
            ConfigError: It cannot run here; the message says in one sentence why and what to do.
        """
        if threading.current_thread() is not threading.main_thread():
            raise StorageError(
                "Start the embedded PostgreSQL from the main thread: it ends with the thread that started it."
            )
        try:
            self._take_folder()
            self._start()
        except OSError as error:
            self.stop()
            raise ConfigError(explain_os_error(error, self.data_dir)) from error
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, timeout: float = 30.0) -> None:
        """End the server cleanly (open transactions roll back), by force after ``timeout`` seconds."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                process.send_signal(how)
                try:
                    process.wait(timeout if how == signal.SIGINT else 5)
                    break
                except subprocess.TimeoutExpired:
                    continue
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None
        if self._lock is not None:
            self._lock.truncate(0)
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take_folder(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.log_path.parent.mkdir(mode=0o700, exist_ok=True)
        lock = private_file(self.data_dir / "postgres.lock").open("r+", encoding="utf-8")
        deadline = time.monotonic() + _LOCK_PATIENCE
        while not _locked(lock):
            if time.monotonic() > deadline:
                holder = lock.readline().strip() or "unknown"
                lock.close()
                raise ConfigError(
                    f"{self.data_dir} is in use by another running Suda (process {holder}): stop it, or set another SUDA_DATA_DIR."
                )
            time.sleep(0.05)
        for left in lock.read().splitlines()[1:2]:
            remove_socket_folder(Path(left))
        self._lock = lock

    def _start(self) -> None:
        account = server_account(self.data_dir, self.cluster)
        programs = installation(account) / "bin"
        self._password = self._load_password()
        clear_leftovers(self.data_dir, self.cluster)
        if self.cluster.exists():
            check_version(self.cluster)
        else:
            self._make_cluster(programs, account)
        self._write_access_rules(account)
        self._sockets = socket_folder()
        give(self._sockets, account)
        _write(self._lock, f"{os.getpid()}\n{self._sockets}\n")
        self._launch(programs, account)
        self._wait_until_ready()
        self._make_database()

    def _load_password(self) -> str:
        path = self.data_dir / "secrets" / "postgres_password"
        if self.cluster.exists() and not path.exists():
            raise ConfigError(
                f"{path} is missing but the database exists: restore the file from the backup of the secrets folder."
            )
        return load_or_create(path)

    def _make_cluster(self, programs: Path, account: Account) -> None:
        free = shutil.disk_usage(self.data_dir).free
        if free < NEEDED_BYTES:
            raise ConfigError(
                f"Only {free >> 20} MB are free at {self.data_dir}; the database needs {NEEDED_BYTES >> 20} MB to begin: make room or set SUDA_DATA_DIR."
            )
        maker = maker_account(account)
        fresh = self.data_dir / f"postgres.new-{os.getpid()}"
        fresh.mkdir(mode=0o700)
        keyring = Path(tempfile.mkdtemp(prefix="suda-"))
        try:
            password = private_file(keyring / "password")
            password.write_text(self._password, encoding="ascii")
            give(keyring, maker)
            give(fresh, maker)
            result = subprocess.run(
                [
                    str(programs / "initdb"),
                    f"--pgdata={HERE if maker.other else fresh}",
                    f"--username={USER}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    "--set=shared_buffers=16MB",
                    "--set=scram_iterations=1",
                ],
                cwd=fresh,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                user=maker.uid,
                group=maker.gid,
                extra_groups=[] if maker.other else None,
                umask=0o077,
                check=False,
            )
            with private_file(self.log_path).open("ab") as log:
                log.write(result.stdout)
            if result.returncode != 0:
                raise ConfigError(explain_output(result.stdout.decode(errors="replace"), self.data_dir))
            give(fresh, account)
            fresh.rename(self.cluster)
        finally:
            shutil.rmtree(keyring, ignore_errors=True)
            shutil.rmtree(fresh, ignore_errors=True)

    def _write_access_rules(self, account: Account) -> None:
        rules = self.cluster / "pg_hba.conf"
        rules.write_text(
            f"# Written at each start by Suda.\nlocal all {USER} scram-sha-256\n", encoding="ascii"
        )
        rules.chmod(0o600)
        give(rules, account)

    def _launch(self, programs: Path, account: Account) -> None:
        if self.log_path.exists() and self.log_path.stat().st_size > _LOG_LIMIT:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        command = [str(programs / "postgres"), "-D", HERE if account.other else str(self.cluster)]
        for name, value in (self._settings | {"unix_socket_directories": str(self._sockets)}).items():
            command += ["-c", f"{name}={value}"]
        with private_file(self.log_path).open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                command,
                cwd=self.cluster,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we then stop the server in our order
                user=account.uid,
                group=account.gid,
                extra_groups=[] if account.other else None,
                umask=0o077,
                preexec_fn=_end_with_parent(os.getpid()),
            )

    def _wait_until_ready(self) -> None:
        process = self._process
        if process is None:  # pragma: no cover - _launch has just set it
            raise StorageError("The embedded PostgreSQL was not launched.")
        deadline = time.monotonic() + self._start_timeout
        status = self.cluster / "postmaster.pid"
        while process.poll() is None:
            if time.monotonic() > deadline:
                raise ConfigError(
                    f"PostgreSQL was not ready within {self._start_timeout:.0f} s: see {self.log_path}."
                )
            lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.02)
        with self.log_path.open("rb") as log:
            log.seek(self._log_start)
            output = log.read().decode(errors="replace")
        raise ConfigError(explain_output(output, self.data_dir))

    def _make_database(self) -> None:
        if self._sockets is None:  # pragma: no cover - _start has just set it
            raise StorageError("The embedded PostgreSQL is not running.")
        try:
            with psycopg.connect(
                _url(self._sockets, self._password, "postgres"), autocommit=True
            ) as connection:
                query = "SELECT 1 FROM pg_database WHERE datname = %s"
                if connection.execute(query, [DATABASE]).fetchone():
                    return
                with psycopg.connect(
                    _url(self._sockets, self._password, "template1"), autocommit=True
                ) as template:
                    template.execute("CREATE EXTENSION IF NOT EXISTS vector")
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.OperationalError as error:
            raise ConfigError(
                f"The embedded PostgreSQL does not let us in: {self.data_dir / 'secrets' / 'postgres_password'} "
                "does not fit its data; restore both from the same backup."
            ) from error


def running_url(data_dir: Path) -> str | None:
    """The URL of the embedded server that another process runs for ``data_dir``; None when there is none."""
    lock, password = Path(data_dir) / "postgres.lock", Path(data_dir) / "secrets" / "postgres_password"
    try:
        with lock.open("r+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                lines = file.read().splitlines()
                if len(lines) < 2:
                    return None
                return _url(Path(lines[1]), password.read_text(encoding="ascii").strip())
    except OSError:
        return None
    return None


def _url(sockets: Path, password: str, database: str = DATABASE) -> str:
    return f"postgresql://{USER}:{quote(password, safe='')}@/{database}?host={quote(str(sockets), safe='')}"


def _environment() -> dict[str, str]:
    """Nothing of ours: a stray PGDATA or a secret has no place in the server's environment."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _end_with_parent(parent: int) -> Callable[[], None] | None:
    """What the child does before it becomes the server: ask for a fast, clean stop when we are gone."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
        if os.getppid() != parent:  # we died in between
            os._exit(1)

    return prepare


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(file: IO[str] | None, text: str) -> None:
    if file is not None:
        file.seek(0)
        file.truncate()
        file.write(text)
        file.flush()
