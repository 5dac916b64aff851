"""How alike characters sound, without tones: the ground on which a mishearing or a slip of the pen may be put right.

Three grades: the same toneless syllable, syllables that dialects and recognisers merge
(zh/z, ch/c, sh/s, n/l, ng/n, hu/f), and rough likeness (le/leng, xiu/xiong, tou/tong).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from pathlib import Path

from bot.errors import ContentError
from bot.settings import get_settings

SAME, MERGED, ROUGH, OTHER = 0, 1, 2, 9
"""Grades of likeness of two characters."""

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_MERGED_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}
# Merged initials that a recogniser confuses while the final is the same, and finals after the same initial.
_KIN_INITIALS = ("bp", "dt", "gk", "gh", "kh", "jqx", "jz", "qc", "xs", "zcs", "wf", "lr", "jy")
_KIN_FINALS = (
    "i in|i ian|i ie|ia ian|ian in|ie ian|ie ue|iu ion|ion in|iao ian|iao iu|ie iu|i iu|i ui|i ei|"
    "a an|ai an|ao an|ai ei|an en|ai a|ao ou|a e|a ia|an ian|"
    "e en|e uo|e o|ei en|e ei|en un|en on|e u|"
    "o ou|o uo|on ou|on un|on en|on u|ou u|u uo|un u|un uan|on uan|uan an|ua uan|uai uan|ui ei|ui un|uo ou|ua a|"
    "v i|v u|ue ve|ve ie|u ue|uan ian|un in|u i|ou uo"
)
_ROUGH_FINALS = frozenset(frozenset(pair.split()) for pair in _KIN_FINALS.split("|"))
_REMEMBERED = 8_192
_SPELLINGS = 4
"""Ways of reading one span that are followed, where characters have several sounds."""


def _split(syllable: str) -> tuple[str, str]:
    for initial in _INITIALS:
        if syllable.startswith(initial):
            return initial, syllable[len(initial) :]
    return "", syllable


def merge(syllable: str) -> str:
    """The syllable as dialects and recognisers merge it: zhang -> zan, neng -> len, hua -> fa."""
    initial, final = _split(syllable)
    if initial == "h" and final[:1] == "u" and final[1:2] in {"a", "e", "o"}:
        initial, final = "f", final[1:]
    return _MERGED_INITIALS.get(initial, initial) + (final[:-1] if final.endswith("ng") else final)


class Sounds:
    """The readings of characters.

    Args:
        path: ``syllables.tsv``: a syllable, then its characters with this as their first, second, third reading.

    Raises:
        ContentError: The file is missing or has no readings.
    """

    def __init__(self, path: Path) -> None:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()[1:]
        except OSError as error:
            raise ContentError(
                f"{path} cannot be read; build it with content/speech/build.py --out {path.parent}"
            ) from error
        ranked: dict[str, dict[int, str]] = {}
        for line in lines:
            syllable, *characters = line.split("\t")
            for rank, group in enumerate(characters):
                for character in group:
                    ranked.setdefault(character, {})[rank] = syllable
        if not ranked:
            raise ContentError(f"{path} has no readings; build it again with content/speech/build.py")
        self._readings = {c: tuple(by[rank] for rank in sorted(by)) for c, by in ranked.items()}
        codes: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        for character, sounds in self._readings.items():
            merged = dict.fromkeys(merge(sound) for sound in sounds)
            self._codes[character] = "".join(codes.setdefault(m, chr(0xE000 + len(codes))) for m in merged)
        self._graded = lru_cache(maxsize=_REMEMBERED)(self._grade)
        names = {code: _split(name) for name, code in codes.items()}
        self.rough = {
            code: "".join(other for other in names if other != code and _roughly(names[code], names[other]))
            for code in names
        }
        """For each code the codes that sound roughly like it."""

    def knows(self, character: str) -> bool:
        """Whether the character has a sound."""
        return character in self._readings

    def codes(self, character: str) -> str:
        """One private-use character for each merged sound of ``character``; the character itself without a sound."""
        return self._codes.get(character, character)

    def key(self, text: str) -> str:
        """The key of ``text`` by the commonest reading of each character: one code each, itself without a sound."""
        return "".join(self._codes.get(character, character)[0] for character in text)

    def keys(self, text: str) -> list[str]:
        """The keys of ``text``, one code a character: several where a character has several sounds."""
        options = [self._codes.get(character, character) for character in text]
        ways = 1
        for index, option in enumerate(options):
            ways *= len(option)
            if ways > _SPELLINGS:
                ways //= len(option)
                options[index] = option[0]
        return ["".join(key) for key in product(*options)]

    def grade(self, heard: str, meant: str) -> int:
        """How alike two characters sound: :data:`SAME`, :data:`MERGED`, :data:`ROUGH` or :data:`OTHER`."""
        if heard == meant:
            return SAME
        return self._graded(heard, meant)

    def _grade(self, heard: str, meant: str) -> int:
        ours, theirs = self._readings.get(heard, ()), self._readings.get(meant, ())
        if not ours or not theirs:
            return OTHER
        if any(sound in theirs for sound in ours):
            return SAME
        mine, yours = self._codes[heard], self._codes[meant]
        if any(code in yours for code in mine):
            return MERGED
        if any(code in self.rough[other] for code in mine for other in yours):
            return ROUGH
        return OTHER


def _roughly(one: tuple[str, str], other: tuple[str, str]) -> bool:
    (initial, final), (initial2, final2) = one, other
    if final == final2:
        return any(initial in kin and initial2 in kin for kin in _KIN_INITIALS if initial and initial2)
    return initial == initial2 and frozenset((final, final2)) in _ROUGH_FINALS


@lru_cache(maxsize=1)
def get_sounds() -> Sounds:
    """The readings of this process, from ``content/speech``."""
    return Sounds(get_settings().content_dir / "speech" / "syllables.tsv")
