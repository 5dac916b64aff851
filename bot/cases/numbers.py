"""Case numbers and tracking codes: short, sayable, not to be guessed, and wrong ones are noticed.

A case number is ``SD-4K7M-9QX2C``: eight random characters and a check character. The 31 characters are digits and capitals
without I, L, O, U and Z, which are read as 1, 1, 0, V and 2. The check is ISO 7064's pure system with the prime
31 as modulus and 3 as radix: it notices every single wrong character and every two characters that changed places.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "Z": "2"})
_MODULUS, _RADIX = 31, 3

_CASE_LENGTH, _CODE_LENGTH = 8, 12
_GAP = r"[\s\-_.·‐-―−]{0,3}"  # what people put between characters when they copy or dictate
_CASE = re.compile(rf"(?<![A-Z0-9])S{_GAP}D{_GAP}(?P<body>[A-Z0-9](?:{_GAP}[A-Z0-9]){{4,15}})(?![A-Z0-9])")
_CODE = re.compile(rf"(?<![A-Z0-9])G{_GAP}Z{_GAP}(?P<body>[A-Z0-9](?:{_GAP}[A-Z0-9]){{8,19}})(?![A-Z0-9])")
_BARE = re.compile(r"[A-Z0-9]{9}")


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """What looks like a case number in a text.

    Attributes:
        number: Its canonical form; None when the check fails, so that the citizen can be asked to look again.
        said: The words it was found in.
    """

    number: str | None
    said: str


def new_number() -> str:
    """A case number nobody can foresee: 40 random bits. The caller sees to it that it is unused."""
    return _show_case("".join(secrets.choice(ALPHABET) for _ in range(_CASE_LENGTH)))


def find_number(text: str) -> FoundNumber | None:
    """What looks like a case number in a sentence; the first whose check is right wins. None when nothing does.

    Lower case, full-width characters, spaces, and O/0, I/1, L/1, Z/2 are all read kindly. Without the ``SD`` it is
    believed only when it is all there is.
    """
    normal = _normal(text)
    first: FoundNumber | None = None
    for match in _CASE.finditer(normal):
        number = _checked(match["body"], _CASE_LENGTH)
        found = FoundNumber(None if number is None else _show_case(number), match[0])
        if found.number is not None:
            return found
        first = first or found
    if first is None:
        bare = re.sub(_GAP, "", normal.strip())
        if _BARE.fullmatch(bare) and not bare.isdigit() and (number := _checked(bare, _CASE_LENGTH)):
            return FoundNumber(_show_case(number), bare)
    return first


def parse_number(text: str) -> str | None:
    """The canonical case number in a sentence, or None; :func:`find_number` also tells a miswritten one."""
    found = find_number(text)
    return None if found is None else found.number


def tracking_code(key: bytes, filing_key: bytes) -> str:
    """The tracking code of an anonymous case: 59 bits that only the holder of ``key`` can make again."""
    digest = int.from_bytes(hmac.digest(key, b"tracking" + filing_key, "sha256"))
    characters = []
    for _ in range(_CODE_LENGTH):
        digest, value = divmod(digest, len(ALPHABET))
        characters.append(ALPHABET[value])
    return _show_code("".join(characters))


def parse_tracking_code(text: str) -> str | None:
    """The canonical tracking code in a sentence, or None when there is none whose check is right."""
    for match in _CODE.finditer(_normal(text)):
        code = _checked(match["body"], _CODE_LENGTH)
        if code is not None:
            return _show_code(code)
    return None


def tracking_hash(code: str) -> bytes:
    """What the database keeps of a tracking code; the code itself is only the citizen's."""
    return hashlib.sha256(b"suda tracking " + code.encode()).digest()


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def _checked(body: str, length: int) -> str | None:
    """The characters without their check, or None when they are too many, too few or wrong."""
    characters = re.sub(r"[^A-Z0-9]", "", body).translate(_READ_AS)
    if len(characters) != length + 1 or any(character not in _VALUE for character in characters):
        return None
    return characters[:-1] if _check(characters[:-1]) == characters[-1] else None


def _check(characters: str) -> str:
    """The character that makes the whole, as a number in base 3 with values up to 30, congruent to 1 modulo 31."""
    total = 0
    for character in characters:
        total = (total + _VALUE[character]) * _RADIX % _MODULUS
    return ALPHABET[(1 - total) % _MODULUS]


def _show_case(characters: str) -> str:
    return f"SD-{characters[:4]}-{characters[4:]}{_check(characters)}"


def _show_code(characters: str) -> str:
    return f"GZ-{characters[:4]}-{characters[4:8]}-{characters[8:]}{_check(characters)}"
