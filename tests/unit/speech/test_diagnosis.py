"""What ``suda doctor`` says of speech: each state with its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.findings import Finding
from bot.settings import Settings
from bot.speech import installed
from bot.speech.diagnosis import speech_finding
from bot.speech.settings import speech_settings
from tests.support.model_host import model_host


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    speech_settings.cache_clear()
    monkeypatch.setattr(installed, "is_installed", lambda: True)
    for name in ("SUDA_SPEECH", "SUDA_SPEECH_MODEL", "SUDA_SPEECH_ENGINE"):
        monkeypatch.delenv(name, raising=False)


def found(folder: Path, url: str | None = None) -> Finding:
    try:
        return speech_finding(Settings(data_dir=folder, _env_file=None), url)  # type: ignore[call-arg]
    finally:
        speech_settings.cache_clear()


def weights_in(folder: Path) -> None:
    weights = folder / "speech" / "small.pt"
    weights.parent.mkdir()
    weights.write_bytes(b"x" * 2_000_000)


def test_a_model_that_is_not_there_names_the_commands_that_bring_it(tmp_path: Path) -> None:
    said = found(tmp_path)
    assert (said.state, said.detail) == ("note", "the model small is not there: voice notes are not heard")
    assert (
        said.cure == "suda up or suda speech fetch (484 MB); without internet suda speech fetch --from FILE"
    )


def test_what_is_there_is_told_from_what_is_loaded(tmp_path: Path) -> None:
    weights_in(tmp_path)
    assert found(tmp_path) == Finding(
        "speech", "ok", "openai-whisper, small.pt (2 MB), not loaded: nothing runs"
    )
    without = found(tmp_path, "")
    assert (without.state, without.detail) == (
        "note",
        "openai-whisper, small.pt (2 MB), but the running system does without it",
    )
    assert "speech.log" in without.cure
    says = b'{"status": "alive", "model": "openai-whisper small", "threads": 2}'
    with model_host({"healthz": says}) as process:
        assert found(tmp_path, process.url) == Finding(
            "speech", "ok", "loaded: openai-whisper small, 2 threads"
        )
    loading = found(tmp_path, process.url)
    assert (loading.state, "is being loaded" in loading.detail) == ("note", True)


@pytest.mark.parametrize(
    ("name", "value", "state", "cure"),
    [
        ("SUDA_SPEECH", "off", "note", "unset it, then suda up"),
        ("SUDA_SPEECH", "of", "bad", "correct the setting"),
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
    monkeypatch.setattr(installed, "is_installed", lambda: False)
    assert (found(tmp_path).state, found(tmp_path).cure) == ("note", "suda up or make setup")
