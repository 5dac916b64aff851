"""Find the place of the matter in what a citizen said."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from bot.understanding.gazetteer import Gazetteer, Kind, get_gazetteer
from bot.understanding.normalise import Normalised, normalise
from bot.understanding.place import grammar
from bot.understanding.place.chain import Reader
from bot.understanding.place.elsewhere import find_elsewhere, only_registered, only_somebody
from bot.understanding.place.hearing import get_hearing
from bot.understanding.place.model import Place
from bot.understanding.place.outwards import turned_round
from bot.understanding.place.parts import Chain
from bot.understanding.place.quoting import place_of
from bot.understanding.place.resolve import resolve
from bot.understanding.place.spoken import smooth
from bot.understanding.recent import READ_BEFORE

_WEIGHT = {
    "numbered": 2.0, "estate": 3.0, "village": 3.0, "road": 2.5, "junction": 2.5, "poi": 2.0, "generic": 1.0, "water": 1.5,
    "area": 1.5, "vague": 1.5, "noun": 0.5, "relation": 0.3, "inside": 0.0,
}  # fmt: skip
_HEADED = re.compile("[往去朝向]$")
_LONG_NAME = 5
"""Characters of a known name that stands in no other by chance."""
_NO_NAME = re.compile(
    r"(?:靠近?|临近?|挨着?|紧邻|毗邻|紧挨着?|地处|位于|坐落于?|[一-龥]{1,2}家|大[爷妈姐哥]|师傅|阿姨|小区|社区|住址|地址|地点|位置|[您你]好|快递柜|楼道|门口|物业|业主)+"
)
_CLAUSE = re.compile(
    r"(?:^|[,，。!！?？;；:：\s、]|在|住|我家是?|我们|位于|地址是?|这里是|我是|咱们|从|(?<![一-龥])[还也就都]是)+"
)
_STRONG = re.compile(rf"(?:{grammar._ESTATE_WORDS})$")
# A clause that tells only the office of a spot told before it.
_ADMIN_ALONE = re.compile(r"[,，。;；\s](?:它|那儿|那边|这边|都|也)?(?:是|属于?|归|在|就是|就在)?$")
_OF_IT = re.compile(r"(?:那边|这边|那儿|这儿)?(?:的|管)?(?:[,，。;；！!\s]|$)")
# What "where?" is answered with by who means a kind of place, not the one of that name.
_HOUSING = frozenset({"平房", "新村", "果园", "温泉"})


@lru_cache(maxsize=READ_BEFORE)
def find_place(text: str) -> Place | None:
    """The place of the matter that ``text`` tells of, or None when it names none.

    Several places in one message are ranked: a full address before a mention, "住在" before "上班在".
    """
    return find_heard(smooth(normalise(text)))


def find_heard(said: Normalised, *, asked: bool = False) -> Place | None:
    """As :func:`find_place`, for a clean text: as it is written, and if that tells no district, as it sounds.

    What answers "where?" (``asked``) may name what no list has: 看丹街道，御景澜山.
    """
    gazetteer = get_gazetteer()
    if (turned := turned_round(said, gazetteer)) is not None:
        found = find_in(normalise(turned.text), gazetteer, asked=True)
        if found is not None and found.district:
            return replace(found, span=said.original_span(turned.start, turned.end))
    written = find_in(said, gazetteer, asked=asked)
    if written is not None and (written.district or written.elsewhere or written.candidates):
        return written
    repaired = get_hearing().repair(said.text)
    if repaired == said.text:
        return written
    heard = find_in(Normalised(repaired, said.original, said.offsets), gazetteer, asked=asked)
    if heard is None or heard.district is None or heard.elsewhere:
        return written
    return replace(heard, district_source="inferred", street_source="inferred" if heard.street else None)


def find_in(said: Normalised, gazetteer: Gazetteer, *, asked: bool = False) -> Place | None:
    """As :func:`find_place`, for a text that is already clean."""
    text = said.text
    if not text.strip():
        return None
    reader = Reader(text, gazetteer.find(text), gazetteer, asked=asked)
    chains = _chains(reader)
    mentioned = _mentioned_district(chains, text)
    ranked = sorted(chains, key=lambda chain: _score(chain, text), reverse=True)
    best = next((chain for chain in ranked if _tells(chain, text, gazetteer, asked=asked)), None)
    if best is None:
        if outside := find_elsewhere(said, reader):
            return outside
        if mentioned is not None:
            return _only_district(said, mentioned)
        return _vague_alone(said)
    best = _told_apart(best, ranked, text)
    also = mentioned if mentioned is not None and mentioned is not best and not best.district else None
    also_said = also.district.entries[0].district if also is not None and also.district else None
    resolved = resolve(best, text, gazetteer, also_said)
    if resolved.district is None and not best.street and (outside := find_elsewhere(said, reader)):
        return outside
    return place_of(said, best, resolved)


def _chains(reader: Reader) -> list[Chain]:
    """All addresses in the text, left to right, none inside another."""
    text = reader.text
    starts = {
        position: True
        for position, hits in reader.hits.items()
        if any(
            _may_start(hit.entries[0].kind, hit.end - hit.start)
            or any(_may_start(e.kind, hit.end - hit.start) for e in hit.entries)
            for hit in hits
        )
    }
    for found in _CLAUSE.finditer(text):
        starts.setdefault(found.end(), False)
    chains: list[Chain] = []
    covered = 0
    for position in sorted(starts):
        if position < covered or position >= len(text):
            continue
        if chain := reader.chain_at(position):
            if not starts[position] and not _strong(chain, text):
                continue
            if not starts[position] and any(
                _names_admin(reader, inside) for inside in range(position + 1, chain.end)
            ):
                continue
            if not starts[position] and _swallows(reader, chain):
                continue
            chains.append(chain)
            covered = chain.end
    return chains


def _swallows(reader: Reader, chain: Chain) -> bool:
    """Whether the shape of an estate took in common words before a long known name: 靠近望京西园四区, 妈妈家望京西园四区."""
    first = chain.details[0] if chain.details else None
    if first is None or first.entries or first.kind != "estate":
        return False
    kinds: frozenset[Kind] = frozenset({"community", "landmark"})
    return any(
        reader.known(inside, kinds, shortest=_LONG_NAME)
        and _NO_NAME.fullmatch(reader.text, first.start, inside)
        for inside in range(first.start + 1, first.end)
    )


def _names_admin(reader: Reader, position: int) -> bool:
    """Whether a district or a street in full begins at ``position``."""
    return reader.known(position, frozenset({"district", "district_stem", "street"})) is not None


def _may_start(kind: str, length: int) -> bool:
    return kind != "elsewhere" and (kind != "community" or length >= 3)


def _strong(chain: Chain, text: str) -> bool:
    """Whether a chain without any known name is an address by its shape alone."""
    if chain.district or chain.street or (chain.told and chain.details):
        return True
    if not chain.details:
        return False
    first = chain.details[0]
    word = text[first.start : first.end]
    numbered = any(detail.kind == "numbered" for detail in chain.details[1:])
    if first.kind == "numbered":
        return numbered
    if first.kind == "estate":
        return numbered or (len(word) >= 4 and bool(_STRONG.search(word)))
    if first.kind == "village":
        return len(word) >= 3
    if first.kind == "road":
        return numbered or len(chain.details) > 1
    return False


def _score(chain: Chain, text: str) -> float:
    score = 0.0
    if chain.district:
        score += 4.0 if chain.district.full else 3.0
    if chain.street:
        score += 6.0
    elif not chain.district and chain.details and chain.details[0].kind == "numbered":
        score -= 3.0  # 住2栋1单元: any named place tells more
    score += min(9.0, sum(_WEIGHT[detail.kind] for detail in chain.details))
    before = text[: chain.start]
    if grammar.BOUND_FOR.search(before):
        score -= 6.0
    elif grammar.NOT_HERE_BEFORE.search(before):
        score -= 3.0
    elif grammar.HERE_BEFORE.search(before):
        score += 1.0
    return score - 0.01 * chain.start


def _tells(chain: Chain, text: str, gazetteer: Gazetteer, *, asked: bool = False) -> bool:
    """Whether the chain says where, beyond a bare district or an everyday word."""
    if only_registered(text, chain.start, chain.end) or only_somebody(text, chain.start, chain.end):
        return False
    if _HEADED.search(text[: chain.start]) and text.startswith("方向", chain.end):
        return False  # 公交站往黄村方向
    if chain.street:
        return True
    if not chain.details:
        return False
    first = chain.details[0]
    if chain.district:
        if _of_any(chain, text):
            return False
        return first.kind not in {"relation", "inside", "noun", "numbered"}
    if text[first.start : first.end] in gazetteer.everyday:
        here = bool(grammar.HERE_BEFORE.search(text[: chain.start])) or chain.start == 0
        answers = asked and first.start == 0 and first.end == len(text) and text not in _HOUSING
        return here and ((len(chain.details) > 1 and chain.fine) or answers)
    return True


def _told_apart(best: Chain, ranked: list[Chain], text: str) -> Chain:
    """``best``, or the spot told before it of which it only tells the street: 住饶乐府村，…，房山城关街道的."""
    if best.details or best.street is None or not _ADMIN_ALONE.search(text[: best.start]):
        return best
    if not _OF_IT.match(text, best.end):
        return best
    of_district = {entry.district for entry in best.street.entries}
    for spot in ranked:
        if spot.end > best.start or spot.district or spot.street or not spot.fine:
            continue
        if grammar.NOT_HERE_BEFORE.search(text[: spot.start]) or grammar.BOUND_FOR.search(text[: spot.start]):
            continue
        known = [entry for detail in spot.details for entry in detail.entries]
        if known and not any(entry.district in of_district for entry in known):
            continue
        return replace(spot, district=best.district, street=best.street, separated=True)
    return best


def _of_any(chain: Chain, text: str) -> bool:
    """Whether all that stands behind the district is "of some hospital": 西城区的医院."""
    only = chain.details[0]
    return (
        len(chain.details) == 1
        and text[only.start - 1] == "的"
        and grammar.GENERIC_POI.fullmatch(text, only.start, only.end) is not None
    )


def _mentioned_district(chains: list[Chain], text: str) -> Chain | None:
    """The first chain that names a district, and not only where a journey goes."""
    return next(
        (
            chain
            for chain in chains
            if chain.district
            and not grammar.BOUND_FOR.search(text[max(0, chain.start - 4) : chain.start])
            and not only_somebody(text, chain.start, chain.end)
        ),
        None,
    )


def _only_district(said: Normalised, chain: Chain) -> Place | None:
    admin = chain.district
    if admin is None or said.text.startswith(("注册", "户籍"), admin.end):
        return None
    return Place(
        text=None,
        span=said.original_span(admin.start, admin.end),
        district=admin.entries[0].district,
        precision="area",
        district_source="said" if admin.full else "inferred",
    )


def _vague_alone(said: Normalised) -> Place | None:
    found = grammar.VAGUE_ALONE.search(said.text)
    if not found:
        return None
    start, end = found.span()
    return Place(text=said.quote(start, end), span=said.original_span(start, end), precision="vague")
