"""Decoders in their box: what they may take, what is left of them, and whose fault it is when they end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.errors import AudioRefused, SpeechError
from bot.speech.audio import Limits
from bot.speech.boxed import run_boxed
from bot.speech.decode import decode
from tests.unit.speech import sounds

PROJECT = Path(__file__).parents[2]


def refused(source: bytes | Path, limits: Limits | None = None) -> str:
    """The reason for which it is refused."""
    with pytest.raises(AudioRefused) as caught:
        decode(source, limits or Limits())
    assert str(caught.value).endswith(".")
    return caught.value.code


@pytest.fixture(autouse=True)
def _needs_speech() -> None:
    sounds.ffmpeg()


def test_nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    good, bad = sounds.written("amr", sounds.tone(1.0)), b"fLaC" + bytes(500)
    before, children = _descriptors(), _children()
    for _ in range(3):
        decode(good)
        refused(bad)
        refused(sounds.tone(4.0), Limits(seconds=1))
    assert list(tmp_path.iterdir()) == []
    assert _descriptors() == before
    assert _children() == children


def test_without_a_name_for_memory_a_file_without_a_name_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on macOS."""
    monkeypatch.delattr("os.memfd_create", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert decode(sounds.written("m4a", sounds.tone(1.0))).seconds == pytest.approx(1.0, abs=0.1)
    assert list(tmp_path.iterdir()) == []


def test_a_busy_machine_is_not_the_recordings_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.speech.boxed._readable", lambda *_: False)
    with pytest.raises(SpeechError, match="too busy") as caught:
        decode(sounds.tone(1.0))
    assert not isinstance(caught.value, AudioRefused)


def test_a_decoder_that_is_ended_from_outside_is_not_the_recordings_fault() -> None:
    with pytest.raises(SpeechError, match="from outside") as caught:
        run_boxed(["/bin/sh", "-c", "kill -9 $$"], b"", Limits(), lambda _: False)
    assert not isinstance(caught.value, AudioRefused)


def test_a_decoder_that_does_not_start_is_not_the_recordings_fault() -> None:
    with pytest.raises(SpeechError, match="could not be started"):
        run_boxed(["/no/such/program"], b"", Limits(), lambda _: False)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not hold a process to its address space")
def test_a_decoder_gets_no_more_than_its_memory() -> None:
    program = "print(len(bytearray({} * 1024 * 1024)), flush=True)"
    for megabytes, fits in ((200, True), (800, False)):
        command = [sys.executable, "-I", "-c", program.format(megabytes)]
        assert (run_boxed(command, b"", Limits(), lambda _: False).code == 0) is fits


def test_a_decoder_dies_with_its_parent() -> None:
    """However the parent ends: the kernel sees to it."""
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux can do that")
    program = (
        "from bot.speech.boxed import *; run_boxed(['/bin/sleep', '77'], b'', Limits(), lambda _: False)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=PROJECT)
    try:
        decoder = _wait_for(
            lambda: [c for c in psutil.Process(parent.pid).children() if c.name() == "sleep"]
        )[0]
    finally:
        parent.kill()
        parent.wait()
    assert _wait_for(lambda: not decoder.is_running() or decoder.status() == psutil.STATUS_ZOMBIE)


def test_decoders_see_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDA_DATABASE_URL", "postgresql://secret")
    output = run_boxed(["/usr/bin/env"], b"", Limits(), lambda _: False)
    assert b"MALLOC_ARENA_MAX" in output.content
    assert b"SUDA" not in output.content


def test_a_decoder_may_write_no_file_and_run_no_longer_than_its_time(tmp_path: Path) -> None:
    path = tmp_path / "left"
    output = run_boxed(
        ["/bin/sh", "-c", f"ulimit -t; ulimit -c; echo words > {path}"],
        b"",
        Limits(seconds=60),
        lambda _: False,
    )
    assert output.content.split() == [b"21", b"0"]
    assert output.code != 0
    assert not path.exists() or path.stat().st_size == 0


def _wait_for(happens: Callable[[], Any], within: float = 10.0) -> Any:
    """What it says, once it says something."""
    until = time.monotonic() + within
    while not (answer := happens()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return answer


def _descriptors() -> int:
    folder = Path("/proc/self/fd") if Path("/proc/self/fd").is_dir() else Path("/dev/fd")
    return len(list(folder.iterdir()))


def _children() -> set[int]:
    """Running or ended and not asked for."""
    return {child.pid for child in psutil.Process().children()}
