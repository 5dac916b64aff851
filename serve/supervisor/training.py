"""The dialogue engine's training as a program; ``engine/train.py`` itself knows whether there is anything to do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bot.settings import PROJECT
from serve.supervisor.child import Program
from serve.supervisor.engine_box import engine_python


def _command(data_dir: Path) -> list[str]:
    return [
        str(engine_python()),
        "-m",
        "engine.train",
        "--output",
        str(data_dir / "models"),
        "--cache",
        str(data_dir / "cache"),
    ]


def is_current(data_dir: Path) -> bool:
    """Whether a model of the present files is there; takes about 0.1 s.

    Raises:
        ConfigError: The engine's environment is missing.
    """
    return subprocess.run([*_command(data_dir), "--check"], cwd=PROJECT, check=False).returncode == 0


def program(data_dir: Path) -> Program:
    """Train what is not yet trained."""
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }
    return Program("train", _command(data_dir), environment, PROJECT)
