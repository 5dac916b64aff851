"""Where a case lies, as far as two cases need to be told to lie at the same place, without keeping the place in the open."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from bot.cases.draft import CaseDraft
from bot.storage.sealing import Vault

_PURPOSE = "place of a case"
_NUMERALS = str.maketrans("零〇一二三四五六七八九两", "001234567892")
_BUILDING = re.compile(
    r"(?P<site>.*?)(?P<building>[0-9a-z]+(?:号楼|栋|幢|座|#楼?|楼(?!上|下|道|里|顶|梯|门)))"
)
_FINER = re.compile(
    r"([0-9]+(单元|层|室|门)|[东南西北前后正]门|门口|楼道|楼下|楼上|[东南西北前后][侧边面]).*$"
)
_AROUND = re.compile(
    r"(的|里面?|内|路边|边|楼下|楼上|附近|旁边?|对面|门口|院内|院里|小区内|周围|这边?|那边?|一带|路段|上)+$"
)
_ADMIN = re.compile(r"^(北京市?|[\u4e00-\u9fff]{1,6}?(街道|地区|镇|乡))")
_NOISE = re.compile(r"[\s，,。.、；;：:（）()\-—]")
_TEN = re.compile(r"(?<![0-9])十(?=[0-9])|(?<=[0-9])十(?=[0-9])|(?<=[0-9])十|十")
LEAST = 3
"""Characters below which a name is too common to tell a place."""


@dataclass(frozen=True, slots=True)
class Site:
    """Keyed hashes of a place, 32 bytes each; None where the place was not said so finely.

    Attributes:
        site: District and estate, road or landmark.
        spot: The same with the building.
    """

    site: bytes | None
    spot: bytes | None


def site_of(draft: CaseDraft, vault: Vault) -> Site:
    """The hashes of a draft's place, under a key that only this installation has."""
    name, building = site_words(draft.place_text or "", draft.district, draft.street)
    if draft.district is None or len(name) < LEAST:
        return Site(None, None)
    key = vault.derive(_PURPOSE)
    site = hmac.digest(key, f"{draft.district}|{name}".encode(), "sha256")
    spot = hmac.digest(key, f"{draft.district}|{name}|{building}".encode(), "sha256") if building else None
    return Site(site, spot)


def site_words(text: str, district: str | None, street: str | None) -> tuple[str, str]:
    """The estate or road, and the building, in one way of writing; empty where not said.

    Args:
        text: The citizen's words for the place.
        district: Official name; it and ``street`` are no part of the estate's name.
        street: Official name.
    """
    said = _NOISE.sub("", text).lower().translate(_NUMERALS)
    said = _TEN.sub(_ten, said)
    for part in (district, street):
        plain = (part or "").translate(_NUMERALS)
        if plain:
            said = said.replace(plain, "", 1)
    said = _ADMIN.sub("", _ADMIN.sub("", said)) or said
    match = _BUILDING.match(said)
    if match is not None and len(match["site"]) >= LEAST - 1:
        return _AROUND.sub("", match["site"]), match["building"].rstrip("#楼号栋幢座")
    return _AROUND.sub("", _FINER.sub("", said) or said), ""


def _ten(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    before = start > 0 and text[start - 1].isdigit()
    after = end < len(text) and text[end].isdigit()
    return "" if before and after else "0" if before else "1" if after else "10"
