"""Find the place of the matter in what a citizen said."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from bot.understanding.gazetteer import Gazetteer, Kind, get_gazetteer, is_road_like
from bot.understanding.normalise import Normalised, normalise
from bot.understanding.place import grammar
from bot.understanding.place.chain import Reader
from bot.understanding.place.hearing import get_hearing
from bot.understanding.place.model import Place, Precision
from bot.understanding.place.parts import Chain, Detail
from bot.understanding.place.resolve import Resolved, resolve
from bot.understanding.place.spoken import smooth
from bot.understanding.recent import READ_BEFORE

_WEIGHT = {
    "numbered": 2.0, "estate": 3.0, "village": 3.0, "road": 2.5, "junction": 2.5, "poi": 2.0, "generic": 1.0, "water": 1.5,
    "area": 1.5, "vague": 1.5, "noun": 0.5, "relation": 0.3, "inside": 0.0,
}  # fmt: skip
_VAGUE_WORDS = re.compile(r"附近|那边|那一带|一带|那块|某|周边|一个|一家|一处|一套|一所|一条|那家|那个")
_BUILDING = re.compile(r"号[楼院]|[栋幢座]")
_THAT = re.compile(r"那个|这个")
_CLAUSE = re.compile(r"(?:^|[,，。!！?？;；:：\s、]|在|住|我家是?|我们|位于|地址是?|这里是|我是|咱们|从)+")
_STRONG = re.compile(rf"(?:{grammar._ESTATE_WORDS})$")
# Where somebody comes from or is registered is not where the matter is.
_ORIGIN = re.compile(r"(?:户口|户籍|老家|籍贯)(?:是|在|还在|落在)?$")
_OURS: frozenset[Kind] = frozenset({"district", "district_stem", "street", "area", "landmark", "road"})


@lru_cache(maxsize=READ_BEFORE)
def find_place(text: str) -> Place | None:
    """The place of the matter that ``text`` tells of, or None when it names none.

    Several places in one message are ranked: a full address before a mention, "住在" before "上班在".
    """
    return find_heard(smooth(normalise(text)))


def find_heard(said: Normalised) -> Place | None:
    """As :func:`find_place`, for a clean text: as it is written, and if that tells no district, as it sounds."""
    gazetteer = get_gazetteer()
    written = find_in(said, gazetteer)
    if written is not None and (written.district or written.elsewhere or written.candidates):
        return written
    repaired = get_hearing().repair(said.text)
    if repaired == said.text:
        return written
    heard = find_in(Normalised(repaired, said.original, said.offsets), gazetteer)
    if heard is None or heard.district is None or heard.elsewhere:
        return written
    return replace(heard, district_source="inferred", street_source="inferred" if heard.street else None)


def find_in(said: Normalised, gazetteer: Gazetteer) -> Place | None:
    """As :func:`find_place`, for a text that is already clean."""
    text = said.text
    if not text.strip():
        return None
    reader = Reader(text, gazetteer.find(text), gazetteer)
    chains = _chains(reader)
    mentioned = _mentioned_district(chains, text)
    ranked = sorted(chains, key=lambda chain: _score(chain, text), reverse=True)
    best = next((chain for chain in ranked if _tells(chain, text, gazetteer)), None)
    if best is None:
        if outside := _elsewhere(said, reader):
            return outside
        if mentioned is not None:
            return _only_district(said, mentioned)
        return _vague_alone(said)
    also = mentioned if mentioned is not None and mentioned is not best and not best.district else None
    also_said = also.district.entries[0].district if also is not None and also.district else None
    resolved = resolve(best, text, gazetteer, also_said)
    if resolved.district is None and not best.street and (outside := _elsewhere(said, reader)):
        return outside
    return _place(said, best, resolved)


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
            chains.append(chain)
            covered = chain.end
    return chains


def _names_admin(reader: Reader, position: int) -> bool:
    """Whether a district or a street in full begins at ``position``."""
    return reader.known(position, frozenset({"district", "district_stem", "street"})) is not None


def _may_start(kind: str, length: int) -> bool:
    return kind != "elsewhere" and (kind != "community" or length >= 3)


def _strong(chain: Chain, text: str) -> bool:
    """Whether a chain without any known name is an address by its shape alone."""
    if chain.district or chain.street:
        return True
    if not chain.details:
        return False
    first = chain.details[0]
    word = text[first.start : first.end]
    numbered = any(detail.kind == "numbered" for detail in chain.details[1:])
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
    score += min(9.0, sum(_WEIGHT[detail.kind] for detail in chain.details))
    before = text[: chain.start]
    if grammar.BOUND_FOR.search(before):
        score -= 6.0
    elif grammar.NOT_HERE_BEFORE.search(before):
        score -= 3.0
    elif grammar.HERE_BEFORE.search(before):
        score += 1.0
    return score - 0.01 * chain.start


def _tells(chain: Chain, text: str, gazetteer: Gazetteer) -> bool:
    """Whether the chain says where, beyond a bare district or an everyday word."""
    if _ORIGIN.search(text[: chain.start]):
        return False
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
        return here and len(chain.details) > 1 and chain.fine
    return True


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
            if chain.district and not grammar.BOUND_FOR.search(text[max(0, chain.start - 4) : chain.start])
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


def _elsewhere(said: Normalised, reader: Reader) -> Place | None:
    """A place outside the city, when the words say that the matter is there."""
    text = said.text
    for position in sorted(reader.hits):
        hit = reader.known(position, frozenset({"elsewhere"}))
        if hit is None or reader.known(position, _OURS):
            continue
        before = text[:position]
        stated = re.search(r"(?:在|住|老家|我家|我是|我们是|地址是?|^|[,，。])(?:在|是)?$", before)
        if not stated or re.match(
            r"(?:人|户口|户籍|过来|来的|牌照|车牌|的?司机|口音|菜|面馆|话)", text[hit.end :]
        ):
            continue
        end = hit.end
        while following := reader.known(end, frozenset({"elsewhere"})):
            end = following.end
        tail = re.match(
            r"(?:[一-龥]{1,6}?(?:市|区|县|镇|乡|街道|路|街|村|小区|花园|家园|城)){0,4}(?:\d+(?:号楼|号院|号|栋|单元|室))*",
            text[end:],
        )
        end += tail.end() if tail else 0
        return Place(
            text=said.quote(position, end),
            span=said.original_span(position, end),
            precision="specific",
            elsewhere=True,
        )
    return None


def _vague_alone(said: Normalised) -> Place | None:
    found = grammar.VAGUE_ALONE.search(said.text)
    if not found:
        return None
    start, end = found.span()
    return Place(text=said.quote(start, end), span=said.original_span(start, end), precision="vague")


def _place(said: Normalised, chain: Chain, resolved: Resolved) -> Place:
    text = said.text
    start, end = _span(chain, text)
    words = text[start:end]
    return Place(
        text=said.quote(start, end),
        span=said.original_span(start, end),
        district=resolved.district,
        street=resolved.street,
        community=_first(chain, text, ("estate", "village")),
        road=_first(chain, text, ("road",)),
        point=_point(chain, text, end),
        precision=_precision(chain, words),
        district_source=resolved.district_source,
        street_source=resolved.street_source,
        candidates=resolved.candidates,
    )


def _precision(chain: Chain, words: str) -> Precision:
    # "南苑路边上那个服装城" can be found: the speaker means one, and the road or estate before it has a name.
    named = chain.fine and any(detail.kind in {"estate", "village", "road"} for detail in chain.details)
    if _VAGUE_WORDS.search(_THAT.sub("", words) if named else words):
        return "vague"
    if (
        chain.details
        and re.search(r"的?(?:小区|公寓|村|院)$", words)
        and chain.details[-1].kind == "noun"
        and not _first(chain, words, ("estate",))
    ):
        return "vague"
    if not chain.details or all(detail.kind in {"area", "inside"} for detail in chain.details):
        return "area"
    return "specific"


def _first(chain: Chain, text: str, kinds: tuple[str, ...]) -> str | None:
    return next((text[d.start : d.end] for d in chain.details if d.kind in kinds), None)


def _point(chain: Chain, text: str, end: int) -> str | None:
    """From the first detail finer than estate and road to the end."""
    for number, detail in enumerate(chain.details):
        behind = [_BUILDING.search(text, later.start, later.end) for later in chain.details[number + 1 :]]
        if detail.kind in {"vague", "noun"} and any(behind):
            continue  # 那个在建的工地 3号楼: the building is finer
        if detail.kind not in {"estate", "village", "road", "area"}:
            crossing = text[detail.start] == "口" and text[detail.start - 1] in "路街"
            return text[detail.start - crossing : end].lstrip("的 ") or None
    return None


def _span(chain: Chain, text: str) -> tuple[int, int]:
    """Which words to quote: the finest part, with a district or street only where it is needed to be understood."""
    end = chain.end
    street, district, details = chain.street, chain.district, chain.details
    if not details:
        first = street or district
        return (first.start if first else chain.start), end
    first_detail = details[0]
    start = first_detail.start
    if street:
        return (
            start
            if chain.separated or _repeats(street.start, street.end, first_detail, text)
            else street.start
        ), end
    if district is None or chain.separated:
        return start, end
    if first_detail.kind in {"poi"} and grammar.GENERIC_POI.fullmatch(
        text, first_detail.start, first_detail.end
    ):
        return district.start, end
    if district.full:
        return start, end
    if any(detail.kind in {"estate", "village", "numbered"} for detail in details):
        return start, end
    if grammar.HERE_BEFORE.search(text[: chain.start]) and not text[start:end].endswith("站"):
        return district.start, end
    if is_road_like(text[start : first_detail.end]) or first_detail.kind in {
        "road",
        "poi",
        "estate",
        "village",
    }:
        return start, end
    return district.start, end


def _repeats(start: int, end: int, detail: Detail, text: str) -> bool:
    """Whether the detail begins with the street's own stem, so that naming the street again says nothing."""
    stem = re.sub(r"(?:街道办事处|街道办|办事处|街道|地区|镇|乡)$", "", text[start:end])
    stem = re.sub(r"[内外]$", "", stem)
    return len(stem) >= 2 and text.startswith(stem, detail.start)
