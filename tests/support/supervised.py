"""The supervisor over small programs as a process, and what it leaves behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import psutil

from bot.settings import PROJECT
from tests.support.ports import free_port


class Run:
    """One supervisor on a data folder of its own."""

    def __init__(self, folder, **extra):
        self.folder = folder
        self.port = extra.pop("port", None) or free_port()
        self.log = folder.with_suffix(f".{self.port}.out")
        environment = {
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "SUDA_DATA_DIR": str(folder),
            "SUDA_PORT": str(self.port),
            "SUDA_ENGINE_URL": f"http://127.0.0.1:{extra.pop('engine_port', None) or free_port()}",
            "SUDA_SPEECH": "off",
            **extra,
        }
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.small_system"],
                cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self):
        return self.log.read_text(encoding="utf-8")

    def until(self, condition, seconds=40):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError, KeyError, json.JSONDecodeError, psutil.NoSuchProcess):
                if condition():
                    return
            time.sleep(0.05)
        raise AssertionError(f"it did not happen within {seconds} s; the supervisor said:\n{self.said}")

    def ready(self):
        self.until(lambda: "READY" in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said
        return self

    def pid(self, name):
        return json.loads((self.folder / "run" / "suda.json").read_text())["processes"][name]

    def end(self, number=signal.SIGINT, within=10.0):
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        took = time.monotonic() - began
        assert took < within, f"stopping took {took:.1f} s\n{self.said}"
        return self.process.returncode


def left_behind(folder):
    """Processes that have to do with the folder, by command line, environment or working folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            words = [*process.cmdline(), process.cwd(), process.environ().get("SUDA_DATA_DIR", "")]
            if any(str(folder) in word for word in words):
                found.append(f"{process.pid} {' '.join(process.cmdline())[:120]}")
    return found


def nothing_left(folder, seconds=10):
    deadline = time.monotonic() + seconds
    while (found := left_behind(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not found, "\n".join(found)


@contextlib.contextmanager
def starter(tmp_path):
    """Starts supervisors, and sees at the end that nothing of them is left."""
    runs = []

    def start(**extra):
        runs.append(Run(tmp_path / "data", **extra))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.process.wait(20)
            if run.process.poll() is None:
                run.process.kill()
    nothing_left(tmp_path)
