"""The models that understanding needs: the kept ones, or learnt now where the content has changed."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.catalogue import Catalogue
from bot.embedding import Embedder
from bot.understanding.history import load_history
from bot.understanding.storage import load_models, save_models
from bot.understanding.training import Models, fingerprint, material, train
from bot.vectorcache import Progress, VectorCache


def learnt_models(
    catalogue: Catalogue, embedder: Embedder, folder: Path, cache: VectorCache, progress: Progress | None
) -> Models:
    """What was learnt from the catalogue and the city's own history; kept in ``folder``."""
    path = folder / "understanding.bin"
    history = load_history(folder, catalogue)
    mark = fingerprint(catalogue, embedder, history)
    kept = load_models(path, mark)
    if kept is not None:
        return kept
    with _one_at_a_time(folder):
        kept = load_models(path, mark)
        if kept is not None:
            return kept
        models = train(catalogue, material(catalogue, embedder, cache, progress, history))
        save_models(path, mark, models)
        return models


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """One of several processes that start together learns; the others take what it kept."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "understanding.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released by closing the file, also when we are killed
        yield
