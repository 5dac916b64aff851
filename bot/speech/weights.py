"""The speech model's weights: a file of one's own, or one of openai-whisper's by name, fetched once and checked."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bot.errors import SpeechError

FOLDER = "speech"
"""In the data folder."""
PUBLIC = "https://openaipublic.azureedge.net/main/whisper/models"
MODELS = {
    "tiny": ("65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9", 75),
    "base": ("ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e", 145),
    "small": ("9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794", 484),
    "medium": ("345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1", 1528),
    "large-v3": ("e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb", 3087),
    "turbo": ("aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a", 1618),
}
"""Name -> SHA-256 and megabytes of openai-whisper's multilingual weights."""
ELSEWHERE = "fetch it elsewhere and bring it with suda speech fetch --from FILE, or name a .pt file with SUDA_SPEECH_MODEL"
_BLOCK = 1 << 20
_WEB = ("http", "https")

Heed = Callable[[int, int], None]
"""Told how many bytes are there and how many there will be (0: unknown)."""


def weights_file(model: str, data_dir: Path) -> Path:
    """Where a model's weights are, or will be once they are fetched.

    Args:
        model: A name of :data:`MODELS`, or the path of a ``.pt`` file.
        data_dir: The data folder.

    Raises:
        SpeechError: It is neither.
    """
    if model in MODELS:
        return data_dir / FOLDER / f"{model}.pt"
    path = Path(model).expanduser()
    if path.suffix == ".pt" or path.is_file():
        return path
    raise SpeechError(
        f"SUDA_SPEECH_MODEL={model} is no model: name one of {', '.join(MODELS)}, or the path of a .pt file."
    )


def fetch(model: str, data_dir: Path, *, source: str | None = None, heed: Heed | None = None) -> Path:
    """Bring a model's weights and check them; what is there already and whole is left alone.

    What has come lies in ``<model>.pt.part`` until it is whole; the next try goes on behind it.

    Args:
        model: A name of :data:`MODELS`.
        data_dir: The data folder.
        source: Another place than OpenAI's: a file, its address, or an address or folder that holds ``<model>.pt``.
        heed: Told of the progress.

    Raises:
        SpeechError: There is no such model, it cannot be fetched, or what came is not what it should be.
    """
    if model not in MODELS:
        raise SpeechError(f"There is no model {model} to fetch: name one of {', '.join(MODELS)}.")
    target, (sha256, _) = weights_file(model, data_dir), MODELS[model]
    if target.is_file() and sha256_of(target) == sha256:
        return target
    source = _file_at(source, model) if source else f"{PUBLIC}/{sha256}/{model}.pt"
    part = target.with_suffix(".pt.part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(part, model) as file:
            _complete(file, source, heed or (lambda _done, _total: None))
            file.seek(0)
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                size = file.tell()
                file.truncate(0)
                raise SpeechError(
                    f"What came from {source} is not {model} of openai-whisper ({size} bytes, another checksum): try again, or name another source."
                )
            part.replace(target)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            part.unlink(missing_ok=True)  # the text bot needs the room
        raise SpeechError(f"{target} cannot be written: {error.strerror}.") from error
    return target


def _file_at(source: str, model: str) -> str:
    """The file itself, where a source is the folder that holds it."""
    parts = urlsplit(source)
    is_folder = not parts.path.endswith(".pt") if parts.scheme in _WEB else Path(source).is_dir()
    return f"{source.rstrip('/')}/{model}.pt" if is_folder else source


@contextmanager
def _alone(part: Path, model: str) -> Iterator[BufferedRandom]:
    """The file of what has come so far, for nobody else meanwhile; at its end."""
    with part.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SpeechError(f"{model} is being fetched already by another process.") from error
        try:
            yield file
        finally:
            if not file.seek(0, os.SEEK_END):
                part.unlink(missing_ok=True)


def _complete(file: BufferedRandom, source: str, heed: Heed) -> None:
    """Write what is still missing.

    Raises:
        SpeechError: The source cannot be read.
    """
    if urlsplit(source).scheme in _WEB:
        _download(file, source, heed)
        return
    try:
        with Path(source).open("rb") as whole:
            size = os.fstat(whole.fileno()).st_size
            file.truncate(0)
            while block := whole.read(_BLOCK):
                file.write(block)
                heed(whole.tell(), size)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise SpeechError(f"{source} cannot be read: {error.strerror}.") from error


def _download(file: BufferedRandom, url: str, heed: Heed) -> None:
    there = file.seek(0, os.SEEK_END)
    ask = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={there}-"} if there else {})
    try:
        with httpx.stream("GET", url, headers=ask, follow_redirects=True, timeout=30.0) as answer:
            if answer.status_code == 416:  # nothing is behind what is there: its checksum tells
                return
            if answer.status_code not in (200, 206):
                raise SpeechError(f"{url} answered {answer.status_code}: {ELSEWHERE}.")
            if answer.status_code == 200:
                file.truncate(0)
                there = 0
            length = int(answer.headers.get("content-length", 0))
            total = there + length if length else 0
            for block in answer.iter_bytes():
                file.write(block)
                there += len(block)
                heed(there, total)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        how = f"broke off after {there // 1_000_000} MB" if there else "cannot be reached"
        raise SpeechError(f"{url} {how} ({type(error).__name__}): {ELSEWHERE}.") from error


def sha256_of(path: Path) -> str:
    """A file's checksum."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
