"""Where the engine's own environment is."""

from __future__ import annotations

from pathlib import Path

from bot.errors import ConfigError
from bot.settings import PROJECT

ENGINE_PYTHON = PROJECT / "engine" / ".venv" / "bin" / "python"


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
