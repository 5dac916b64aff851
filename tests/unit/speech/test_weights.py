"""Weights by name or path; fetched once, whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import SpeechError
from bot.speech import weights
from tests.support.model_host import ModelHost, model_host

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
    with pytest.raises(SpeechError, match=r"cannot be reached \(ConnectError\).*--from"):
        weights.fetch("tiny", tmp_path, source="http://127.0.0.1:9/tiny.pt")
    with pytest.raises(SpeechError, match="No such file"):
        weights.fetch("tiny", tmp_path, source=str(tmp_path / "none.pt"))
    with pytest.raises(SpeechError, match="no model huge"):
        weights.fetch("huge", tmp_path)
    assert list((tmp_path / "speech").iterdir()) == []


@pytest.fixture
def host() -> Iterator[ModelHost]:
    with model_host({"tiny.pt": CONTENT}) as opened:
        yield opened


def fetch(tmp_path: Path, host: ModelHost) -> tuple[bytes, list[tuple[int, int]]]:
    seen: list[tuple[int, int]] = []
    path = weights.fetch(
        "tiny", tmp_path, source=host.url, heed=lambda done, total: seen.append((done, total))
    )
    return path.read_bytes(), seen


def test_a_source_may_be_the_folder_that_holds_it(tmp_path: Path, host: ModelHost, source: Path) -> None:
    assert fetch(tmp_path / "a", host)[0] == CONTENT
    source.rename(source.with_name("tiny.pt"))
    assert weights.fetch("tiny", tmp_path / "b", source=str(source.parent)).read_bytes() == CONTENT


def test_what_broke_off_goes_on_where_it_was(tmp_path: Path, host: ModelHost) -> None:
    host.breaks_off_after = 2_000
    with pytest.raises(SpeechError, match="broke off after 0 MB"):
        fetch(tmp_path, host)
    assert [file.name for file in (tmp_path / "speech").iterdir()] == ["tiny.pt.part"]
    host.breaks_off_after = None
    content, seen = fetch(tmp_path, host)
    assert content == CONTENT
    assert host.asked == [0, 2_000]
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [file.name for file in (tmp_path / "speech").iterdir()] == ["tiny.pt"]


@pytest.mark.parametrize("ranges", [True, False])
def test_what_lies_there_of_something_else_does_no_harm(
    tmp_path: Path, host: ModelHost, ranges: bool
) -> None:
    host.ranges = ranges
    part = tmp_path / "speech" / "tiny.pt.part"
    part.parent.mkdir()
    part.write_bytes(b"x" * (len(CONTENT) + 5))
    if ranges:  # only the checksum can tell
        with pytest.raises(SpeechError, match="another checksum"):
            fetch(tmp_path, host)
        assert not part.exists()
    assert fetch(tmp_path, host)[0] == CONTENT


def test_two_do_not_write_into_each_other(tmp_path: Path, host: ModelHost) -> None:
    part = tmp_path / "speech" / "tiny.pt.part"
    part.parent.mkdir()
    with part.open("a+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(SpeechError, match="being fetched already"):
            fetch(tmp_path, host)
    assert host.asked == []


def test_a_host_that_has_it_not_is_named(tmp_path: Path, host: ModelHost) -> None:
    with pytest.raises(SpeechError, match=r"/none/tiny.pt answered 404.*--from"):
        weights.fetch("tiny", tmp_path, source=f"{host.url}/none")
