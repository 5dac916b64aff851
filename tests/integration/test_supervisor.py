"""The supervisor with real processes: it brings them up, keeps them up, and leaves none behind."""

import os
import signal
import socket

import pytest

from serve.supervisor.instance import find_running
from tests.support.supervised import left_behind, nothing_left, starter

pytestmark = pytest.mark.system


@pytest.fixture
def start(tmp_path):
    with starter(tmp_path) as start:
        yield start


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_ends_everything_in_order_and_well(start, tmp_path, number):
    run = start(SMALL_HELPER="1").ready()
    assert len(left_behind(tmp_path)) >= 5
    assert run.end(number) == 0
    nothing_left(tmp_path, seconds=1)
    assert run.said.rstrip().endswith("stopped")
    assert not (run.folder / "run" / "suda.json").exists()


def test_stubborn_programs_are_ended_all_the_same(start, tmp_path):
    run = start(SMALL_STUBBORN="1").ready()
    assert run.end() == 0
    nothing_left(tmp_path, seconds=1)


def test_a_killed_supervisor_leaves_no_orphan(start, tmp_path):
    run = start(SMALL_STUBBORN="1").ready()
    run.process.kill()
    run.process.wait(5)
    nothing_left(tmp_path)


def test_a_stop_while_it_comes_up_leaves_no_orphan(start, tmp_path):
    run = start()
    run.until(lambda: "database started" in run.said)
    assert run.end() == 0
    nothing_left(tmp_path, seconds=1)


def test_a_program_that_dies_is_started_again_and_said_once(start):
    run = start().ready()
    before = run.pid("engine")
    os.kill(before, signal.SIGKILL)
    run.until(lambda: "engine is running again" in run.said)
    run.until(lambda: run.pid("engine") not in (before, 0))
    assert run.said.count("engine ended unexpectedly (killed by SIGKILL)") == 1
    assert run.end() == 0


def test_a_database_that_dies_comes_back_with_everything_that_uses_it(start):
    run = start().ready()
    before = {name: run.pid(name) for name in ("postgres", "app", "engine")}
    os.kill(before["postgres"], signal.SIGKILL)
    run.until(lambda: all(run.pid(name) not in (pid, 0) for name, pid in before.items()))
    assert run.said.count("the database ended unexpectedly") == 1
    assert run.end() == 0


def test_a_program_that_cannot_start_is_named_with_its_last_words(start, tmp_path):
    run = start(SMALL_DIES="engine")
    assert run.process.wait(60) != 0
    assert "suda: engine does not start (exit code 1)" in run.said
    assert "I was told to end" in run.said
    assert "Traceback" not in run.said
    nothing_left(tmp_path)


def test_a_busy_web_port_is_one_sentence_with_the_setting(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = start(port=port)
        assert run.process.wait(20) != 0
    lines = run.said.strip().splitlines()
    assert len(lines) == 1
    assert f"Port {port}" in lines[0]
    assert "SUDA_PORT=" in lines[0]


def test_a_busy_engine_port_is_stepped_over(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = start(engine_port=taken.getsockname()[1]).ready()
    assert run.end() == 0


def test_a_second_start_on_the_same_folder_says_so(start):
    first = start().ready()
    second = start()
    assert second.process.wait(20) != 0
    lines = second.said.strip().splitlines()
    assert len(lines) == 1
    assert "already runs" in lines[0]
    assert str(first.process.pid) in lines[0]
    assert first.process.poll() is None
    assert first.end() == 0


def test_what_a_killed_run_left_is_not_taken_for_the_next_run(start):
    first = start().ready()
    first.process.kill()
    first.process.wait(5)
    nothing_left(first.folder)
    assert (first.folder / "run" / "suda.json").exists()
    assert find_running(first.folder) is None
    second = start()
    second.until(lambda: "database started" in second.said)
    running = find_running(first.folder)
    assert running is None or running.pid == second.process.pid
    second.ready()
    assert find_running(first.folder).url == f"http://127.0.0.1:{second.port}"
    assert second.end() == 0
