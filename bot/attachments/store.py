"""Where sealed files lie: a folder, or an S3-compatible store; both behind one interface."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from obstore import delete_async, get_async, put_async
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from bot.errors import ConfigError, StorageError
from bot.settings import Settings

if TYPE_CHECKING:
    from obstore.store import S3Config

FOLDER = "attachments"
PATIENCE = 20.0
"""Seconds one call may take."""


class StoreAway(StorageError):  # noqa: N818 - says what is the matter, as PlatformAway does
    """The store of files cannot be used now."""


class FileStore:
    """Objects by name. A name is a hash, see :mod:`bot.attachments.sealed`; what lies there is sealed.

    Args:
        store: Of obstore.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, name: str, content: bytes) -> None:
        """Store an object, whole or not at all; one of the same name is replaced.

        Raises:
            StoreAway: It could not be stored.
        """
        try:
            await _called(put_async(self._store, _path(name), content))
        except FileNotFoundError as error:  # what S3 says of a bucket that is not there
            raise StoreAway("The store of attachments is not there.") from error

    async def get(self, name: str) -> bytes | None:
        """An object's bytes; None when there is none.

        Raises:
            StoreAway: The store does not answer.
        """
        try:
            found = await _called(get_async(self._store, _path(name)))
            return bytes(await _called(found.bytes_async()))
        except FileNotFoundError:
            return None

    async def delete(self, name: str) -> None:
        """Remove an object; harmless when there is none.

        Raises:
            StoreAway: The store does not answer.
        """
        with suppress(FileNotFoundError):
            await _called(delete_async(self._store, _path(name)))


def open_store(settings: Settings) -> FileStore:
    """The store that ``SUDA_ATTACHMENTS`` names; a folder is made, a bucket must be there.

    Raises:
        ConfigError: The setting is no folder that can be made and no ``s3://bucket``, or its secrets are missing.
    """
    named = settings.attachments
    if named is None or "://" not in named:
        folder = settings.data_dir / FOLDER if named is None else Path(named)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"The folder of attachments {folder} cannot be made ({error.strerror}): see SUDA_ATTACHMENTS."
            ) from error
        return FileStore(LocalStore(folder))
    return FileStore(_s3(settings, named))


@lru_cache(maxsize=2)
def store_of(settings: Settings) -> FileStore:
    """This process's store of files."""
    return open_store(settings)


def _s3(settings: Settings, url: str) -> S3Store:
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname:
        raise ConfigError("SUDA_ATTACHMENTS must be a folder or look like s3://bucket/prefix.")
    key, secret = settings.attachments_key, settings.attachments_secret
    if key is None or secret is None:
        raise ConfigError(
            "SUDA_ATTACHMENTS names an S3 store: set SUDA_ATTACHMENTS_KEY and SUDA_ATTACHMENTS_SECRET, too."
        )
    endpoint = settings.attachments_endpoint
    config: S3Config = {
        "access_key_id": key.get_secret_value(),
        "secret_access_key": secret.get_secret_value(),
        "region": settings.attachments_region,
        "virtual_hosted_style_request": False,
    }
    if endpoint is not None:
        config["endpoint"] = endpoint.rstrip("/")
    return S3Store(
        parts.hostname,
        prefix=parts.path.strip("/") or None,
        config=config,
        client_options={"timeout": f"{PATIENCE:.0f}s", "connect_timeout": "5s", "allow_http": True},
        retry_config={"max_retries": 2},
    )


def _path(name: str) -> str:
    """Names in 256 folders: no folder with a million files."""
    return f"{name[:2]}/{name}"


async def _called(call: Any) -> Any:
    """What a call gives; its errors by meaning. They name paths and hosts, so their text is not passed on."""
    try:
        async with asyncio.timeout(2 * PATIENCE):
            return await call
    except FileNotFoundError:
        raise
    except (BaseError, OSError, ValueError, TimeoutError) as error:
        raise StoreAway(f"The store of attachments cannot be used ({type(error).__name__}).") from error
