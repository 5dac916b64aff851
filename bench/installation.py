"""A system of the benchmark's own: data folder, ports and processes that nobody else uses."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.errors import ConfigError
from bot.settings import PROJECT, Settings
from serve.supervisor.child import our_child
from serve.supervisor.instance import Running, find_running
from serve.supervisor.ports import other_port

START_WITHIN = 600.0
LEARNT = ("models", "cache")
"""Folders of the data folder that hold what was trained and computed; everything else is of one run."""


@dataclass(frozen=True, slots=True)
class Started:
    """A system that runs.

    Attributes:
        settings: Its settings, for its key and its database.
        running: Its processes.
        seconds: From the command to the announcement that it is ready.
        cpu_seconds: All its processes' CPU until then, steps that ended included.
    """

    settings: Settings
    running: Running
    seconds: float
    cpu_seconds: float


def take_learnt(source: Path, folder: Path) -> None:
    """Copy what another installation learnt, so that a start has nothing to learn."""
    for name in LEARNT:
        if (source / name).is_dir():
            shutil.copytree(source / name, folder / name, dirs_exist_ok=True)


@contextmanager
def own_folder(learnt: Path | None) -> Iterator[Path]:
    """A data folder for the length of the block, with what another one has ``learnt``."""
    with tempfile.TemporaryDirectory(prefix="suda-bench-") as outer:
        folder = Path(outer) / "var"
        folder.mkdir()
        if learnt is not None:
            take_learnt(learnt, folder)
        yield folder


@contextmanager
def started(folder: Path, *, port: int | None = None) -> Iterator[Started]:
    """A system on the data folder ``folder``, for the length of the block; on ``port`` or on one that is free.

    Raises:
        ConfigError: It does not start.
    """
    port = port or other_port("127.0.0.1", 18100)
    engine = other_port("127.0.0.1", port + 1)
    settings = Settings(
        host="127.0.0.1", port=port, data_dir=folder, engine_url=f"http://127.0.0.1:{engine}", DATABASE_URL=None
    )  # fmt: skip
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "SUDA_HOST": settings.host,
        "SUDA_PORT": str(port),
        "SUDA_DATA_DIR": str(folder),
        "SUDA_ENGINE_URL": settings.engine_url,
    }
    if "SUDA_SPEECH_MODEL" not in environment:
        environment["SUDA_SPEECH"] = "off"  # a model is not to be fetched beside what is measured
    command = our_child([sys.executable, "-m", "serve.cli", "up"])
    log = folder.with_name(f"{folder.name}.log")
    began = time.monotonic()
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        running = _wait(process, folder, log)
        seconds = time.monotonic() - began
        yield Started(settings, running, seconds, _cpu_so_far(running))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _cpu_so_far(running: Running) -> float:
    total = 0.0
    supervisor = psutil.Process(running.pid)
    for process in [supervisor, *supervisor.children(recursive=True)]:
        times = process.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total


def _wait(process: subprocess.Popen[bytes], folder: Path, log: Path) -> Running:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ConfigError(f"The system did not start: {log.read_text(encoding='utf-8')[-600:]}")
        if (running := find_running(folder)) is not None:
            return running
        time.sleep(0.1)
    raise ConfigError(f"The system did not start within {START_WITHIN:.0f} s.")
