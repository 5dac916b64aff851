"""Workers and a stand-in engine as processes of their own, to be killed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import PROJECT
from tests.support import stand_in_engine
from tests.support.ports import free_port

WORK = "import sys; from bot.settings import Settings; from serve.worker import run_worker; run_worker(Settings(), sys.argv[1])"


@dataclass
class Processes:
    """Starts processes for one test and ends them all with it."""

    folder: Path
    url: str
    port: int = field(default_factory=free_port)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def journal(self) -> Path:
        """What the stand-in engine remembers."""
        return self.folder / "engine.jsonl"

    def engine(self, fault: str = "") -> subprocess.Popen[bytes]:
        """A stand-in engine that answers; with ``fault`` it kills itself there."""
        process = self._start(
            [stand_in_engine.__file__, str(self.port), str(self.journal)], {"STAND_IN_FAULT": fault}
        )
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return process
            time.sleep(0.05)
        raise TimeoutError("The stand-in engine did not start.")

    def worker(self, fault: str = "") -> subprocess.Popen[bytes]:
        """A worker; with ``fault`` it kills itself there."""
        return self._start(
            ["-c", WORK, self.url],
            {
                "SUDA_DATA_DIR": str(self.folder),
                "SUDA_ENGINE_URL": f"http://127.0.0.1:{self.port}",
                "SUDA_ENGINE_SECRET": stand_in_engine.SECRET,
                "SUDA_ENGINE_TIMEOUT": "5",
                "SUDA_FAULT": fault,
                "SUDA_FAULTS_ALLOWED": "yes",
            },
        )

    def _start(self, arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, *arguments], env={**os.environ, **environment}, cwd=PROJECT
        )
        self.started.append(process)
        return process


@contextmanager
def processes(folder: Path, url: str) -> Iterator[Processes]:
    """A family of processes that does not outlive the test."""
    family = Processes(folder, url)
    try:
        yield family
    finally:
        for process in family.started:
            if process.poll() is None:
                process.kill()
            process.wait()
