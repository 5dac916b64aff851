"""The two environments, made from their lock files and left alone while those stay the same."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serve.bootstrap.steps import PROJECT, TOOLS, need_space, run

APP = PROJECT / ".venv"
ENGINE = PROJECT / "engine" / ".venv"
ENGINE_LOCK = PROJECT / "engine" / "requirements.lock"
APP_GIGABYTES = 1.0
ENGINE_GIGABYTES = 2.5


@dataclass(frozen=True)
class Stamp:
    """What an environment, or a layer of it, was made from; lies inside it, so that removing the folder removes the memory."""

    environment: Path
    name: str = "suda-made-from"

    @property
    def path(self) -> Path:
        """The file."""
        return self.environment / self.name

    def is_any_of(self, *wanted: str) -> bool:
        """Whether the environment was made from one of these and its Python still runs."""
        try:
            if self.path.read_text(encoding="ascii") not in wanted:
                return False
            return (
                subprocess.run([self.environment / "bin" / "python", "-I", "-c", ""], check=False).returncode
                == 0
            )
        except OSError:
            return False

    def clear(self) -> None:
        """Forget, before work begins: what breaks off must be done again."""
        self.path.unlink(missing_ok=True)

    def set(self, value: str) -> None:
        """Remember what was made."""
        self.path.write_text(value, encoding="ascii")


def hash_of(*files: Path) -> str:
    """One hash over the content of the files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _app_marks(*, dev: bool) -> list[str]:
    """What the stamp may say for the app to be good; one that has more than is asked for is good."""
    mark = hash_of(PROJECT / "uv.lock", PROJECT / "pyproject.toml")
    return [f"dev {mark}"] if dev else [f"run {mark}", f"dev {mark}"]


def app_is_current(*, dev: bool) -> bool:
    """Whether nothing is to be done for the app."""
    return Stamp(APP).is_any_of(*_app_marks(dev=dev))


def make_app(uv: str, python: str, environment: Mapping[str, str], *, dev: bool) -> None:
    """The app's environment; ``dev`` adds what tests and checks need."""
    stamp = Stamp(APP)
    need_space(PROJECT, APP_GIGABYTES, "The app's environment")
    stamp.clear()
    groups = [] if dev else ["--no-dev"]
    what = "installing the app" + (" and its test tools" if dev else "")
    own = {**environment, "UV_PROJECT_ENVIRONMENT": str(APP), "UV_PYTHON": python}
    if own.get("UV_DEFAULT_INDEX") or own.get("UV_INDEX_URL") or own.get("UV_NO_INDEX"):
        _make_from_other_index(uv, python, own, groups, what)
    else:
        run(what, [uv, "sync", "--frozen", "--inexact", *groups], own)
    stamp.set(_app_marks(dev=dev)[0])


def _make_from_other_index(
    uv: str, python: str, environment: Mapping[str, str], groups: list[str], what: str
) -> None:
    """The same from a mirror: the lock names files at their first home, so take names and hashes and ask the mirror."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    wanted = TOOLS / "app-requirements.txt"
    interpreter = str(APP / "bin" / "python")
    export = [uv, "export", "-q", "--frozen", "--no-emit-project", *groups, "-o", str(wanted)]
    run("reading the app's lock file", export, environment)
    run(
        "making the app's environment",
        [uv, "venv", "-q", "--allow-existing", "--python", python, str(APP)],
        environment,
    )
    run(
        what,
        [uv, "pip", "install", "--require-hashes", "--python", interpreter, "-r", str(wanted)],
        environment,
    )
    run(
        "installing Suda itself",
        [uv, "pip", "install", "--no-deps", "--python", interpreter, "-e", "."],
        environment,
    )


def engine_is_current() -> bool:
    """Whether nothing is to be done for the engine."""
    return Stamp(ENGINE).is_any_of(hash_of(ENGINE_LOCK))


def make_engine(uv: str, python: str, environment: Mapping[str, str]) -> None:
    """The engine's environment: Python 3.10, exactly the lock."""
    stamp = Stamp(ENGINE)
    need_space(PROJECT, ENGINE_GIGABYTES, "The engine's environment")
    stamp.clear()
    interpreter = str(ENGINE / "bin" / "python")
    if not _runs_310(interpreter):
        make = [uv, "venv", "-q", "--clear", "--python", python, str(ENGINE)]
        run("making the engine's environment", make, environment)
    run(
        "installing the dialogue engine (about 1.5 GB)",
        [uv, "pip", "sync", "--require-hashes", "--python", interpreter, str(ENGINE_LOCK)],
        environment,
    )
    stamp.set(hash_of(ENGINE_LOCK))


def _runs_310(interpreter: str) -> bool:
    code = "import sys; sys.exit(sys.version_info[:2] != (3, 10))"
    try:
        return subprocess.run([interpreter, "-I", "-c", code], check=False).returncode == 0
    except OSError:
        return False
