"""Learnt models on disk: written whole, checked when read, trained again rather than trusted when anything differs."""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import tempfile
from pathlib import Path

from bot.understanding.training import Models

log = logging.getLogger(__name__)


def save_models(path: Path, fingerprint: str, models: Models) -> None:
    """Keep ``models`` for the next start; a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = pickle.dumps((fingerprint, models), protocol=pickle.HIGHEST_PROTOCOL)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        file.write(hashlib.sha256(body).digest() + body)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def load_models(path: Path, fingerprint: str) -> Models | None:
    """The models kept for ``fingerprint``; None when there are none, they are damaged or learnt from something else.

    The file lies in Suda's own data folder, which nobody else may write to: only so is unpickling it safe.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    body = raw[32:]
    if hashlib.sha256(body).digest() != raw[:32]:
        log.warning("The models in %s are damaged; they are trained again.", path.name)
        return None
    try:
        kept, models = pickle.loads(body)  # noqa: S301 - our own file, see above
    except (pickle.UnpicklingError, AttributeError, ImportError, ValueError, TypeError, EOFError):
        return None  # written with other versions of the libraries
    if kept != fingerprint or not isinstance(models, Models):
        return None
    return models
