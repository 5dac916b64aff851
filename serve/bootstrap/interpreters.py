"""The tools of the set-up: uv, and a Python 3.10 for the engine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from serve.bootstrap.pip_settings import pip_settings, uv_environment
from serve.bootstrap.steps import TOOLS, SetupError, run, say

OLDEST_UV = (0, 5)
INSTALLER = "https://astral.sh/uv/install.sh"
NO_UV = "The installer uv is missing and could not be fetched with pip or curl; install it by hand (pip install uv) and run the command again."
NO_ENGINE_PYTHON = (
    "The dialogue engine needs Python 3.10: none was found and uv could not download one; "
    "install it (for example: pyenv install 3.10), or set SUDA_ENGINE_PYTHON to its path."
)


def base_python() -> str:
    """The Python that runs this, outside of any virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


@lru_cache(maxsize=1)
def uv_and_environment() -> tuple[str, dict[str, str]]:
    """uv, and what it is to run with; asked only when there is work to do: a second start must not pay for it.

    Raises:
        SetupError: There is no uv and none could be fetched.
    """
    foreign = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")
    inherited = {key: value for key, value in os.environ.items() if key not in foreign}
    python = base_python()
    environment = uv_environment(pip_settings(python, inherited), inherited)
    return ensure_uv(python, environment), environment


def find_uv(environment: Mapping[str, str]) -> str | None:
    """A uv that runs and is new enough; None when there is none."""
    for candidate in (
        environment.get("SUDA_UV"),
        shutil.which("uv", path=environment.get("PATH")),
        str(TOOLS / "bin" / "uv"),
        str(TOOLS / "pip" / "bin" / "uv"),
        str(Path.home() / ".local" / "bin" / "uv"),
        str(Path.home() / ".cargo" / "bin" / "uv"),
    ):
        if candidate and _uv_version(candidate, environment) >= OLDEST_UV:
            return candidate
    return None


def _uv_version(uv: str, environment: Mapping[str, str]) -> tuple[int, ...]:
    try:
        said = subprocess.run(
            [uv, "--version"], env=dict(environment), capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.match(r"uv (\d+)\.(\d+)", said.stdout)
    return (int(found[1]), int(found[2])) if found else ()


def ensure_uv(python: str, environment: Mapping[str, str]) -> str:
    """Find uv, else fetch it: with pip into a private folder, else with its own installer.

    Raises:
        SetupError: No way worked.
    """
    found = find_uv(environment)
    if found:
        return found
    TOOLS.mkdir(parents=True, exist_ok=True)
    curl = shutil.which("curl")
    ways = [
        [
            [python, "-m", "venv", "--clear", str(TOOLS)],
            [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "-q", "uv"],
        ],
        [[python, "-m", "pip", "install", "-q", "--target", str(TOOLS / "pip"), "uv"]],
    ]
    if curl:
        script = TOOLS / "uv-install.sh"
        ways.append([[curl, "-fsSL", INSTALLER, "-o", str(script)], ["/bin/sh", str(script)]])
    private = {
        **environment,
        "UV_INSTALL_DIR": str(TOOLS / "bin"),
        "UV_NO_MODIFY_PATH": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    why = ""
    for way in ways:
        try:
            for command in way:
                run(
                    f"fetching uv ({Path(command[0]).name} {command[2] if command[1] == '-m' else ''})".replace(
                        " )", ")"
                    ),
                    command,
                    private,
                )
        except (SetupError, OSError) as error:
            why = str(error)
            continue
        if found := find_uv(environment):
            return found
    raise SetupError(f"{NO_UV} {why}")


def engine_python(uv: str, environment: Mapping[str, str]) -> str:
    """A Python 3.10: named by SUDA_ENGINE_PYTHON, installed (pyenv included), or one that uv brings.

    Raises:
        SetupError: There is none and uv cannot fetch one.
    """
    named = environment.get("SUDA_ENGINE_PYTHON")
    if named:
        real = _real_310(named)
        if real is None:
            raise SetupError(
                f"SUDA_ENGINE_PYTHON={named} is not a Python 3.10 that runs; correct it or unset it."
            )
        return real
    for candidate in _candidates(environment):
        if real := _real_310(candidate):
            return real
    if found := _uv_python(uv, environment):
        return found
    say("· no Python 3.10 on this machine: asking uv for one")
    try:
        run("fetching Python 3.10 for the engine", [uv, "python", "install", "3.10"], environment)
    except SetupError as error:
        raise SetupError(f"{NO_ENGINE_PYTHON} ({error})") from error
    if found := _uv_python(uv, environment):
        return found
    raise SetupError(NO_ENGINE_PYTHON)


def _candidates(environment: Mapping[str, str]) -> Iterator[str]:
    # pyenv's versions before its shims: a shim exists for every version and fails unless that version is chosen.
    for root in (environment.get("PYENV_ROOT"), str(Path.home() / ".pyenv")):
        if root:
            versions = Path(root, "versions").glob("3.10*")
            yield from (str(path / "bin" / "python") for path in sorted(versions, key=_patch, reverse=True))
    for folder in environment.get("PATH", os.defpath).split(os.pathsep):
        yield str(Path(folder, "python3.10"))
    yield from ("/usr/bin/python3.10", "/usr/local/bin/python3.10", "/opt/homebrew/bin/python3.10")


def _patch(path: Path) -> int:
    found = re.match(r"3\.10\.(\d+)", path.name)
    return int(found[1]) if found else -1


def _real_310(candidate: str) -> str | None:
    code = "import sys, sysconfig; print(sys.executable) if sys.version_info[:2] == (3, 10) and sys.implementation.name == 'cpython' else sys.exit(1)"
    if not shutil.which(candidate):
        return None
    try:
        said = subprocess.run(
            [candidate, "-I", "-c", code], cwd="/", capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.stdout.strip() or None if said.returncode == 0 else None


def _uv_python(uv: str, environment: Mapping[str, str]) -> str | None:
    said = subprocess.run(
        [uv, "python", "find", "--no-project", "3.10"],
        cwd="/",
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    return _real_310(said.stdout.strip()) if said.returncode == 0 else None
