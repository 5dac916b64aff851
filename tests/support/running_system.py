"""The whole system as processes, started by ``suda up`` as a person would, in a data folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from bot.settings import PROJECT, Settings
from tests.support.ports import free_port

START_WITHIN = 400.0
"""Seconds: a fresh machine trains the engine and embeds the content first."""


@dataclass(frozen=True, slots=True)
class RunningSystem:
    """Where it answers, and the settings that other commands need to find it."""

    url: str
    environment: dict[str, str]
    settings: Settings

    def suda(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a ``suda`` command against it."""
        command = [sys.executable, "-m", "serve.cli", *arguments]
        return subprocess.run(
            command,
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


@contextmanager
def running_system(folder: Path, *command: str) -> Iterator[RunningSystem]:
    """Start it, wait until it is ready, stop it with Ctrl-C's signal and see that nothing stays behind.

    Args:
        folder: Its data folder.
        command: Arguments of ``suda``; without any, ``up``.

    What was learnt before under the project's own data folder is copied, so that only a fresh checkout learns anew.
    """
    for learnt in ("models", "cache"):
        if (PROJECT / "var" / learnt).is_dir():
            shutil.copytree(PROJECT / "var" / learnt, folder / learnt, dirs_exist_ok=True)
    port, engine_port = free_port(), free_port()
    values = {
        "SUDA_DATA_DIR": str(folder),
        "SUDA_PORT": str(port),
        "SUDA_ENGINE_URL": f"http://127.0.0.1:{engine_port}",
        "SUDA_SPEECH": "off",  # no model is fetched beside a test
    }
    environment = {**os.environ, **values}
    log = folder / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "serve.cli", *(command or ("up",))],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process, log)
        settings = Settings(data_dir=folder, port=port, engine_url=values["SUDA_ENGINE_URL"])
        yield RunningSystem(url, environment, settings)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        for learnt in ("models", "cache"):
            shutil.copytree(folder / learnt, PROJECT / "var" / learnt, dirs_exist_ok=True)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"suda up ended with {process.returncode}:\n{log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.3)
    raise RuntimeError(f"suda up was not ready within {START_WITHIN:.0f} s:\n{log.read_text()[-3000:]}")
