"""What a small recogniser makes of a sentence: other words of the same sound, and of nearly the same, by a seed.

Rare words and names go wrong most, as they do when Whisper base hears them: in their place stand words that are said more
often. Half of the mishearings keep every toneless syllable, the others change one as dialects and recognisers do.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import rjieba

RATE = 0.16
"""The share of middling words that are misheard; with it 8 to 9 % of the characters of complaints are wrong."""
NAMES_RATE = 0.6
"""The share of names that are misheard in any case."""
OTHER_SOUND = 0.3
"""The share of mishearings in which one syllable is only nearly the same; of 165 that Whisper base made, 28 % were."""
CHOICES = 12
"""Characters of one syllable that are tried in words."""
FAVOUR = 0.8
"""How much a word that is said more often is heard instead: 0 not at all, 1 as often as it is said."""
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_INITIALS = {"n": "l", "l": "n", "z": "zh", "zh": "z", "s": "sh", "sh": "s", "c": "ch", "ch": "c", "f": "h", "h": "f", "t": "d", "p": "b", "q": "j", "g": "k", "x": "sh"}  # fmt: skip
_FINALS = (("an", "ang"), ("en", "eng"), ("in", "ing"), ("ang", "an"), ("eng", "en"), ("ing", "in"), ("ian", "ie"), ("ou", "ong"), ("iu", "iong"), ("uan", "un"), ("ao", "ou"), ("ei", "en"), ("e", "eng"))  # fmt: skip
_INITIAL = re.compile("zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?")


class Mishearing:
    """A recogniser that is told the words.

    Args:
        syllables: ``content/speech/syllables.tsv``.
        seed: The same seed mishears the same sentences in the same way.
    """

    def __init__(self, syllables: Path, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self._sound: dict[str, str] = {}
        self._characters: dict[str, list[str]] = {}
        for line in syllables.read_text(encoding="utf-8").splitlines()[1:]:
            sound, first, *_ = line.split("\t")
            group = sorted(first, key=frequency, reverse=True)
            if group:
                self._characters[sound] = group[:CHOICES]
            self._sound |= dict.fromkeys(first, sound)

    def hear(self, text: str, names: Iterable[str] = ()) -> str:
        """``text`` as it may be heard, of the same length; marks, digits and letters stay.

        Args:
            text: What is said.
            names: Names in it, which go wrong more often than words.
        """
        heard = self._hear(text, 1.0)
        for name in names:
            if name in heard and self._random.random() < NAMES_RATE:
                heard = heard.replace(name, self._hear(name, 10.0))
        return heard

    def _hear(self, text: str, worse: float) -> str:
        return _HAN.sub(
            lambda found: "".join(self._word(word, worse) for word in rjieba.cut(found[0], hmm=False)), text
        )

    def _word(self, word: str, worse: float) -> str:
        rarity = -math.log10(max(frequency(word), 1) / 60e6)
        if len(word) == 1:
            rarity -= 0.7  # most are little words
        if self._random.random() >= worse * RATE * min(3.0, max(0.1, (rarity - 2.6) / 1.9)):
            return word
        sounds = [self._sound.get(character) for character in word]
        if None in sounds:
            return word
        said = [sound for sound in sounds if sound is not None]
        for _ in range(4):
            heard = self._other(said) if self._random.random() < OTHER_SOUND else said
            if (guess := self._guess(word, tuple(heard))) is not None:
                return guess
        return word

    def _other(self, sounds: list[str]) -> list[str]:
        """The syllables, one of them nearly the same."""
        at = self._random.randrange(len(sounds))
        options = [near for near in _near(sounds[at]) if near in self._characters]
        return [*sounds[:at], self._random.choice(options), *sounds[at + 1 :]] if options else sounds

    def _guess(self, word: str, sounds: tuple[str, ...]) -> str | None:
        """Words of these syllables, the common ones first; character by character when there are none."""
        pieces: list[str] = []
        at = 0
        while at < len(sounds):
            size = 2 if len(sounds) - at >= 2 else 1
            options = [one for one in self._of(sounds[at : at + size]) if one != word[at : at + size]]
            if not options and size == 1:
                return None
            if not options:
                options = [one for one in self._of(sounds[at : at + 1]) if one != word[at]] or [word[at]]
                size = 1
            pieces += self._random.choices(options, [(frequency(one) + 1) ** FAVOUR for one in options])
            at += size
        guess = "".join(pieces)
        keep = self._random.randrange(len(word))  # seldom is every character another one
        if len(word) > 1 and self._sound.get(word[keep]) == sounds[keep]:
            guess = guess[:keep] + word[keep] + guess[keep + 1 :]
        return guess if guess != word else None

    @lru_cache(maxsize=20_000)  # noqa: B019
    def _of(self, sounds: tuple[str, ...]) -> tuple[str, ...]:
        if len(sounds) == 1:
            return tuple(self._characters.get(sounds[0], ()))
        first, second = (self._characters.get(sound, ()) for sound in sounds)
        return tuple(a + b for a in first for b in second if rjieba.has_word(a + b))


@lru_cache(maxsize=50_000)
def frequency(word: str) -> int:
    """How often a word occurs in the dictionary's count of 60 million; 0 when it does not know it."""
    return int(rjieba.suggest_freq(word)) if rjieba.has_word(word) else 0


@lru_cache(maxsize=1_000)
def _near(sound: str) -> tuple[str, ...]:
    found = _INITIAL.match(sound)
    initial = found[0] if found else ""
    final = sound[len(initial) :]
    options = [_INITIALS[initial] + final] if initial in _INITIALS else []
    options += [initial + other for one, other in _FINALS if one == final]
    return tuple(options)
