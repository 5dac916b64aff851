"""Speech in the set-up: a layer of its own over the app's environment, from wherever torch can be had, or left out in one sentence."""

import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import psutil
import pytest

from bot.settings import PROJECT
from serve.bootstrap import downloads, speech
from serve.bootstrap.downloads import Meter, ShortLines
from serve.bootstrap.environments import Stamp
from serve.bootstrap.steps import SetupError
from serve.bootstrap.torch_sources import TORCH_LOCK, VERSION, find_torch, sources


def test_speech_takes_the_apps_versions():
    """Both layers lie in one environment, so a package that both name must be the same there, for each Python."""
    in_lock = {}
    for package in tomllib.loads((PROJECT / "uv.lock").read_text(encoding="utf-8"))["package"]:
        in_lock.setdefault(package["name"], set()).add(package.get("version"))
    in_speech = {}
    for name, version in pinned(speech.LOCK):
        in_speech.setdefault(name, set()).add(version)
    both = in_lock.keys() & in_speech.keys()
    assert {"numpy", "packaging", "requests", "setuptools"} <= both
    differ = {name for name in both if in_lock[name] != in_speech[name]}
    assert not differ, f"{differ}: make speech.lock anew with serve/bootstrap/lock_speech.sh"


def test_speechs_locks_hold_what_is_asked_for_and_no_cuda():
    asked = {name for name, _ in pinned(speech.LOCK.with_name("speech.in"))}
    locked, torch = dict(pinned(speech.LOCK)), dict(pinned(TORCH_LOCK))
    assert asked - {"torch"} <= locked.keys()
    assert torch["torch"] == VERSION
    assert not [name for name in locked if name.startswith(("nvidia", "cuda", "triton", "torch"))]
    assert not locked.keys() & torch.keys()
    for lock in (speech.LOCK, TORCH_LOCK):
        pins = re.split(r"^(?=[a-z0-9])", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert all("--hash=sha256:" in pin for pin in pins if "==" in pin)


def pinned(file):
    return re.findall(r"^([a-z0-9-]+)(?:==([^\s;\\]+))?", file.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("system", "machine", "settings", "choice", "expected"),
    [
        ("Linux", "x86_64", {}, "", ["download.pytorch.org"]),
        ("Linux", "aarch64", {}, "", ["download.pytorch.org"]),
        ("Darwin", "arm64", {}, "", ["the package index"]),
        ("Darwin", "x86_64", {}, "", []),
        ("Linux", "x86_64", {"UV_FIND_LINKS": "/wheels"}, "", ["find-links", "download.pytorch.org"]),
        ("Linux", "x86_64", {"UV_FIND_LINKS": "/wheels", "UV_NO_INDEX": "1"}, "cpu", ["find-links"]),
        (
            "Linux", "x86_64", {"UV_DEFAULT_INDEX": "https://mirror.example/simple"}, "",
            ["the indexes set for pip or uv", "download.pytorch.org"],
        ),
        ("Linux", "x86_64", {"UV_FIND_LINKS": "/wheels"}, "index", ["the package index"]),
    ],
)  # fmt: skip
def test_where_torch_is_asked_for(system, machine, settings, choice, expected):
    assert [source.name for source in sources(settings, choice, system, machine)] == expected


def test_a_cpu_build_is_asked_for_at_its_own_index_alone():
    given = {
        "UV_INDEX": "https://a",
        "UV_DEFAULT_INDEX": "https://b",
        "UV_FIND_LINKS": "/c",
        "SSL_CERT_FILE": "/d",
    }
    there = sources(given, "", "Linux", "x86_64")[-1]
    assert there.environment(given) == {"SSL_CERT_FILE": "/d"}
    near = sources(given, "", "Linux", "x86_64")[0]
    assert near.environment(given) == {"UV_FIND_LINKS": "/c", "SSL_CERT_FILE": "/d"}


def stand_in_uv(folder, *, code, stderr=""):
    """A uv that writes down how it was called."""
    uv = folder / "uv"
    uv.write_text(
        f"#!/bin/sh\necho \"$@\" >> '{folder}/calls'\necho '{stderr}' >&2\nexit {code}\n", encoding="utf-8"
    )
    uv.chmod(0o755)
    return str(uv)


def test_no_torch_anywhere_is_one_sentence_that_says_what_to_do(tmp_path):
    uv = stand_in_uv(tmp_path, code=1, stderr="error: error sending request for url")
    environment = {"PATH": "/usr/bin:/bin", "UV_FIND_LINKS": "/wheels"}
    with pytest.raises(SetupError) as error:
        find_torch(uv, "python", environment, "")
    said = str(error.value)
    assert "find-links cannot be reached" in said
    assert all(way in said for way in ("PIP_FIND_LINKS", "SUDA_SPEECH_TORCH=index", "SUDA_SPEECH=off"))
    assert "\n" not in said


def test_the_first_place_that_has_torch_is_taken_without_installing(tmp_path):
    uv = stand_in_uv(tmp_path, code=0)
    found = find_torch(uv, "python", {"PATH": "/usr/bin:/bin", "UV_FIND_LINKS": "/wheels"}, "")
    assert found.name == "find-links"
    assert [line.split()[:3] for line in (tmp_path / "calls").read_text().splitlines()] == [
        ["pip", "install", "--dry-run"]
    ]


def speech_environment(folder):
    """What an environment with speech looks like on disk."""
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to("/bin/true")
    (folder / "pyvenv.cfg").write_text("home = /x\nversion_info = 3.11.7\n", encoding="ascii")
    packages = folder / "lib" / "python3.11" / "site-packages"
    for part in speech.PARTS:
        (packages / part).mkdir(parents=True)
    return packages


def test_speech_is_current_only_as_it_was_asked_for(monkeypatch, tmp_path):
    monkeypatch.setattr(speech, "APP", tmp_path)
    packages = speech_environment(tmp_path)
    assert not speech.is_current()
    Stamp(tmp_path, "suda-speech-made-from").set(speech._mark("cpu"))
    assert speech.is_current()
    assert not speech.is_current("index")
    (tmp_path / "pyvenv.cfg").write_text("version_info = 3.12.1\n", encoding="ascii")
    assert not speech.is_current(), "another Python has other packages"
    (tmp_path / "pyvenv.cfg").write_text("version_info = 3.11.9\n", encoding="ascii")
    assert speech.is_current()
    (packages / "whisper").rmdir()
    assert not speech.is_current(), "a package was taken away by hand"


def test_speech_that_is_not_wanted_is_not_installed(monkeypatch, capsys):
    monkeypatch.setattr(speech, "make_speech", lambda *_: pytest.fail("it was installed"))
    monkeypatch.setenv("SUDA_SPEECH", "off")
    speech.add_speech(ShortLines())
    assert capsys.readouterr().out == ""
    monkeypatch.setenv("SUDA_SPEECH", "of")
    with pytest.raises(SetupError, match="SUDA_SPEECH=of"):
        speech.add_speech(ShortLines())
    monkeypatch.setenv("SUDA_SPEECH", "on")
    monkeypatch.setenv("SUDA_SPEECH_TORCH", "cuda")
    with pytest.raises(SetupError, match="SUDA_SPEECH_TORCH=cuda"):
        speech.add_speech(ShortLines())


def test_speech_that_cannot_be_had_stops_only_the_ci(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(speech, "APP", tmp_path / "nowhere")
    monkeypatch.setattr(speech, "uv_and_environment", lambda: ("uv", {}))
    monkeypatch.delenv("SUDA_SPEECH", raising=False)
    monkeypatch.delenv("SUDA_TEST_ALL", raising=False)
    speech.add_speech(ShortLines())
    assert capsys.readouterr().out.startswith("speech: left out: the app's environment")
    monkeypatch.setenv("SUDA_TEST_ALL", "1")
    with pytest.raises(SetupError, match="SUDA_TEST_ALL is set"):
        speech.add_speech(ShortLines())


def test_speechs_settings_may_stand_in_the_settings_file(tmp_path):
    file = tmp_path / ".env"
    assert speech.setting("SUDA_SPEECH", {}, file) == ""
    file.write_text(
        '# SUDA_SPEECH=on\nSUDA_SPEECH_TORCH="index" # CUDA\nexport SUDA_SPEECH = off\n', encoding="utf-8"
    )
    assert speech.setting("SUDA_SPEECH", {}, file) == "off"
    assert speech.setting("SUDA_SPEECH_TORCH", {}, file) == "index"
    assert speech.setting("SUDA_SPEECH", {"SUDA_SPEECH": "on"}, file) == "on"


DRAWN = (
    "\x1b[37m⠙\x1b[0m \x1b[2mPreparing packages...\x1b[0m (0/2)   \x1b[2mllvmlite            \x1b[0m "
    "\x1b[32m---\x1b[30m\x1b[2m---------------------------\x1b[0m\x1b[0m {} MiB/56.93 MiB        \x1b[1A\r\x1b[2K"
)


def test_what_uv_draws_is_read_in_pieces_of_any_length():
    meter = Meter()
    text = "".join(DRAWN.format(size) for size in ("1.50", "7.48", "12.64"))
    for start in range(0, len(text), 7):
        meter.read(text[start : start + 7])
    meter.read(DRAWN.format("0.10").replace("llvmlite", "numpy   "))
    assert meter.megabytes == pytest.approx((12.64 + 0.10) * 1.048576, abs=0.01)


def test_a_download_tells_how_far_it_is_and_why_it_failed(monkeypatch, tmp_path):
    monkeypatch.setattr(downloads, "LOG", tmp_path / "log" / "setup.log")
    bar = r"torch ------------------------------ 91.50 MiB/183.00 MiB"
    script = f"test -t 2 || exit 9; printf '{bar}\\r' >&2; sleep 1.2; printf '\\rInstalled\\n'; exit $0"
    came = []
    downloads.download(
        "trying", ["sh", "-c", script, "0"], {"PATH": "/usr/bin:/bin"}, came.append, relay=False
    )
    assert came[-1] == pytest.approx(95.9, abs=0.1)
    assert "Installed" in (tmp_path / "log" / "setup.log").read_text(encoding="utf-8")
    broken = "echo 'Hash mismatch for torch' >&2; exit 1"
    with pytest.raises(SetupError, match="trying failed: a downloaded file is damaged"):
        downloads.download(
            "trying", ["sh", "-c", broken], {"PATH": "/usr/bin:/bin"}, came.append, relay=False
        )


def test_what_downloads_ends_with_us_even_when_we_are_killed(tmp_path):
    """The tool leads a session of its own, so nothing but its terminal tells it; under nohup, too."""
    code = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); import sys; from pathlib import Path; from serve.bootstrap import downloads; downloads.LOG = Path(sys.argv[1]) / 'log';"
        "downloads.download('x', ['sh', '-c', 'echo $$ > ' + sys.argv[1] + '/pid; exec sleep 60'], {'PATH': '/usr/bin:/bin'}, print, relay=False)"
    )
    ours = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT, stdout=subprocess.DEVNULL
    )
    try:
        pid = int(wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip()))
        assert psutil.pid_exists(pid)
    finally:
        ours.kill()
        ours.wait()
    assert wait_for(
        lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    )


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel does not weigh sessions")
def test_what_downloads_gives_way_as_we_do(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from serve.bootstrap import downloads; downloads.LOG = Path(sys.argv[1]) / 'log'; os.nice(7);"
        "downloads.download('x', ['sh', '-c', 'cat /proc/self/autogroup > ' + sys.argv[1] + '/group'], {'PATH': '/usr/bin:/bin'}, print, relay=False)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT, check=True, capture_output=True)
    assert (tmp_path / "group").read_text().split()[-1] == "7"


def wait_for(condition):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    return None


def test_lines_are_few(monkeypatch, capsys):
    now = [0.0]
    monkeypatch.setattr(downloads.time, "monotonic", lambda: now[0])
    lines = ShortLines()
    lines.begin(361)
    for second in range(100):
        now[0] = float(second)
        lines.at(second / 100)
    lines.end()
    assert capsys.readouterr().out.splitlines() == [
        "speech: installing (about 360 MB to download)",
        "speech: 20 %", "speech: 40 %", "speech: 60 %", "speech: 80 %",
        "speech: installed (99 s)",
    ]  # fmt: skip
