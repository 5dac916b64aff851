"""Signatures and encryption of WeChat's messages, from its documentation (消息加解密说明), with nothing of the connector's."""

from __future__ import annotations

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher as AesCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes

BLOCK = 32
"""Bytes to which PKCS#7 fills up; twice AES's own block."""


class WrongCipherError(ValueError):
    """What came cannot have been encrypted for this account; the message says how that is known."""


def sign(*parts: str) -> str:
    """SHA-1 of the parts, sorted and joined, in hex."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324 - WeChat's


class Cipher:
    """AES-256-CBC of one account.

    Args:
        aes_key: EncodingAESKey, 43 characters: base64 of 32 bytes without its last ``=``.
        appid: Stands behind each text.
    """

    def __init__(self, aes_key: str, appid: str) -> None:
        self._key = base64.b64decode(aes_key + "=")
        if len(aes_key) != 43 or len(self._key) != 32:
            raise WrongCipherError("EncodingAESKey must have 43 letters and digits.")
        self._appid = appid.encode()

    def seal(self, text: str) -> str:
        """The text encrypted, in base64: 16 random bytes, its length (4 bytes, big-endian), itself, the appid."""
        content = text.encode("utf-8", "surrogatepass")
        plain = os.urandom(16) + struct.pack(">I", len(content)) + content + self._appid
        fill = BLOCK - len(plain) % BLOCK
        encryptor = self._aes().encryptor()
        return base64.b64encode(
            encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()
        ).decode()

    def open(self, sealed: str) -> str:
        """The reverse of :meth:`seal`.

        Raises:
            WrongCipherError: Wrong base64, key, padding, length or appid.
        """
        try:
            raw = base64.b64decode(sealed, validate=True)
        except ValueError as error:
            raise WrongCipherError("Encrypt is not base64.") from error
        if not raw or len(raw) % BLOCK:
            raise WrongCipherError(f"Encrypt has {len(raw)} bytes: no multiple of {BLOCK}.")
        decryptor = self._aes().decryptor()
        plain = decryptor.update(raw) + decryptor.finalize()
        fill = plain[-1]
        if not 1 <= fill <= BLOCK or plain[-fill:] != bytes([fill]) * fill:
            raise WrongCipherError("The padding is wrong: another key?")
        plain = plain[:-fill]
        (length,) = struct.unpack(">I", plain[16:20]) if len(plain) >= 20 else (1 << 32,)
        if 20 + length > len(plain):
            raise WrongCipherError("The length inside is wrong.")
        if plain[20 + length :] != self._appid:
            raise WrongCipherError("Another account's appid stands inside.")
        try:
            return plain[20 : 20 + length].decode()
        except UnicodeDecodeError as error:
            raise WrongCipherError("What is inside is not UTF-8.") from error

    def _aes(self) -> AesCipher[modes.CBC]:
        return AesCipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))
