"""Which model to serve; imports nothing of Rasa, so that it can be asked before Rasa loads."""

from __future__ import annotations

from pathlib import Path


def newest_model(path: Path) -> Path:
    """The model to serve: the file itself, or the newest ``*.tar.gz`` of a folder.

    Raises:
        SystemExit: There is none.
    """
    if path.is_file():
        return path
    models = sorted(path.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime) if path.is_dir() else []
    if not models:
        raise SystemExit(f"No model at {path}: train one with `python -m engine.train`.")
    return models[-1]
