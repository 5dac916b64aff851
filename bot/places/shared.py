"""A location that a citizen shared: what it tells of the place, and what of it is kept."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.places.boundaries import Boundaries
from bot.places.coordinates import System
from bot.understanding.place import Place, answer_place, find_place

LONGEST_LABEL = 120
_PROVINCE = re.compile(r"^(?:中国)?(?:北京市?)+(?=\S)")
_NAMES = {"wgs84": "WGS-84", "gcj02": "GCJ-02"}


@dataclass(frozen=True, slots=True)
class SharedPlace:
    """A point on the map.

    Attributes:
        latitude, longitude: Degrees in ``system``.
        system: ``gcj02`` from maps in mainland China (WeChat), ``wgs84`` from satellites (Telegram, photos).
        label: The map's own words for it, or empty.
    """

    latitude: float
    longitude: float
    system: System
    label: str = ""

    @property
    def in_words(self) -> str:
        """The point with its system, such as ``定位 39.98900,116.48100（WGS-84）``; five places are a metre."""
        return f"定位 {self.latitude:.5f},{self.longitude:.5f}（{_NAMES[self.system]}）"

    def as_json(self) -> dict[str, Any]:
        """What a case keeps: ``{"latitude", "longitude", "system"}``."""
        return {"latitude": self.latitude, "longitude": self.longitude, "system": self.system}


def read_shared(payload: Mapping[str, Any]) -> SharedPlace | None:
    """The location of a message's payload (``payload["location"]``, see :mod:`bot.messages`); None when there is none that can be used."""
    told = payload.get("location")
    if not isinstance(told, Mapping):
        return None
    try:
        latitude, longitude = float(told["latitude"]), float(told["longitude"])
    except (KeyError, TypeError, ValueError):
        return None
    usable = (
        math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    )
    system = told.get("system")
    if not usable or system not in _NAMES or (latitude, longitude) == (0.0, 0.0):
        return None
    return SharedPlace(latitude, longitude, system, str(told.get("label") or "").strip()[:LONGEST_LABEL])


def resolve_shared(shared: SharedPlace, boundaries: Boundaries) -> Place | None:
    """What the location tells, to be confirmed by the citizen: the label's place, district and street where boundaries are known.

    Everything in it is ``inferred``, and where the label and the boundaries name different districts the point is right. None when neither
    says anything: then it has to be asked in words.
    """
    labelled = _of_label(shared.label)
    area = boundaries.find(shared.latitude, shared.longitude, shared.system)
    if area is None:
        return labelled
    if labelled is None or labelled.elsewhere:
        name = shared.label or area.street or area.district
        labelled = Place(text=name, span=(0, len(name)), precision="specific" if shared.label else "area")
    # A street of the label's district that the boundaries do not know so finely is kept.
    street = area.street or (labelled.street if labelled.district == area.district else None)
    return replace(
        labelled,
        district=area.district,
        street=street,
        district_source="inferred",
        street_source="inferred" if street else None,
        candidates=(),
        elsewhere=False,
    )


def _of_label(label: str) -> Place | None:
    """The label as a place: all its words, for the map's name of a shop tells more than the street it stands in."""
    said = _PROVINCE.sub("", label)
    if not said:
        return None
    place = find_place(said) or answer_place(said) or Place(text=said, span=(0, len(said)))
    if place.elsewhere:
        return place
    return replace(
        place,
        text=said,
        span=(0, len(said)),
        precision="specific",
        district_source="inferred" if place.district else None,
        street_source="inferred" if place.street else None,
    )
