"""One clean form of what a citizen typed, with a way back to the very words that were typed.

Everything that reads text reads :attr:`Normalised.text`; everything that quotes the citizen uses
:meth:`Normalised.original_span`, so evidence always shows what was really said.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.chinese import simplify

# Characters without width or of private use: they split words for a machine and nothing for a reader.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\ue000-\uf8ff]"
)
_PLAIN = re.compile(r"[\u0020-\u007e\u4e00-\u9fff，。！？、；：“”‘’（）《》\n]*\Z")
# Compatibility forms of Han characters and Chinese punctuation must stay; only these ranges are folded.
_FULL_WIDTH_OFFSET = 0xFEE0
_KEEP_WIDE = frozenset("，。！？；：（）")
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u20e3\U000e0000-\U000e007f]")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in clean form and the map back.

    Attributes:
        text: The clean form: simplified characters, half-width letters and digits, no invisible characters,
            emoji and odd white space as one plain space.
        original: The text as it was typed.
        offsets: For each character of ``text`` (and its end) the index in ``original``; ``len(text) + 1`` long.
    """

    text: str
    original: str
    offsets: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span in ``original`` of ``text[start:end]``."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        first, last = self.offsets[start], self.offsets[end - 1]
        stop = last + 1
        # A character that folded away right behind the last one (a variation selector) belongs to nobody.
        return first, min(stop, len(self.original))

    def quote(self, start: int, end: int) -> str:
        """The words of ``original`` behind ``text[start:end]``; clean ones where words between them were dropped."""
        first, stop = self.original_span(start, end)
        if stop - first == end - start:
            return self.original[first:stop]
        kept = set(self.offsets[start:end])
        dropped = any(self.original[at].isalnum() for at in range(first, stop) if at not in kept)
        return self.text[start:end] if dropped else self.original[first:stop]


def _fold(character: str) -> str:
    """Half-width form of one character; empty when it has no width; a space for emoji and odd spaces."""
    code = ord(character)
    if 0x4E00 <= code <= 0x9FFF or character in _KEEP_WIDE:
        return character
    if character in "\r\t\u3000\u00a0" or unicodedata.category(character) == "Zs":
        return " "
    if 0xFF01 <= code <= 0xFF5E:
        return chr(code - _FULL_WIDTH_OFFSET)
    if _INVISIBLE.match(character):
        return ""
    if _EMOJI.match(character):
        return " "
    if (
        0x2460 <= code <= 0x249B
        or 0x1D400 <= code <= 0x1D7FF
        or 0xF900 <= code <= 0xFAFF
        or 0x2F00 <= code <= 0x2FDF
    ):
        folded = unicodedata.normalize("NFKC", character)
        return folded if len(folded) == 1 else character
    return character


def normalise(text: str) -> Normalised:
    """Bring ``text`` into clean form; any string is fine, also with lone surrogates or control characters."""
    if _PLAIN.match(text) and "  " not in text:
        return Normalised(simplify(text), text, tuple(range(len(text) + 1)))
    characters: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        folded = _fold(character)
        if not folded or (folded == " " and characters and characters[-1] in " \n"):
            continue
        characters.append(folded)
        offsets.append(index)
    offsets.append(len(text))
    return Normalised(simplify("".join(characters)), text, tuple(offsets))
