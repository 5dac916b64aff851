"""The installation's own secrets: from the settings, else from files that are made at first start.

Files lie in ``data_dir/secrets``, mode 0600. Several processes may ask at once; all get the same value.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr

from bot.errors import ConfigError
from bot.settings import Settings
from bot.storage.sealing import KEY_BYTES, Vault

_SHORTEST = 16
"""Characters below which a secret is taken for a truncated file."""


def get_vault(settings: Settings) -> Vault:
    """The vault with this installation's master key.

    ``SUDA_MASTER_KEY`` (or the file) holds one key in base64, or several after commas: the first is used, the others
    open what is older.
    """
    value = _secret(settings, settings.master_key, "master_key")
    keys = [_master_key(part.strip()) for part in value.split(",")]
    return Vault(keys[0], keys[1:])


def engine_secret(settings: Settings) -> str:
    """The secret that app, worker and engine share."""
    return _secret(settings, settings.engine_secret, "engine_secret")


def api_key(settings: Settings) -> str:
    """The key that ``X-API-Key`` callers present."""
    return _secret(settings, settings.api_key, "api_key")


def cookie_secret(settings: Settings) -> str:
    """The secret that signs the web page's cookies."""
    return _secret(settings, None, "cookie_secret")


def load_or_create(path: Path) -> str:
    """The secret in a file; 32 random bytes in base64 are written there when there is none.

    Raises:
        ConfigError: Others may read the file, it is empty or cut short, or it cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
        return _read(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(
            f"The secret file {path} cannot be used ({reason}): check its owner and the free space."
        ) from error


def _secret(settings: Settings, given: SecretStr | None, name: str) -> str:
    if given is None:
        return load_or_create(settings.data_dir / "secrets" / name)
    value = given.get_secret_value().strip()
    if len(value) < _SHORTEST:
        raise ConfigError(f"SUDA_{name.upper()} is shorter than {_SHORTEST} characters: use a random one.")
    return value


def _create(path: Path) -> None:
    """Write a whole secret beside the place and link it there: no reader ever sees half of one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    file = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(file, "w", encoding="ascii") as stream:
            stream.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):  # another process was first: its secret counts
            os.link(fresh, path)
    finally:
        fresh.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the master key must not be lost once anything is sealed with it
    finally:
        os.close(folder)


def _read(path: Path) -> str:
    with path.open(encoding="ascii") as stream:
        mode = os.fstat(stream.fileno()).st_mode
        value = stream.read(4096).strip()
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"The secret file {path} can be read by others (mode {mode & 0o777:04o}): run chmod 600 on it, and change the secret if it was seen."
        )
    if len(value) < _SHORTEST:
        raise ConfigError(
            f"The secret file {path} is empty or cut short: restore it from its backup, or remove it to make a new one."
        )
    return value


def _master_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(
            f"The master key (SUDA_MASTER_KEY or secrets/master_key) is not {KEY_BYTES} bytes in base64."
        )
    return key
