"""Whether speech is wanted is read in one way, by the set-up before any package is there and by everything after it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.speech.installed import is_wanted
from bot.speech.settings import SpeechSettings, speech_settings
from serve.bootstrap import speech as bootstrap
from serve.bootstrap.steps import SetupError


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The settings file, for both readers."""
    file = tmp_path / ".env"
    monkeypatch.setitem(SpeechSettings.model_config, "env_file", file)
    monkeypatch.setattr(bootstrap, "ENV_FILE", file)
    for name in [name for name in os.environ if name.upper().startswith("SUDA_SPEECH")]:
        monkeypatch.delenv(name)
    speech_settings.cache_clear()
    yield file
    speech_settings.cache_clear()


@pytest.mark.parametrize(
    ("text", "environment", "wanted"),
    [
        ("", {}, True),
        ("SUDA_SPEECH=off\n", {}, False),
        ("SUDA_SPEECH=OFF\n", {}, False),
        ("export SUDA_SPEECH = 'off' # no voice here\n", {}, False),
        ("suda_speech=off\r\n", {}, False),
        ("SUDA_SPEECH=off\t# no voice here\n", {}, False),
        ("SUDA_SPEECH=\n", {}, True),
        ("# SUDA_SPEECH=off\nSUDA_SPEECH_MODEL=base\n", {}, True),
        ("SUDA_SPEECH=off\nSUDA_SPEECH=on\n", {}, True),
        ("SUDA_SPEECH=off\n", {"SUDA_SPEECH": "on"}, True),
        ("SUDA_SPEECH=off\n", {"SUDA_SPEECH": ""}, True),
        ("SUDA_SPEECH=on\n", {"suda_speech": " Off "}, False),
    ],
)
def test_both_readers_agree(
    file: Path, monkeypatch: pytest.MonkeyPatch, text: str, environment: dict[str, str], wanted: bool
) -> None:
    file.write_bytes(text.encode())
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert bootstrap.is_wanted() is wanted
    assert is_wanted() is wanted


def test_what_is_neither_on_nor_off_is_refused_by_both(file: Path) -> None:
    file.write_text("SUDA_SPEECH=of\n", encoding="utf-8")
    with pytest.raises(SetupError, match="SUDA_SPEECH=of is not known"):
        bootstrap.is_wanted()
    with pytest.raises(ConfigError, match=r"^SUDA_SPEECH is wrong"):
        is_wanted()
