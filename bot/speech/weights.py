"""The speech model's weights: a file of one's own, or one of openai-whisper's by name, fetched once and checked."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
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
_BLOCK = 1 << 20

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

    Args:
        model: A name of :data:`MODELS`.
        data_dir: The data folder.
        source: Another place than OpenAI's: an address, or a file.
        heed: Told of the progress.

    Raises:
        SpeechError: There is no such model, it cannot be fetched, or what came is not what it should be.
    """
    if model not in MODELS:
        raise SpeechError(f"There is no model {model} to fetch: name one of {', '.join(MODELS)}.")
    target, (sha256, _) = weights_file(model, data_dir), MODELS[model]
    if target.is_file() and sha256_of(target) == sha256:
        return target
    source = source or f"{PUBLIC}/{sha256}/{model}.pt"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, done = hashlib.sha256(), 0
    with NamedTemporaryFile(dir=target.parent, suffix=".part") as part:
        for block, total in _blocks(source):
            part.write(block)
            digest.update(block)
            done += len(block)
            if heed is not None:
                heed(done, total)
        part.flush()
        if digest.hexdigest() != sha256:
            raise SpeechError(
                f"What came from {source} is not {model} of openai-whisper ({done} bytes, another checksum): try again, or name another source."
            )
        # A copy keeps the temporary file's own end its own affair.
        shutil.copyfile(part.name, target.with_suffix(".new"))
    target.with_suffix(".new").replace(target)
    return target


def sha256_of(path: Path) -> str:
    """A file's checksum."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _blocks(source: str) -> Iterator[tuple[bytes, int]]:
    """Blocks of a source, each with the size of the whole."""
    if urlsplit(source).scheme not in ("http", "https"):
        try:
            with Path(source).open("rb") as file:
                size = Path(source).stat().st_size
                while block := file.read(_BLOCK):
                    yield block, size
        except OSError as error:
            raise SpeechError(f"{source} cannot be read: {error.strerror}.") from error
        return
    try:
        with httpx.stream("GET", source, follow_redirects=True, timeout=30.0) as answer:
            if answer.status_code != 200:
                raise SpeechError(f"{source} answered {answer.status_code}.")
            size = int(answer.headers.get("content-length", 0))
            for block in answer.iter_bytes(_BLOCK):
                yield block, size
    except httpx.HTTPError as error:
        raise SpeechError(
            f"{source} cannot be reached ({type(error).__name__}): fetch the file elsewhere and name it with --from."
        ) from error
