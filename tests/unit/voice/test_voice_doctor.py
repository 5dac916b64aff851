"""What ``suda doctor`` says of the watched folder of calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.findings import Finding
from channels.voice.doctor import findings


def found(monkeypatch: pytest.MonkeyPatch, folder: Path | str) -> list[Finding]:
    monkeypatch.setenv("SUDA_VOICE_FOLDER", str(folder))
    return list(findings())


def test_without_a_folder_there_is_nothing_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDA_VOICE_FOLDER", raising=False)
    assert list(findings()) == []


def test_a_folder_is_watched_or_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert [one.state for one in found(monkeypatch, tmp_path)] == ["ok"]
    (missing,) = found(monkeypatch, tmp_path / "gone")
    assert (missing.state, "SUDA_VOICE_FOLDER" in missing.cure) == ("bad", True)


def test_what_was_refused_is_pointed_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "refused").mkdir()
    (tmp_path / "refused" / "a.wav.reason.txt").write_text("not_audio\n")
    (one,) = found(monkeypatch, tmp_path)
    assert (one.state, "1 refused" in one.detail) == ("note", True)


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDA_VOICE_CALLER_CHANNEL", "middle")
    (one,) = findings()
    assert (one.state, "SUDA_VOICE_CALLER_CHANNEL" in one.detail) == ("bad", True)
