"""Districts and streets as areas on the map, where a city has added them: ``content/gazetteer/boundaries.geojson``.

The file is a GeoJSON FeatureCollection (RFC 7946: longitude first, WGS-84) of Polygons and MultiPolygons with the properties
``district`` and, where known, ``street``: official names as in the gazetteer. A member ``"system": "gcj02"`` beside ``features`` says that
its coordinates are GCJ-02; ``"accuracy"`` is how many metres its outlines may be wrong: a point nearer to a border is in neither area.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from bot.errors import ContentError
from bot.places.coordinates import System, to_wgs84, wgs84_to_gcj02

FILE = "boundaries.geojson"
METRES_A_DEGREE = 111_195.0
"""Of latitude."""

Ring = tuple[tuple[float, float], ...]
"""Corners as (longitude, latitude); the last is joined to the first."""


@dataclass(frozen=True, slots=True)
class Area:
    """What a polygon is: a district, or a street in it (None: not known so finely)."""

    district: str
    street: str | None = None


@dataclass(frozen=True, slots=True)
class _Polygon:
    """One outline with its holes, and the box around it (west, south, east, north)."""

    area: Area
    rings: tuple[Ring, ...]
    box: tuple[float, float, float, float]

    def holds(self, x: float, y: float) -> bool:
        west, south, east, north = self.box
        # In a hole the point is inside two rings: an even number of crossings in all.
        return (
            west <= x <= east
            and south <= y <= north
            and sum(inside(ring, x, y) for ring in self.rings) % 2 == 1
        )


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The areas of one city.

    Attributes:
        polygons: In the order of the file.
        system: That of their coordinates.
        accuracy: Metres by which they may be wrong.
    """

    polygons: tuple[_Polygon, ...] = ()
    system: System = "wgs84"
    accuracy: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.polygons)

    def find(self, latitude: float, longitude: float, system: System) -> Area | None:
        """The area a point surely lies in, a street before a district; None when it lies in none or too near to a border."""
        y, x = to_wgs84(latitude, longitude, system)
        if self.system == "gcj02":
            y, x = wgs84_to_gcj02(y, x)
        area = self._area(y, x)
        around = {self._area(*point) for point in _around(y, x, self.accuracy)} if self.accuracy else {area}
        if area is None or {other.district if other else None for other in around} != {area.district}:
            return None
        return area if around == {area} else Area(area.district)

    def _area(self, y: float, x: float) -> Area | None:
        found = [polygon.area for polygon in self.polygons if polygon.holds(x, y)]
        return next((area for area in found if area.street), found[0] if found else None)


def _around(latitude: float, longitude: float, metres: float) -> list[tuple[float, float]]:
    """Sixteen points around one at a distance."""
    north = metres / METRES_A_DEGREE
    east = north / math.cos(math.radians(latitude))
    turns = [2 * math.pi * number / 16 for number in range(16)]
    return [(latitude + north * math.cos(turn), longitude + east * math.sin(turn)) for turn in turns]


def inside(ring: Sequence[tuple[float, float]], x: float, y: float) -> bool:
    """Whether a point lies in a ring: a ray to the east crosses its edges an odd number of times."""
    crossed = False
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed = not crossed
    return crossed


def read_boundaries(content: bytes, name: str) -> Boundaries:
    """The areas of a GeoJSON file; ``name`` is how an error calls it.

    Raises:
        ContentError: It is no such file; says which feature.
    """
    try:
        body = orjson.loads(content)
        features = body["features"]
        system: System = body.get("system", "wgs84")
        accuracy = float(body.get("accuracy", 0))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContentError(f"{name} is no GeoJSON FeatureCollection.") from error
    if system not in ("wgs84", "gcj02"):
        raise ContentError(f"{name}: system is {system!r}, it must be wgs84 or gcj02.")
    polygons: list[_Polygon] = []
    for number, feature in enumerate(features, 1):
        try:
            polygons += _polygons(feature)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ContentError(
                f"{name}, feature {number}: it needs a Polygon or MultiPolygon and the property district."
            ) from error
    return Boundaries(tuple(polygons), system, accuracy)


def _polygons(feature: dict[str, Any]) -> list[_Polygon]:
    properties, geometry = feature["properties"], feature["geometry"]
    area = Area(str(properties["district"]), str(properties["street"]) if properties.get("street") else None)
    pieces = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}[geometry["type"]]
    found = []
    for piece in pieces:
        rings = tuple(tuple((float(point[0]), float(point[1])) for point in ring) for ring in piece)
        xs, ys = zip(*rings[0], strict=True)
        found.append(_Polygon(area, rings, (min(xs), min(ys), max(xs), max(ys))))
    return found


@lru_cache(maxsize=4)
def load_boundaries(content_dir: Path) -> Boundaries:
    """The city's boundaries, read once a process; empty when it has added none.

    Raises:
        ContentError: The file is wrong.
    """
    file = content_dir / "gazetteer" / FILE
    return read_boundaries(file.read_bytes(), file.name) if file.exists() else Boundaries()
