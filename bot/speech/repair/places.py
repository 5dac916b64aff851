"""Place names put right by their sound, where the words around say that a place is named: 回笼观街道 -> 回龙观街道."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.speech.repair.language import inside_words, word_lengths
from bot.speech.repair.sounds import MERGED, OTHER, ROUGH, SAME, Sounds
from bot.understanding.gazetteer import Gazetteer

_LONGEST = 10
_LONGEST_ROUGH = 6
_SUFFIXES = ("街道", "地区", "社区", "小区", "公园", "医院", "大街", "胡同", "机场", "大学")
_OFFICES = ("街道办", "办事处")
_SUFFIX_SIGNS = frozenset("区镇乡路街桥村庄园里站门寺营屯坟口巷苑坊城店湖河")
_STRONG_AFTER = re.compile(
    "街道|地区|镇|乡|社区|小区|家园|嘉园|花园|号院|村(?!口等)|路(?!上的人)|大街|街|胡同|桥|站|地铁|公园|医院|派出所|办事处|[东南西北]?[里区苑]"
    "|[0-9一二三四五六七八九十百]{1,4}(?:号楼|号院|号|栋|区|里|期)"
)
_SOFT_AFTER = re.compile("这边|那边|这里|那里|这块|那块|附近|一带|周边|旁边|对面|门口|[东南西北]|的|有")
_BEFORE = re.compile("(?:在|住|到|去|从|来|于|是|就|叫|我们|咱们|这边|那边|我家|区|市|北京|京)$")
_MAY_STAND_BEFORE = frozenset("在住到去从来于是就叫的和与及跟对由往向至区道镇乡路村街桥里我这那有了家属映说")
_FUNCTION = frozenset("省市县地是的在了就也都还有和与我你他她这那不没很再到去把被给让请使想")
_PRICE = {SAME: 0.25, MERGED: 0.75, ROUGH: 1.6}
_NEEDED = 1.6
_AHEAD = 0.5
_SHORT = 3
_EXACT_FROM = 3
"""Exact names of at least so many characters are left alone."""


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    fame: float
    districts: frozenset[str]
    everyday: bool


@dataclass(order=True, slots=True)
class _Candidate:
    score: float
    start: int = field(compare=False)
    end: int = field(compare=False)
    name: str = field(compare=False)


_FAME = {
    "district": 1.8,
    "district_stem": 0.6,
    "street": 0.8,
    "street_stem": 0.5,
    "area": 0.5,
    "landmark": 0.5,
    "road": 0.4,
}


class Places:
    """The city's names by their sound.

    Args:
        sounds: The readings of characters.
        gazetteer: The names; it is not kept.
    """

    def __init__(self, sounds: Sounds, gazetteer: Gazetteer) -> None:
        self._sounds = sounds
        self._names: dict[str, _Name] = {}
        self._districts: dict[str, str] = {}
        for district, stem in gazetteer.districts.items():
            self._districts |= {district: district, stem: district}
        by_key: dict[str, list[str]] = {}
        shared: dict[frozenset[str], frozenset[str]] = {}
        for name, entries in gazetteer.names():
            ours = [entry for entry in entries if entry.kind != "elsewhere"]
            if not ours or not 2 <= len(name) <= _LONGEST or not all(map(sounds.knows, name)):
                continue
            if len(name) == 2 and all(entry.kind == "community" for entry in ours):
                continue
            districts = frozenset(entry.district for entry in ours)
            districts = shared.setdefault(districts, districts)
            if name.endswith(_OFFICES):
                continue  # the stem is repaired, what follows it needs no repair
            fame = max(_FAME.get(entry.kind, 0.0) for entry in ours)
            self._names[name] = _Name(name, fame, districts, name in gazetteer.everyday)
            for key in sounds.keys(name):
                by_key.setdefault(key, []).append(name)
        self._beginnings = frozenset(name[:2] for name in self._names)
        self._by_key = {key: tuple(names) for key, names in by_key.items()}

    def known(self, text: str) -> list[tuple[int, int]]:
        """Where names stand as they are written, the longest at each start."""
        found = []
        for start in range(len(text) - 1):
            if text[start : start + 2] not in self._beginnings:
                continue
            for end in range(min(start + _LONGEST, len(text)), start + 1, -1):
                if text[start:end] in self._names:
                    found.append((start, end))
                    break
        return found

    def repair(self, text: str, logs: Sequence[float]) -> str:
        """``text`` with names put right, as long as before.

        Args:
            text: Simplified characters.
            logs: For each character how likely it is in what citizens say (natural logarithm).
        """
        for _ in range(2):
            chosen = self._chosen(text, logs)
            for one in chosen:
                text = text[: one.start] + one.name + text[one.end :]
            if not chosen:
                break
        return text

    def _chosen(self, text: str, logs: Sequence[float]) -> list[_Candidate]:
        known = self.known(text)
        said = {self._districts[text[s:e]] for s, e in known if text[s:e] in self._districts}
        words = inside_words(text)
        edges = _edges(text)
        best: dict[tuple[int, int], list[_Candidate]] = {}
        for start, end, name in self._options(text, known):
            price = self._price(text[start:end], name)
            if price is None:
                continue
            score = self._context(text, start, end, self._names[name], known, said)
            score -= price + _plainness(text, start, end, words, edges, logs)
            best.setdefault((start, end), []).append(_Candidate(score, start, end, name))
        winners = []
        for options in best.values():
            options.sort(reverse=True)
            rival = next((o.score for o in options[1:] if o.name != options[0].name), -99.0)
            if options[0].score >= _NEEDED and options[0].score - rival >= _AHEAD:
                winners.append(options[0])
        chosen: list[_Candidate] = []
        for one in sorted(winners, reverse=True):
            if all(one.end <= other.start or other.end <= one.start for other in chosen):
                chosen.append(one)
        return chosen

    def _options(self, text: str, known: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
        codes = [self._sounds.codes(character) for character in text]
        usable = [self._sounds.knows(character) for character in text]
        exact = [(s, e) for s, e in known if e - s >= _EXACT_FROM]
        rough = self._sounds.rough
        for start in range(len(text) - 1):
            keys = [""]
            for end in range(start + 1, min(start + _LONGEST, len(text)) + 1):
                if not usable[end - 1]:
                    break
                keys = [key + code for key in keys for code in codes[end - 1]][:4]
                if end - start < 2 or any(
                    s < end and start < e and not (start <= s and e <= end and e - s < end - start)
                    for s, e in exact
                ):
                    continue
                placed = end - start >= 3 and end - start <= _LONGEST_ROUGH and self._placed(text, start, end)
                for key in keys:
                    for name in self._by_key.get(key, ()):
                        if name != text[start:end]:
                            yield start, end, name
                    if not placed:
                        continue
                    for index, code in enumerate(key):
                        for other in rough.get(code, ""):
                            for name in self._by_key.get(key[:index] + other + key[index + 1 :], ()):
                                yield start, end, name

    def _placed(self, text: str, start: int, end: int) -> bool:
        return bool(
            text[end - 1] in _SUFFIX_SIGNS
            or text[start:end].endswith(_SUFFIXES)
            or _STRONG_AFTER.match(text, end)
            or _BEFORE.search(text[max(0, start - 2) : start])
        )

    def _price(self, heard: str, name: str) -> float | None:
        price, differing = 0.0, 0
        short = len(name) <= _SHORT and name not in self._districts
        for one, other in zip(heard, name, strict=True):
            if one == other:
                continue
            grade = self._sounds.grade(one, other)
            if grade == OTHER:
                return None
            price += _PRICE[grade]
            differing += 1
            if grade == ROUGH and short:
                price += 0.8
            if one in _SUFFIX_SIGNS and other in _SUFFIX_SIGNS:
                price += 1.5  # 安贞路 and 安贞里 are two places
        if differing > 1 and short:
            price += 0.6
        return price

    def _context(
        self,
        text: str,
        start: int,
        end: int,
        name: _Name,
        known: list[tuple[int, int]],
        said: set[str],
    ) -> float:
        """How much the words around, and the name's own end, say that this place is named."""
        heard, score = text[start:end], name.fame + (-0.5, 1.0, 1.8, 2.2)[min(len(name.text), 5) - 2]
        if heard.endswith(_SUFFIXES) and name.text[-2:] == heard[-2:]:
            score += 1.5
        elif heard[-1] == name.text[-1] and heard[-1] in _SUFFIX_SIGNS:
            score += 1.0
        if _STRONG_AFTER.match(text, end):
            score += 1.5
        elif _SOFT_AFTER.match(text, end):
            score += 0.5
        if any(before == start and before - first >= 2 for first, before in known):
            score += 1.5
        elif _BEFORE.search(text[max(0, start - 2) : start]):
            score += 1.0
        elif start == 0 or not self._sounds.knows(text[start - 1]):
            score += 0.5
        if any(first == end for first, _ in known):
            score += 1.0
        if said:
            score += 1.0 if said & name.districts else -1.5
        return score - (1.5 if name.everyday else 0.0)


def _edges(text: str) -> set[int]:
    """Where known words of two or more characters begin or end inside which nothing may be cut."""
    edges = set(range(len(text) + 1))
    at = 0
    for length in word_lengths(text):
        edges -= set(range(at + 1, at + length))
        at += length
    return edges


def _plainness(
    text: str, start: int, end: int, words: list[bool], edges: set[int], logs: Sequence[float]
) -> float:
    """How much speaks for the words just as they were heard."""
    price = 0.0
    before = text[start - 1] if start else ""
    if before >= "\u4e00" and not words[start - 1] and before not in _MAY_STAND_BEFORE:
        price += 1.5  # 柳岸芳园 does not hold 芳园
    if text[start] in _FUNCTION:
        price += 2.0
    if all(words[start:end]) and start in edges and end in edges:
        price += 1.5
    price += 1.0 * (start not in edges) + 1.0 * (end not in edges)
    mean = sum(logs[start:end]) / (end - start)
    return price + max(0.0, mean + 5.0) * 0.8
