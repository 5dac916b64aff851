"""Speech beside the running system, with real processes: brought when it is missing, and never in the way of the text bot."""

import hashlib
import os
import signal
import time

import psutil
import pytest

from bot.settings import Settings
from serve.supervisor.instance import find_running
from serve.supervisor.programs import Addresses, Plan
from tests.support.model_host import model_host
from tests.support.supervised import left_behind, nothing_left, starter

pytestmark = pytest.mark.system

MODEL = os.urandom(300_000)


@pytest.fixture
def start(tmp_path, database_url):
    with starter(tmp_path) as start:
        yield lambda **extra: start(
            **{
                "DATABASE_URL": database_url,
                "SUDA_SPEECH": "on",
                "SUDA_SPEECH_MODEL": "tiny",
                "SMALL_MODEL": hashlib.sha256(MODEL).hexdigest(),
                **extra,
            }
        )


@pytest.fixture
def host():
    with model_host({"tiny.pt": MODEL}) as opened:
        yield opened


def there(folder, *, model=MODEL):
    """What an earlier run brought."""
    (folder / "speech").mkdir(parents=True)
    (folder / "packages").touch()
    if model:
        (folder / "speech" / "tiny.pt").write_bytes(model)


def lines_about_speech(run):
    return [line for line in run.said.splitlines() if "speech" in line]


def heard_at(run):
    return find_running(run.folder).speech_url


def test_what_is_missing_is_brought_once_the_text_bot_is_ready(start, host):
    host.seconds = 1.0
    run = start(SUDA_SPEECH_SOURCE=host.url).ready()
    assert heard_at(run) == "", "who types waits for nothing"
    run.until(lambda: "speech ready" in run.said)
    said = lines_about_speech(run)
    assert said[:4] == [
        "speech: installing (about 360 MB to download)",
        "speech: installed (0 s)",
        "speech: fetching the model tiny (75 MB)",
        "speech: tiny: 10 %",
    ]
    assert [line for line in said if "%" in line] == [
        f"speech: tiny: {10 * tenth} %" for tenth in range(1, 11)
    ]
    assert run.said.index("READY") < run.said.index("speech: installing")
    assert (run.folder / "speech" / "tiny.pt").read_bytes() == MODEL
    run.until(lambda: heard_at(run))
    assert run.end() == 0


def test_what_is_there_starts_at_once_and_nothing_is_asked_for(start, tmp_path, host):
    there(tmp_path / "data")
    run = start(SUDA_SPEECH_SOURCE=host.url).ready()
    run.until(lambda: heard_at(run) and "speech ready" in run.said)
    assert [line.split(" (")[0] for line in lines_about_speech(run)] == ["speech ready"]
    assert host.asked == []
    assert run.end() == 0


def test_it_is_kept_running_as_the_others_are(start, tmp_path):
    there(tmp_path / "data")
    run = start().ready()
    run.until(lambda: "speech ready" in run.said and run.pid("speech"))
    before, url = run.pid("speech"), heard_at(run)
    os.kill(before, signal.SIGKILL)
    run.until(lambda: "speech is running again" in run.said)
    run.until(lambda: run.pid("speech") not in (before, 0))
    assert heard_at(run) == url
    assert run.said.count("speech ended unexpectedly (killed by SIGKILL)") == 1
    assert run.end() == 0


def test_a_database_that_dies_does_not_take_it_along(tmp_path):
    there(tmp_path / "data")
    with starter(tmp_path) as start:
        run = start(SUDA_SPEECH="on", SUDA_SPEECH_MODEL="tiny").ready()
        run.until(lambda: "speech ready" in run.said and run.pid("speech"))
        before, database = run.pid("speech"), run.pid("postgres")
        os.kill(database, signal.SIGKILL)
        run.until(lambda: run.said.count("app ready") == 2 and run.pid("postgres") not in (database, 0))
        assert run.pid("speech") == before
        assert run.end() == 0


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ("3", "speech: left out: no torch could be had"),
        ("1", "speech: left out: SUDA_SPEECH_TORCH=cuda is not known: say cpu or index, or unset it."),
    ],
)
def test_packages_that_cannot_be_had_are_one_line_and_the_text_bot_goes_on(start, host, order, why):
    run = start(SMALL_INSTALL=order, SUDA_SPEECH_SOURCE=host.url).ready()
    run.until(lambda: "left out" in run.said)
    time.sleep(0.5)
    assert lines_about_speech(run) == ["speech: installing (about 360 MB to download)", why]
    assert host.asked == [], "a model without packages is of no use"
    assert run.process.poll() is None
    assert run.end() == 0


def test_a_model_that_cannot_be_had_is_one_line_that_says_what_to_do(start, tmp_path):
    there(tmp_path / "data", model=None)
    run = start(SUDA_SPEECH_SOURCE="http://127.0.0.1:9").ready()
    run.until(lambda: "left out" in run.said)
    first, second = lines_about_speech(run)
    assert first == "speech: fetching the model tiny (75 MB)"
    assert second.startswith("speech: left out: http://127.0.0.1:9/tiny.pt cannot be reached (ConnectError)")
    assert "suda speech fetch --from FILE" in second
    assert "SUDA_SPEECH_MODEL" in second
    assert heard_at(run) == ""
    assert run.end() == 0


def test_a_model_that_broke_off_goes_on_at_the_next_start(start, tmp_path, host):
    there(tmp_path / "data", model=None)
    host.breaks_off_after = 100_000
    first = start(SUDA_SPEECH_SOURCE=host.url).ready()
    first.until(lambda: "broke off" in first.said)
    assert first.end() == 0
    host.breaks_off_after = None
    second = start(SUDA_SPEECH_SOURCE=host.url).ready()
    second.until(lambda: "speech ready" in second.said)
    assert host.asked == [0, 100_000]
    assert second.end() == 0


def test_a_file_of_ones_own_that_is_not_there_is_said(start, tmp_path):
    there(tmp_path / "data")
    run = start(SUDA_SPEECH_MODEL="/none/own.pt").ready()
    run.until(lambda: "left out" in run.said)
    assert lines_about_speech(run) == [
        "speech: left out: there is no file /none/own.pt: correct SUDA_SPEECH_MODEL"
    ]
    assert run.end() == 0


def test_who_cannot_hear_is_left_out_and_nobody_waits_for_it(start, tmp_path):
    there(tmp_path / "data")
    run = start(SMALL_DIES="speech").ready()
    run.until(lambda: "left out" in run.said)
    assert "speech: left out: speech does not start (exit code 1)" in run.said
    assert "I was told to end" in run.said
    run.until(lambda: heard_at(run) == "")
    assert run.end() == 0


def test_switched_off_nothing_of_it_is_done(start, tmp_path):
    run = start(SUDA_SPEECH="off").ready()
    time.sleep(0.5)
    assert lines_about_speech(run) == []
    assert not [line for line in left_behind(tmp_path) if "speech" in line]
    assert run.end() == 0


def test_a_wrong_setting_is_said_before_anything_starts(start):
    run = start(SUDA_SPEECH_MODEL="tyni")
    assert run.process.wait(20) != 0
    (line,) = run.said.strip().splitlines()
    assert line.startswith("suda: SUDA_SPEECH_MODEL=tyni is no model")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("what", ["packages", "model", "loading"])
def test_a_stop_meanwhile_leaves_nothing_running(start, tmp_path, host, number, what):
    if what != "packages":
        there(tmp_path / "data", model=MODEL if what == "loading" else None)
    host.seconds = 20.0
    order = {"SMALL_INSTALL": "forever"} if what == "packages" else {}
    run = start(SUDA_SPEECH_SOURCE=host.url, SMALL_SILENT="speech", **order).ready()
    sign = {"packages": "speech: installing", "model": "tiny: 10 %", "loading": "READY"}[what]
    run.until(lambda: sign in run.said)
    said_before = len(lines_about_speech(run))
    if number == signal.SIGKILL:
        run.process.kill()
        run.process.wait(5)
        if what == "packages":
            _end_tools(
                tmp_path
            )  # in a session of its own; uv's ends with its terminal, see test_bootstrap_speech
    else:
        assert run.end(number, within=5) == 0
        assert len(lines_about_speech(run)) <= said_before + 1, "nothing is told of what is ended on purpose"
    nothing_left(tmp_path, seconds=2)


def _end_tools(folder):
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(str(folder)) and process.name() == "sleep":
                process.kill()
        except psutil.Error:
            continue


@pytest.mark.parametrize("name", ["install", "fetch"])
def test_what_nobody_waits_for_gives_way_to_everybody(tmp_path, name):
    plan = Plan(Settings(data_dir=tmp_path, _env_file=None))
    programs = plan.front({}, Addresses("127.0.0.1", 1, "http://127.0.0.1:2", 3))
    assert getattr(plan.speech, name)({}).nice > max(program.nice for program in programs)


def test_hearing_gives_way_to_webhooks_as_the_turns_do(tmp_path):
    plan = Plan(Settings(data_dir=tmp_path, _env_file=None))
    programs = plan.front({}, Addresses("127.0.0.1", 1, "http://127.0.0.1:2", 3))
    nice = {program.name: program.nice for program in programs}
    assert nice["app"] < plan.speech.serve({}, 4).nice == nice["worker"]
