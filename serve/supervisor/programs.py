"""What the processes of one system are: commands, environments, the order of life."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings import PROJECT, Settings
from bot.storage.revision import is_newest
from bot.storage.secrets import engine_secret
from serve.supervisor import training
from serve.supervisor.child import Program
from serve.supervisor.commands import BEHIND, suda
from serve.supervisor.engine_box import engine_python
from serve.supervisor.speech_programs import SpeechPlan


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where this system's servers listen.

    ``actions_port`` 0: the web server runs the actions.
    """

    host: str
    port: int
    engine_url: str
    actions_port: int = 0

    @property
    def actions(self) -> str:
        """Where the engine finds the actions, without a slash at the end."""
        return f"http://127.0.0.1:{self.actions_port}" if self.actions_port else self.base

    @property
    def base(self) -> str:
        """The web server's address for a program on this machine, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}"


def environment(settings: Settings, database_url: str, addresses: Addresses) -> dict[str, str]:
    """The environment of every child: ours, with what the supervisor decided."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "SUDA_DATA_DIR": str(settings.data_dir),
        "SUDA_HOST": addresses.host,
        "SUDA_PORT": str(addresses.port),
        "SUDA_ENGINE_URL": addresses.engine_url,
        "SUDA_ACTIONS_PORT": str(addresses.actions_port),
        "SUDA_SPEECH_PORT": "0",  # who hears comes and goes; the worker asks the running system
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def engine_environment(settings: Settings, base: dict[str, str], addresses: Addresses) -> dict[str, str]:
    """The engine's environment; it reads no settings file of ours, so everything it needs is here."""
    return {
        **base,
        "SUDA_ENGINE_SECRET": engine_secret(settings),
        "SUDA_ENGINE_DATABASE_URL": base["DATABASE_URL"],
        "SUDA_ACTIONS_URL": f"{addresses.actions}/actions/webhook",
        "RASA_TELEMETRY_ENABLED": "false",
    }


def fresh_folder(folder: Path) -> Path:
    """The folder, empty: what an earlier run left there would count again."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


class Plan:
    """The programs of one system.

    Args:
        settings: The settings.

    Attributes:
        speech: What there is to do for speech.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.speech = SpeechPlan(settings)

    def check(self) -> None:
        """Refuse early what cannot work.

        Raises:
            ConfigError: The engine's environment is missing.
        """
        engine_python()

    def is_trained(self) -> bool:
        """Whether the engine's model is that of the present files."""
        return training.is_current(self._settings.data_dir)

    def train(self) -> Program:
        """Trains the engine."""
        return training.program(self._settings.data_dir)

    def is_migrated(self, env: dict[str, str]) -> bool:
        """Whether the database's schema is that of the present code; takes milliseconds."""
        return is_newest(env["DATABASE_URL"])

    def migrate(self, env: dict[str, str]) -> Program:
        """Brings the database to the newest schema."""
        return Program("migrate", suda("db", "upgrade"), env, PROJECT)

    def front(self, env: dict[str, str], addresses: Addresses) -> list[Program]:
        """What need not wait for the engine: the web server and the process that takes the turns."""
        ready = f"{addresses.base}/healthz"
        env = {
            **env,
            "PROMETHEUS_MULTIPROC_DIR": str(fresh_folder(self._settings.data_dir / "run" / "metrics")),
        }
        programs = [
            Program("app", suda("serve"), env, PROJECT, ready_url=ready, grace=5.0),
            Program("worker", suda("work"), env, PROJECT, grace=4.0, nice=BEHIND),
        ]
        if addresses.actions_port:
            healthy = f"{addresses.actions}/healthz"
            programs.append(
                Program("actions", suda("actions"), env, PROJECT, ready_url=healthy, grace=4.0, nice=BEHIND)
            )
        return programs

    def engine(self, env: dict[str, str], addresses: Addresses) -> Program:
        """Rasa in its box."""
        return engine_program(self._settings, engine_environment(self._settings, env, addresses), addresses)


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
        nice=BEHIND,
    )
