"""Names found by what they sound like: the ground of both ears, the one for typed words and the one for recordings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ahocorasick

from bot.understanding.sounds import Sounds

Found = tuple[int, int, tuple[str, ...]]
"""Where a text sounds like names, a half-open range, and these."""


class NamesBySound:
    """Names under the merged, toneless syllables that they are read with.

    Args:
        sounds: The readings of characters.
        names: What may be found.
        every_reading: Whether characters with several sounds may have any of them, not only the commonest.
    """

    def __init__(self, sounds: Sounds, names: Iterable[str], *, every_reading: bool = True) -> None:
        self._sounds = sounds
        spelled: dict[str, tuple[str, ...]] = {}
        for name in names:
            for key in sounds.keys(name) if every_reading else [sounds.key(name)]:
                spelled[key] = (*spelled.get(key, ()), name)
        self._trie = ahocorasick.Automaton()
        for key, same in spelled.items():
            self._trie.add_word(key, same)
        self._trie.make_automaton()

    def longest(self, text: str) -> Iterator[Found]:
        """The longest names from left to right by the commonest reading of each character, never overlapping."""
        for last, names in self._trie.iter_long(self._sounds.key(text)):
            yield last + 1 - len(names[0]), last + 1, names

    def all(self, text: str) -> Iterator[Found]:
        """Every stretch that sounds like a name, one of its syllables perhaps only roughly."""
        options = [self._sounds.codes(character) for character in text]
        for start in range(len(text)):
            found: dict[int, dict[str, None]] = {}
            for end, key in self._keys(options, start):
                found.setdefault(end, {}).update(dict.fromkeys(self._trie.get(key)))
            for end, names in found.items():
                yield start, end, tuple(names)

    def _keys(self, options: list[str], start: int) -> Iterator[tuple[int, str]]:
        """Where keys that begin at ``start`` end, and these; two syllables alone must be right."""
        trie, rough = self._trie, self._sounds.rough
        ways = [("", False)]
        for at in range(start, len(options)):
            longer = []
            for key, strayed in ways:
                for code in options[at]:
                    if trie.match(key + code):
                        longer.append((key + code, strayed))
                    if not strayed:
                        longer += [
                            (key + near, True) for near in rough.get(code, "") if trie.match(key + near)
                        ]
            if not longer:
                return
            ways = list(dict.fromkeys(longer))
            for key, strayed in ways:
                if key in trie and (len(key) > 2 or not strayed):
                    yield at + 1, key
