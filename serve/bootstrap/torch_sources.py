"""Where a build of torch for this machine can be had: its file differs by source, so it is kept apart from the lock."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serve.bootstrap.steps import PROJECT, SetupError

VERSION = "2.13.0"
TORCH_LOCK = Path(__file__).with_name("torch.lock")
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
HELP = (
    "name a folder that holds its wheel, or a mirror of that index, with PIP_FIND_LINKS, or set SUDA_SPEECH_TORCH=index for the "
    "package index's CUDA build (about 2.6 GB), and run `make setup` again; SUDA_SPEECH=off never asks; everything else works."
)
_INDEX_SETTINGS = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL")
_PATIENCE = {"UV_HTTP_TIMEOUT": "10", "UV_HTTP_CONNECT_TIMEOUT": "5", "UV_HTTP_RETRIES": "1"}


@dataclass(frozen=True, slots=True)
class Source:
    """One place to ask.

    Attributes:
        name: For people.
        build: ``cpu``, or ``index`` for what the package index has (on Linux a CUDA build).
        arguments: For ``uv pip install --no-deps``.
        without: Settings of uv that must not count here.
        megabytes: To download, about.
        gigabytes: On disk, about.
    """

    name: str
    build: str
    arguments: tuple[str, ...]
    without: tuple[str, ...]
    megabytes: float
    gigabytes: float

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The environment for uv when it asks here."""
        out = ("UV_TORCH_BACKEND", *self.without)
        return {key: value for key, value in environment.items() if key not in out}


def sources(environment: Mapping[str, str], choice: str, system: str, machine: str) -> list[Source]:
    """The places to ask, best first; pure.

    Args:
        environment: uv's environment, with pip's settings in it.
        choice: ``SUDA_SPEECH_TORCH``: ``cpu``, ``index`` or empty.
        system: As ``platform.system()`` says.
        machine: As ``platform.machine()`` says.
    """
    linux = system == "Linux"
    locked = ("--require-hashes", "-r", str(TORCH_LOCK))
    index = Source("the package index", "index", locked, (), 2600 if linux else 110, 6.5 if linux else 0.8)
    if choice == "index":
        return [index]
    found = []
    if environment.get("UV_FIND_LINKS"):
        near = ("--no-index", f"torch=={VERSION}")
        found.append(Source("find-links", "cpu", near, _INDEX_SETTINGS, 0, 0.9))
    if environment.get("UV_NO_INDEX"):
        return found
    if linux:
        # The package index has CUDA builds for Linux, on ARM too, and they do not load without the CUDA libraries.
        exact = f"torch=={VERSION}+cpu"
        if any(environment.get(name) for name in _INDEX_SETTINGS):
            found.append(Source("the indexes set for pip or uv", "cpu", (exact,), (), 190, 0.9))
        there = ("--default-index", CPU_INDEX, exact)
        out = (*_INDEX_SETTINGS, "UV_FIND_LINKS", "UV_INDEX_STRATEGY")
        found.append(Source("download.pytorch.org", "cpu", there, out, 190, 0.9))
    elif system == "Darwin" and machine == "arm64":
        found.append(index)
    return found


def find_torch(uv: str, python: str, environment: Mapping[str, str], choice: str) -> Source:
    """The first place that has a build for this machine and Python; a place that does not answer costs some ten seconds.

    Raises:
        SetupError: None has; the sentence says what to do.
    """
    machine = f"{platform.system()} {platform.machine()}"
    asked = []
    for source in sources(environment, choice, platform.system(), platform.machine()):
        command = [uv, "pip", "install", "--dry-run", "--no-deps", "--python", python, *source.arguments]
        try:
            said = subprocess.run(
                command, cwd=PROJECT, env={**source.environment(environment), **_PATIENCE},
                capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            asked.append(f"{source.name} did not answer")
            continue
        if said.returncode == 0:
            return source
        asked.append(f"{source.name} {_why(said.stderr)}")
    why = "; ".join(asked) or "there is no place to ask"
    raise SetupError(
        f"no CPU build of torch {VERSION} for {machine} and this Python could be had ({why}): {HELP}"
    )


def _why(said: str) -> str:
    away = ("error sending request", "dns error", "Failed to fetch", "timed out", "Could not connect")
    return "cannot be reached" if any(sign in said for sign in away) else "has none"
