"""Weights by name or path; fetched once, whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bot.errors import SpeechError
from bot.speech import weights

CONTENT = b"weights" * 1000


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(weights.MODELS, "tiny", (hashlib.sha256(CONTENT).hexdigest(), 1))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "mirror.pt"
    file.write_bytes(CONTENT)
    return file


def test_a_name_is_a_file_of_the_data_folder_and_a_path_is_itself(tmp_path: Path) -> None:
    assert weights.weights_file("tiny", tmp_path) == tmp_path / "speech" / "tiny.pt"
    assert weights.weights_file("/models/own.pt", tmp_path) == Path("/models/own.pt")
    with pytest.raises(SpeechError, match="SUDA_SPEECH_MODEL=tyni is no model"):
        weights.weights_file("tyni", tmp_path)


def test_it_is_fetched_with_progress_and_kept(tmp_path: Path, source: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = weights.fetch(
        "tiny", tmp_path, source=str(source), heed=lambda done, total: seen.append((done, total))
    )
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    source.unlink()
    assert weights.fetch("tiny", tmp_path, source=str(source)) == path, "what is there is not fetched again"
    assert [file.name for file in path.parent.iterdir()] == ["tiny.pt"]


def test_what_is_not_the_model_is_refused_and_leaves_nothing(tmp_path: Path, source: Path) -> None:
    source.write_bytes(CONTENT[:-1])
    with pytest.raises(SpeechError, match="another checksum"):
        weights.fetch("tiny", tmp_path, source=str(source))
    assert list((tmp_path / "speech").iterdir()) == []


def test_a_place_that_cannot_be_reached_is_said_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match="--from"):
        weights.fetch("tiny", tmp_path, source="http://127.0.0.1:9/tiny.pt")
    with pytest.raises(SpeechError, match="No such file"):
        weights.fetch("tiny", tmp_path, source=str(tmp_path / "none.pt"))
    with pytest.raises(SpeechError, match="no model huge"):
        weights.fetch("huge", tmp_path)
