"""Sealing of personal text: AES-256-GCM, one key a citizen, wrapped by the installation's master key.

Destroying a citizen's wrapped key makes everything that was sealed with it unreadable for ever, backups of the tables
included. What is sealed where, and how keys change, is in docs/decisions/0102-sealing.md.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import ConfigError, StorageError

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_ID_BYTES = 4


def seal(key: bytes, content: bytes | str, *, bound_to: str = "") -> bytes:
    """Encrypt content so that only the same key, and the same ``bound_to``, open it again.

    Args:
        key: 32 bytes.
        content: Any bytes, or text (lone surrogates, which citizens do send, are kept).
        bound_to: Where the sealed bytes belong, such as a case number: moved elsewhere they do not open.

    Returns:
        Version byte, 12 random bytes, ciphertext and tag: 29 bytes longer than the content.
    """
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, content, _VERSION + bound_to.encode())


def open_sealed(key: bytes, sealed: bytes, *, bound_to: str = "") -> bytes:
    """The reverse of :func:`seal`.

    Raises:
        StorageError: Another key, another place, changed bytes, or a version this code does not know.
    """
    if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE_BYTES + _TAG_BYTES:
        raise StorageError("Sealed data are of an unknown form: were they written by a newer version?")
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, _VERSION + bound_to.encode())
    except InvalidTag as error:
        raise StorageError("Sealed data do not open with this key.") from error


def open_text(key: bytes, sealed: bytes, *, bound_to: str = "") -> str:
    """The text that :func:`seal` was given."""
    return open_sealed(key, sealed, bound_to=bound_to).decode("utf-8", "surrogatepass")


class Vault:
    """Makes, wraps and unwraps keys with the master key.

    Args:
        master_key: 32 bytes.
        previous: Master keys from before a change: they still open what they wrapped, and are used for nothing new.

    The methods :meth:`seal`, :meth:`open` and :meth:`open_text` are the module's functions, at hand where a vault is.
    """

    seal = staticmethod(seal)
    open = staticmethod(open_sealed)
    open_text = staticmethod(open_text)

    def __init__(self, master_key: bytes, previous: Sequence[bytes] = ()) -> None:
        for key in (master_key, *previous):
            if len(key) != KEY_BYTES:
                raise ConfigError(f"A master key has {len(key)} bytes: it must have {KEY_BYTES}, in base64.")
        self._current = _derive(master_key, "wrap")
        self.current_id = _key_id(master_key)
        self._wrappers = {_key_id(key): _derive(key, "wrap") for key in (master_key, *previous)}
        self._address_keys = [_derive(key, "address") for key in (master_key, *previous)]
        self._master = master_key

    def new_key(self) -> tuple[bytes, bytes]:
        """A new random key and its wrapped form, which is what may be stored."""
        key = os.urandom(KEY_BYTES)
        return key, self.wrap(key)

    def wrap(self, key: bytes) -> bytes:
        """The form of a key that may be stored: the master key's id and the key, sealed."""
        return self.current_id + seal(self._current, key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key inside.

        Raises:
            ConfigError: It was wrapped with a master key that is not at hand.
            StorageError: The wrapped key was damaged.
        """
        wrapper = self._wrappers.get(bytes(wrapped[:_ID_BYTES]))
        if wrapper is None:
            raise ConfigError(
                "The data were sealed with another master key: restore secrets/master_key from its backup, "
                "or add that key after a comma to SUDA_MASTER_KEY."
            )
        return open_sealed(wrapper, bytes(wrapped[_ID_BYTES:]))

    def is_current(self, wrapped: bytes) -> bool:
        """Whether a key is wrapped with the present master key; if not, unwrap and wrap it again."""
        return bytes(wrapped[:_ID_BYTES]) == self.current_id

    def address_hash(self, channel: str, address: str) -> bytes:
        """32 bytes that find a channel address without revealing it (HMAC-SHA256, key derived by HKDF)."""
        return self.address_hashes(channel, address)[0]

    def address_hashes(self, channel: str, address: str) -> list[bytes]:
        """:meth:`address_hash` by the present master key, then by each previous one."""
        message = b"\x00".join((channel.encode(), address.encode("utf-8", "surrogatepass")))
        return [hmac.digest(key, message, "sha256") for key in self._address_keys]

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose, always the same for the same master key."""
        return _derive(self._master, purpose)


def _derive(master_key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"suda {purpose}".encode()).derive(master_key)


def _key_id(master_key: bytes) -> bytes:
    return hashlib.sha256(b"suda key id" + master_key).digest()[:_ID_BYTES]
