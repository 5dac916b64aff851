"""Train a model when what it learns from has changed: ``python -m engine.train``."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path
from typing import List, Optional

PROJECT = Path(__file__).resolve().parent.parent
LEARNT_FROM = ("domain.yml", "config.yml", "nlu", "engine/requirements.lock")
KEEP = 3


def fingerprint(project: Path) -> str:
    """A name for everything that a model is made of: files, their paths and the locked engine."""
    digest = hashlib.sha256()
    for part in LEARNT_FROM:
        root = project / part
        files = (
            sorted(file for file in root.rglob("*") if file.suffix in {".yml", ".yaml", ".txt"})
            if root.is_dir()
            else [root]
        )
        for file in files:
            if file.is_file():
                digest.update(str(file.relative_to(project)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def train(project: Path, output: Path, cache: Path) -> Path:
    """The model of the project's present files, trained unless it is there already.

    Raises:
        SystemExit: Rasa refused the data; it has said why.
    """
    model = output / f"suda-{fingerprint(project)}.tar.gz"
    if model.is_file():
        os.utime(model)
        return model
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["RASA_CACHE_DIRECTORY"] = str(cache / "rasa")
    (cache / "rasa").mkdir(parents=True, exist_ok=True)

    from engine.absent import config_components, leave_out

    leave_out(config_components(project / "config.yml"))

    import jieba
    from rasa.model_training import train as rasa_train

    jieba.dt.tmp_dir = str(cache)
    fresh = output / "new"
    fresh.mkdir(parents=True, exist_ok=True)
    result = rasa_train(
        domain=str(project / "domain.yml"),
        config=str(project / "config.yml"),
        training_files=[str(project / "nlu")],
        output=str(fresh),
        fixed_model_name=model.name,
        force_training=True,
    )
    if result.code or not result.model:
        raise SystemExit(f"Training failed with code {result.code}.")
    Path(result.model).replace(model)
    for old in sorted(output.glob("suda-*.tar.gz"), key=lambda file: file.stat().st_mtime)[:-KEEP]:
        old.unlink()
    return model


def main(argv: Optional[List[str]] = None) -> None:
    """Train if needed and print the model's path as the last line."""
    parser = argparse.ArgumentParser(prog="engine.train", description=__doc__)
    parser.add_argument(
        "--project", type=Path, default=PROJECT, help="folder of domain.yml, config.yml and nlu/"
    )
    parser.add_argument("--output", type=Path, help="folder of models; default var/models")
    parser.add_argument("--cache", type=Path, help="folder of caches; default var/cache")
    parser.add_argument(
        "--check", action="store_true", help="only say whether the model is there: exit code 0 or 1"
    )
    options = parser.parse_args(argv)
    project = options.project.resolve()
    output = options.output or project / "var" / "models"
    if options.check:
        raise SystemExit(0 if (output / f"suda-{fingerprint(project)}.tar.gz").is_file() else 1)
    sys.stdout.write(
        f"{train(project, output.resolve(), (options.cache or project / 'var' / 'cache').resolve())}\n"
    )


if __name__ == "__main__":
    main()
