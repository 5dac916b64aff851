"""Vectors on disk: a second start computes nothing, a damaged file costs time and nothing else."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.embedding import Vectors
from bot.vectorcache import VectorCache


class Counting:
    """An embedder that counts the texts it was given; a vector holds the text's length."""

    def __init__(self, version: str = "one") -> None:
        self.version = version
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32).reshape(len(texts), 2)


def test_a_second_start_computes_only_what_is_new(tmp_path: Path) -> None:
    VectorCache(tmp_path).vectors("knowledge", ["a", "bb"], Counting())
    embedder = Counting()
    vectors = VectorCache(tmp_path).vectors("knowledge", ["ccc", "bb", "a"], embedder)
    assert embedder.seen == ["ccc"]
    assert vectors[:, 0].tolist() == [3, 2, 1]


def test_another_model_gets_vectors_of_its_own(tmp_path: Path) -> None:
    VectorCache(tmp_path).vectors("knowledge", ["a"], Counting("one"))
    embedder = Counting("two")
    VectorCache(tmp_path).vectors("knowledge", ["a"], embedder)
    assert embedder.seen == ["a"]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 broken", b"no archive at all"])
def test_a_damaged_file_is_computed_again(tmp_path: Path, damage: bytes) -> None:
    cache = VectorCache(tmp_path)
    cache.vectors("knowledge", ["a", "bb"], Counting())
    (file,) = tmp_path.glob("*.npz")
    file.write_bytes(damage)
    assert cache.vectors("knowledge", ["a", "bb"], Counting())[:, 0].tolist() == [1, 2]
    embedder = Counting()
    cache.vectors("knowledge", ["a", "bb"], embedder)
    assert embedder.seen == []


def test_a_truncated_file_is_computed_again(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path)
    cache.vectors("knowledge", ["a", "bb"], Counting())
    (file,) = tmp_path.glob("*.npz")
    whole = file.read_bytes()
    for length in range(0, len(whole), 97):
        file.write_bytes(whole[:length])
        assert cache.vectors("knowledge", ["a", "bb"], Counting())[:, 0].tolist() == [1, 2]


def test_a_start_that_breaks_off_keeps_what_it_had(tmp_path: Path) -> None:
    texts = [f"{number:03}" for number in range(150)]

    def stop(done: int, total: int) -> None:
        if done < total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        VectorCache(tmp_path).vectors("knowledge", texts, Counting(), progress=stop)
    embedder = Counting()
    VectorCache(tmp_path).vectors("knowledge", texts, embedder)
    assert 0 < len(embedder.seen) < len(texts)
    assert not list(tmp_path.glob("*.npz?*"))


def test_processes_that_start_together_share_the_work(tmp_path: Path) -> None:
    """Threads with their own open file lock each other out as processes do."""
    embedder = Counting()
    texts = [f"{number:03}" for number in range(300)]
    starts = [
        threading.Thread(target=lambda: VectorCache(tmp_path).vectors("k", texts, embedder)) for _ in range(4)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert sorted(embedder.seen) == texts


def test_a_collection_cannot_leave_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no name"):
        VectorCache(tmp_path).vectors("../etc", ["a"], Counting())


class Round(Counting):
    """Vectors of length 1 in many directions, as a real model makes them."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        rows = np.stack([np.random.default_rng(len(text)).normal(size=384) for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_vectors_that_came_with_the_content_are_not_computed(tmp_path: Path) -> None:
    texts = ["a", "bb", "ccc"]
    made = VectorCache(tmp_path / "there").vectors("k", texts, Round())
    assert VectorCache(tmp_path / "there").pack("k", tmp_path / "content") == 3
    embedder = Round()
    here = VectorCache(tmp_path / "here", tmp_path / "content")
    taken = here.vectors("k", ["ccc", "dddd", "a"], embedder)
    assert embedder.seen == ["dddd"]
    assert np.allclose(np.linalg.norm(taken, axis=1), 1, atol=1e-6)
    assert np.abs(taken[[2, 0]] @ made.T - made[[0, 2]] @ made.T).max() < 1e-3


def test_a_pack_of_another_model_or_a_damaged_one_is_not_used(tmp_path: Path) -> None:
    VectorCache(tmp_path / "there").vectors("k", ["a"], Round("one"))
    VectorCache(tmp_path / "there").pack("k", tmp_path / "content")
    other = Round("two")
    VectorCache(tmp_path / "here", tmp_path / "content").vectors("k", ["a"], other)
    assert other.seen == ["a"]
    (tmp_path / "content" / "k.npz").write_bytes(b"PK\x03\x04 broken")
    again = Round("one")
    VectorCache(tmp_path / "new", tmp_path / "content").vectors("k", ["a"], again)
    assert again.seen == ["a"]


def test_packing_again_changes_nothing(tmp_path: Path) -> None:
    VectorCache(tmp_path / "there").vectors("k", ["a", "bb"], Round())
    VectorCache(tmp_path / "there").pack("k", tmp_path / "content")
    before = (tmp_path / "content" / "k.npz").read_bytes()
    VectorCache(tmp_path / "here", tmp_path / "content").vectors("k", ["bb", "a"], Round())
    VectorCache(tmp_path / "here").pack("k", tmp_path / "content")
    assert (tmp_path / "content" / "k.npz").read_bytes() == before
