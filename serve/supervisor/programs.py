"""What the processes of one system are: commands, environments, the order of life."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import ConfigError
from bot.settings import PROJECT, Settings
from bot.storage.secrets import engine_secret
from serve.supervisor.child import Program

ENGINE_PYTHON = PROJECT / "engine" / ".venv" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where this system's servers listen."""

    host: str
    port: int
    engine_url: str

    @property
    def base(self) -> str:
        """The web server's address for a program on this machine, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}"


def engine_python() -> Path:
    """The engine's interpreter.

    Raises:
        ConfigError: The engine's environment is not there.
    """
    if not ENGINE_PYTHON.exists():
        raise ConfigError(
            "The engine's environment engine/.venv is missing: run make run (or make setup) once."
        )
    return ENGINE_PYTHON


def environment(settings: Settings, database_url: str, addresses: Addresses) -> dict[str, str]:
    """The environment of every child: ours, with what the supervisor decided."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "SUDA_DATA_DIR": str(settings.data_dir),
        "SUDA_HOST": addresses.host,
        "SUDA_PORT": str(addresses.port),
        "SUDA_ENGINE_URL": addresses.engine_url,
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def engine_environment(settings: Settings, base: dict[str, str], addresses: Addresses) -> dict[str, str]:
    """The engine's environment; it reads no settings file of ours, so everything it needs is here."""
    return {
        **base,
        "SUDA_ENGINE_SECRET": engine_secret(settings),
        "SUDA_ENGINE_DATABASE_URL": base["DATABASE_URL"],
        "SUDA_ACTIONS_URL": f"{addresses.base}/actions/webhook",
        "RASA_TELEMETRY_ENABLED": "false",
    }


def suda(*arguments: str) -> list[str]:
    """A command of our own in a child."""
    return [sys.executable, "-m", "serve.cli", *arguments]


def app_program(env: dict[str, str], addresses: Addresses) -> Program:
    """The web server."""
    return Program("app", suda("serve"), env, PROJECT, ready_url=f"{addresses.base}/healthz", grace=5.0)


def worker_program(env: dict[str, str]) -> Program:
    """The process that takes the turns."""
    return Program("worker", suda("work"), env, PROJECT, grace=4.0)


def engine_program(settings: Settings, env: dict[str, str], addresses: Addresses) -> Program:
    """Rasa in its box."""
    url = addresses.engine_url
    command = [
        *(str(engine_python()), "-m", "engine.run"),
        *("--port", str(urlsplit(url).port)),
        *("--model", str(settings.data_dir / "models")),
        *("--cache", str(settings.data_dir / "cache")),
        *("--log-level", settings.log_level),
    ]
    return Program(
        "engine",
        command,
        env,
        PROJECT,
        ready_url=f"{url}/webhooks/suda/health",
        ready_headers={"Authorization": f"Bearer {engine_secret(settings)}"},
        grace=3.0,
    )
