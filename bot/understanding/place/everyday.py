"""Names of the gazetteer that are ordinary words too: 北门口 is a village, and any gate to the north."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.understanding.gazetteer import Entry, Gazetteer, Hit

_OWN = re.compile(r"村(?!口)|小区|社区|家属|宿舍|大院|公寓|(?<![门口])\d+号?[楼院栋区]")
_BETWEEN = ",，、 "


def without_everyday(hits: Sequence[Hit], text: str, gazetteer: Gazetteer) -> Iterator[Hit]:
    """``hits`` without communities whose name is an ordinary word (北门口, 飞机场), unless the words are an address.

    They are when their own district or street stands before them, or 村, 小区, 宿舍 or the like behind.
    """
    before: dict[int, list[Entry]] = {}
    for hit in hits:
        before.setdefault(hit.end, []).extend(
            entry for entry in hit.entries if entry.kind.startswith(("district", "street"))
        )
    for hit in hits:
        communities = [entry for entry in hit.entries if entry.kind == "community"]
        if (
            not communities
            or text[hit.start : hit.end] not in gazetteer.everyday
            or _OWN.match(text, hit.end)
        ):
            yield hit
            continue
        admins = before.get(len(text[: hit.start].rstrip(_BETWEEN)), [])
        entries = tuple(
            entry
            for entry in hit.entries
            if entry.kind != "community"
            or any(
                admin.district == entry.district and admin.street in (None, entry.street) for admin in admins
            )
        )
        if entries:
            yield Hit(hit.start, hit.end, entries)
