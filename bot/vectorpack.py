"""Vectors of the city's own texts, shipped with the content so that a first start need not compute them.

One file a collection, one byte a number: 0.4 KB a text. Rounding moves a cosine by less than 0.001, less than two builds of
the model differ. Texts are not in the file, only hashes of them with the model's version: a changed text or model
misses and is computed, so a file that is behind costs time and nothing else. ``suda train vectors`` writes it anew.
"""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

FOLDER = "vectors"
"""Folder of the packs in the content folder."""


def pack_path(folder: Path, collection: str) -> Path:
    """Where a collection's pack lies."""
    return folder / f"{collection}.npz"


def read_pack(path: Path) -> dict[bytes, Vectors]:
    """Key of 32 bytes -> vector of length 1; nothing when the file is absent or damaged."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            keys, codes = file["keys"], file["codes"]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning("%s is damaged (%s); its vectors are computed.", path, type(error).__name__)
        return {}
    sound = keys.dtype == np.uint8 and keys.ndim == 2 and keys.shape[1] == 32
    if not sound or codes.dtype != np.int8 or codes.ndim != 2 or len(codes) != len(keys):
        log.warning("%s has another form; its vectors are computed.", path)
        return {}
    rows = codes.astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1.0)
    return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}


def write_pack(path: Path, known: Mapping[bytes, Vectors]) -> None:
    """Write vectors in the order of their keys: the same vectors make the same file."""
    ordered = sorted(known)
    keys = np.frombuffer(b"".join(ordered), dtype=np.uint8).reshape(len(ordered), 32)
    rows = np.stack([known[key] for key in ordered])
    largest = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-9)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, keys=keys, codes=np.rint(rows / largest * 127).astype(np.int8))
