"""Vectors of texts that stay the same, kept on disk so that a second start does not compute them again."""

from __future__ import annotations

import fcntl
import logging
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np

from bot.embedding import Embedder, Vectors, clean
from bot.vectorpack import pack_path, read_pack, write_pack

log = logging.getLogger(__name__)

CHUNK = 64
"""Texts between two writes: a start that is broken off loses at most this much work."""

Progress = Callable[[int, int], None]
"""Told ``(done, total)`` while missing vectors are computed."""


class VectorCache:
    """One folder of vectors, one file a collection.

    Vectors are found by a hash of the text and of the model's version, so a changed text or model is computed anew
    and nothing is ever stale. Files are replaced whole, so that a reader never sees half of one; a lock makes a
    second process wait for the first one's work instead of repeating it. A damaged file is computed again.
    """

    def __init__(self, folder: Path, shipped: Path | None = None) -> None:
        """Keep files under ``folder``, which is made when it is first written to.

        Args:
            folder: Belongs to this installation.
            shipped: Folder of vectors that came with the content (:mod:`bot.vectorpack`): not computed again.
        """
        self._folder = folder
        self._shipped = shipped

    def vectors(
        self, collection: str, texts: Sequence[str], embedder: Embedder, *, progress: Progress | None = None
    ) -> Vectors:
        """Vectors of ``texts`` in their order, float32 ``(n, d)``; what the collection held besides is dropped.

        Args:
            collection: Name of the set of texts, such as ``knowledge``; letters, digits, ``-`` and ``_``.
            texts: All texts of the collection.
            embedder: Computes what is missing.
            progress: Told how far missing vectors are.

        Raises:
            ValueError: ``collection`` is no plain name.
        """
        if not re.fullmatch(r"[\w-]+", collection, re.ASCII):
            raise ValueError(f"{collection!r} is no name of a collection: use letters, digits, - and _.")
        keys = [_key(text, embedder.version) for text in texts]
        path = self._folder / f"vectors-{collection}.npz"
        known = _read(path)
        if not set(keys) <= known.keys():
            with self._locked(collection):
                known = self._shipped_vectors(collection)
                known |= _read(path)  # another process may have done the work while we waited
                self._fill(path, dict(zip(keys, texts, strict=True)), known, embedder, progress)
        if not keys:
            return embedder.encode([])
        return np.stack([known[key] for key in keys])

    def pack(self, collection: str, target: Path) -> int:
        """Write what a collection holds to the folder ``target``, to be shipped with the content.

        Returns:
            How many vectors.
        """
        known = _read(self._folder / f"vectors-{collection}.npz")
        write_pack(pack_path(target, collection), known)
        return len(known)

    def _fill(
        self,
        path: Path,
        wanted: dict[bytes, str],
        known: dict[bytes, Vectors],
        embedder: Embedder,
        progress: Progress | None,
    ) -> None:
        for key in known.keys() - wanted.keys():
            del known[key]
        missing = [key for key in wanted if key not in known]
        if not missing:
            _write(path, known)
        for start in range(0, len(missing), CHUNK):
            part = missing[start : start + CHUNK]
            known.update(zip(part, embedder.encode([wanted[key] for key in part]), strict=True))
            _write(path, known)
            if progress is not None:
                progress(start + len(part), len(missing))

    def _shipped_vectors(self, collection: str) -> dict[bytes, Vectors]:
        return {} if self._shipped is None else read_pack(pack_path(self._shipped, collection))

    @contextmanager
    def _locked(self, collection: str) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"vectors-{collection}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # released by closing the file, also when we are killed
            yield


def _key(text: str, model: str) -> bytes:
    return sha256(f"{model}\n{clean(text)}".encode()).digest()


def _read(path: Path) -> dict[bytes, Vectors]:
    """What the file holds; nothing when it is absent or damaged."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            keys, vectors = file["keys"], file["vectors"]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning(
            "The cache %s is damaged (%s); its vectors are computed again.", path.name, type(error).__name__
        )
        return {}
    sound = keys.ndim == 2 and keys.dtype == np.uint8 and keys.shape[1] == 32
    if not sound or vectors.ndim != 2 or vectors.dtype != np.float32 or len(keys) != len(vectors):
        log.warning("The cache %s has another form; its vectors are computed again.", path.name)
        return {}
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}


def _write(path: Path, known: dict[bytes, Vectors]) -> None:
    keys = np.frombuffer(b"".join(known), dtype=np.uint8).reshape(len(known), 32)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        try:
            np.savez(file, keys=keys, vectors=np.stack(list(known.values())))
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
