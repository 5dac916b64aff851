"""What ``suda doctor`` says of speech: each state with its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.findings import Finding
from bot.settings import Settings
from bot.speech import diagnosis
from bot.speech.diagnosis import speech_finding
from bot.speech.settings import speech_settings


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    speech_settings.cache_clear()
    monkeypatch.setattr(diagnosis, "is_installed", lambda: True)
    for name in ("SUDA_SPEECH", "SUDA_SPEECH_MODEL", "SUDA_SPEECH_ENGINE"):
        monkeypatch.delenv(name, raising=False)


def found(folder: Path) -> Finding:
    try:
        return speech_finding(Settings(data_dir=folder, _env_file=None))  # type: ignore[call-arg]
    finally:
        speech_settings.cache_clear()


def test_a_model_that_is_not_there_names_the_command_that_brings_it(tmp_path: Path) -> None:
    said = found(tmp_path)
    assert (said.state, said.cure) == ("note", "suda speech fetch (484 MB)")
    weights = tmp_path / "speech" / "small.pt"
    weights.parent.mkdir()
    weights.write_bytes(b"x" * 2_000_000)
    assert found(tmp_path) == Finding("speech", "ok", "openai-whisper, small.pt (2 MB)")


@pytest.mark.parametrize(
    ("name", "value", "state", "cure"),
    [
        ("SUDA_SPEECH", "off", "note", "unset it, then make setup"),
        ("SUDA_SPEECH_MODEL", "tyni", "bad", "correct the setting"),
        ("SUDA_SPEECH_MODEL", "/none/own.pt", "bad", "correct SUDA_SPEECH_MODEL"),
        ("SUDA_SPEECH_THREADS", "0", "bad", "correct the setting"),
    ],
)
def test_a_setting_is_said_to_be_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, state: str, cure: str
) -> None:
    monkeypatch.setenv(name, value)
    said = found(tmp_path)
    assert (said.state, said.cure) == (state, cure)


def test_without_its_packages_it_is_a_note_and_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosis, "is_installed", lambda: False)
    assert (found(tmp_path).state, found(tmp_path).cure) == ("note", "make setup")
