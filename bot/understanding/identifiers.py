"""Numbers and tokens that point at a person: phones, identity numbers, cards, plates, mail, platform ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

IdentifierKind = Literal[
    "mobile",
    "landline",
    "service",
    "identity",
    "bank_card",
    "plate",
    "email",
    "openid",
    "account",
    "masked",
    "digits",
]

_SPOKEN = str.maketrans("幺一二两三四五六七八九零〇○", "11223456789000")
_GAP = r"[ \-‐-―·.]?"
_QUICK = re.compile(r"[0-9@幺]|[一二三四五六七八九零〇两]{5}|o[\w-]{27}|微信|[A-Za-z]{4}")

_PATTERNS = re.compile(
    rf"""(?x)
    (?P<email>[A-Za-z0-9_.+%-]{{1,64}}@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]+)+)
  | (?P<openid>(?<![\w-])o[A-Za-z0-9_-]{{27}}(?![\w-]))
  | (?P<plate>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][ ·•.]?[A-Z0-9]{{5,6}}(?![A-Z0-9])
        |[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·•][A-Z0-9]{{4}}[A-Z0-9学警港澳挂])
  | (?P<account>(?<=微信号)[ :：是为]{{0,2}}[A-Za-z][\w-]{{5,19}}|(?<=微信)[ :：是为]{{0,2}}[A-Za-z][\w-]{{5,19}})
  | (?P<identity>(?<![0-9A-Za-z])[1-9]\d{{5}}[ -]?(?:18|19|20)\d{{2}}[ -]?(?:0[1-9]|1[0-2])[ -]?(?:0[1-9]|[12]\d|3[01])[ -]?\d{{3}}[ -]?[\dXx](?![0-9A-Za-z])
        |(?<!\d)[1-9]\d{{5}}\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}(?!\d))
  | (?P<bank_card>(?<!\d)(?:[3-6]\d{{15,18}}|[3-6]\d{{3}}(?:[ -]\d{{4}}){{3}}(?:[ -]\d{{1,3}})?)(?![ -]?\d))
  | (?P<mobile>(?<!\d)(?:(?:\+|00)?86[ -]?)?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d))
  | (?P<masked>(?<!\d)1[3-9]\d(?:[ -]?[*xX叉某·]{{2,6}}[ -]?)\d{{2,4}}(?!\d))
  | (?P<service>(?<!\d)[48]00(?:[ -]?\d){{7}}(?!\d))
  | (?P<landline>(?<![\d.])\(?0(?:(?:10|2\d)\)?[ -]?[2-8]\d{{3}}[ -]?\d{{4}}|[3-9]\d\d\)?[ -]?[2-8]\d{{3}}[ -]?\d{{3,4}})(?:(?:转|-|[ ]?分机)[ ]?\d{{1,5}})?(?!\d)
        |(?<![\d.:-])(?!20\d\d(?:0[1-9]|1[0-2])[0-3]\d(?!\d))[2-8]\d{{3}}[ -]?\d{{4}}(?:(?:转|分机)[ ]?\d{{1,5}})?(?![\d.]))
  | (?P<digits>(?<![\d.])\d(?:{_GAP}(?!(?<!\d)1[3-9]\d{{9}}(?!\d))\d){{6,}}(?!\d))
    """
)
_ONLY_ASCII_RUN = frozenset({"landline", "service", "bank_card"})


@dataclass(frozen=True, slots=True)
class Identifier:
    """One number or token in a clean text.

    Attributes:
        kind: What it is; ``masked`` is a phone with hidden digits, ``digits`` a run that fits nothing.
        start: Half-open span in the clean text.
        end: See ``start``.
        digits: Its digits (spoken ones as digits), an extension behind ``-``; the token itself for other kinds.
    """

    kind: IdentifierKind
    start: int
    end: int
    digits: str


def spoken_to_digits(text: str) -> str:
    """Chinese digits (幺 too) as ASCII digits, the same length; for phone and identity spans only."""
    return text.translate(_SPOKEN)


def find_identifiers(text: str) -> Iterator[Identifier]:
    """All identifiers in a clean text, left to right, none inside another."""
    if not _QUICK.search(text):
        return
    mapped = spoken_to_digits(text)
    position = 0
    while found := _PATTERNS.search(mapped, position):
        kind: IdentifierKind = found.lastgroup or "digits"  # type: ignore[assignment]
        start, end = found.span()
        position = end
        if kind in _ONLY_ASCII_RUN and mapped[start:end] != text[start:end]:
            kind = "digits"
        if (
            kind == "digits"
            and mapped[start:end] != text[start:end]
            and sum(map(str.isdigit, mapped[start:end])) < 8
        ):
            continue
        yield Identifier(kind, start, end, _digits(kind, found[0]))


def _digits(kind: IdentifierKind, words: str) -> str:
    if kind == "mobile":
        return re.sub(r"\D", "", words)[-11:]
    if kind == "landline":
        number, *extension = re.split(r"转|分机|(?<=\d{7})-(?=\d)", words)
        digits = re.sub(r"\D", "", number)
        if digits.startswith("0"):
            code = 3 if digits.startswith(("010", "02")) else 4
            digits = f"{digits[:code]}-{digits[code:]}"
        return "-".join([digits, *(re.sub(r"\D", "", part) for part in extension)])
    if kind in {"service", "identity", "bank_card", "digits"}:
        return re.sub(r"[^\dXx]", "", words)
    return words
