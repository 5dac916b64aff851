"""One running system a data folder, and where to find it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from bot.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Running:
    """A running system, as other commands find it.

    Attributes:
        pid: The supervisor.
        url: Where its web server answers, without a slash at the end.
        engine_url: Where its engine answers.
        processes: Name of each child -> its process id.
        speech_url: Where its speech process hears, now or within seconds; empty while it has none.
    """

    pid: int
    url: str
    engine_url: str
    processes: dict[str, int]
    speech_url: str = ""


def _lock_path(data_dir: Path) -> Path:
    return data_dir / "run" / "suda.lock"


def _state_path(data_dir: Path) -> Path:
    return data_dir / "run" / "suda.json"


@contextmanager
def only_instance(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for the length of the block.

    Raises:
        ConfigError: Another ``suda up`` holds it, or the folder cannot be written.
    """
    path = _lock_path(data_dir)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise ConfigError(
            f"Suda cannot write to {data_dir} ({error.strerror}): give it the folder or set SUDA_DATA_DIR."
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(_already(file, data_dir)) from error
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        _state_path(data_dir).unlink(missing_ok=True)  # of one that was killed
        try:
            yield
        finally:
            _state_path(data_dir).unlink(missing_ok=True)


def _already(file: IO[str], data_dir: Path) -> str:
    file.seek(0)
    holder = file.read().strip() or "unknown"
    running = find_running(data_dir)
    where = f" at {running.url}/" if running else ""
    return f"Suda already runs on {data_dir} (process {holder}){where}: use that one, stop it, or set another SUDA_DATA_DIR."


def announce(data_dir: Path, running: Running) -> None:
    """Write where the system is found; readable by its owner only."""
    path = _state_path(data_dir)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(running)), encoding="utf-8")
    fresh.chmod(0o600)
    fresh.replace(path)


def find_running(data_dir: Path) -> Running | None:
    """The system that runs on this data folder; None when there is none or it is not yet ready."""
    try:
        with _lock_path(data_dir).open("r", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                running = Running(**json.loads(_state_path(data_dir).read_text(encoding="utf-8")))
                return running if str(running.pid) == file.read().strip() else None
    except FileNotFoundError:
        return None
    return None
