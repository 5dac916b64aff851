"""Areas on the map: which one a point lies in, in either coordinate system, and files that are wrong."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ContentError
from bot.places.boundaries import Area, Boundaries, inside, load_boundaries, read_boundaries
from bot.places.coordinates import wgs84_to_gcj02

SQUARE = [[116.0, 39.0], [117.0, 39.0], [117.0, 40.0], [116.0, 40.0], [116.0, 39.0]]
YARD = [[116.4, 39.4], [116.6, 39.4], [116.6, 39.6], [116.4, 39.6], [116.4, 39.4]]


def feature(coordinates: Any, kind: str = "Polygon", **properties: str) -> dict[str, Any]:
    return {"properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def city(*features: dict[str, Any], **more: Any) -> Boundaries:
    return read_boundaries(json.dumps({"features": features, **more}).encode(), "boundaries.geojson")


def test_a_point_in_a_district_and_one_in_none() -> None:
    areas = city(feature([SQUARE], district="朝阳区"))
    assert areas.find(39.5, 116.5, "wgs84") == Area("朝阳区")
    assert areas.find(40.5, 116.5, "wgs84") is None


def test_a_street_counts_before_its_district_whatever_the_order() -> None:
    areas = city(feature([SQUARE], district="朝阳区"), feature([YARD], district="朝阳区", street="望京街道"))
    assert areas.find(39.5, 116.5, "wgs84") == Area("朝阳区", "望京街道")
    assert areas.find(39.1, 116.1, "wgs84") == Area("朝阳区")


def test_a_hole_belongs_to_another() -> None:
    areas = city(feature([SQUARE, YARD], district="朝阳区"), feature([YARD], district="东城区"))
    assert areas.find(39.5, 116.5, "wgs84") == Area("东城区")
    assert city(feature([SQUARE, YARD], district="朝阳区")).find(39.5, 116.5, "wgs84") is None


def test_an_area_in_several_pieces() -> None:
    far = [[x + 2, y] for x, y in SQUARE]
    areas = city(feature([[SQUARE], [far]], "MultiPolygon", district="大兴区"))
    assert areas.find(39.5, 118.5, "wgs84") == areas.find(39.5, 116.5, "wgs84") == Area("大兴区")
    assert areas.find(39.5, 117.5, "wgs84") is None


@pytest.mark.parametrize("drawn", ["wgs84", "gcj02"])
def test_both_systems_find_the_same_area_whichever_it_was_drawn_in(drawn: str) -> None:
    # 200 m inside the western border, which GCJ-02 moves by about 500 m.
    areas = city(feature([SQUARE], district="朝阳区"), system=drawn)
    satellite = (39.5, 116.0024)
    shown = wgs84_to_gcj02(*satellite)
    found = areas.find(*satellite, "wgs84")
    assert found == areas.find(*shown, "gcj02") == Area("朝阳区")
    just_outside = (39.5, 115.998)
    if drawn == "wgs84":
        assert areas.find(*just_outside, "wgs84") is None
        assert areas.find(*just_outside, "gcj02") is None
    else:
        assert areas.find(*just_outside, "wgs84") == Area("朝阳区")  # the map shows it inside


@given(
    st.integers(3, 40), st.floats(0.1, 0.9), st.floats(0, 2 * math.pi), st.floats(1.1, 5), st.floats(0, 6.28)
)
def test_the_ray_agrees_with_the_distance_from_the_centre(
    corners: int, near: float, way: float, far: float, turn: float
) -> None:
    ring = [
        (math.cos(turn + 2 * math.pi * n / corners), math.sin(turn + 2 * math.pi * n / corners))
        for n in range(corners)
    ]
    apothem = math.cos(math.pi / corners)
    assert inside(ring, near * apothem * math.cos(way), near * apothem * math.sin(way))
    assert not inside(ring, far * math.cos(way), far * math.sin(way))


@pytest.mark.parametrize(
    "content",
    [
        b"no json",
        b"[]",
        b'{"features": [{}]}',
        json.dumps({"features": [feature([SQUARE])]}).encode(),
        json.dumps({"features": [feature(SQUARE[0], "Point", district="x")]}).encode(),
        json.dumps({"features": [], "system": "bd09"}).encode(),
        json.dumps({"features": [], "accuracy": "near"}).encode(),
    ],
)
def test_a_wrong_file_says_which_it_is(content: bytes) -> None:
    with pytest.raises(ContentError, match=r"boundaries\.geojson"):
        read_boundaries(content, "boundaries.geojson")


def test_a_city_without_boundaries_has_none(tmp_path: Path) -> None:
    assert not load_boundaries(tmp_path)


def test_a_point_nearer_to_a_border_than_the_outline_is_right_is_in_neither_area() -> None:
    beside = [[x + 1, y] for x, y in SQUARE]
    exact = city(feature([SQUARE], district="朝阳区"), feature([beside], district="通州区"))
    rough = replace(exact, accuracy=700)
    for east, found in ((116.9, "朝阳区"), (116.995, None), (117.005, None), (117.1, "通州区")):
        area = rough.find(39.5, east, "wgs84")
        assert (area.district if area else None) == found
    assert exact.find(39.5, 116.995, "wgs84") == Area("朝阳区")


def test_near_the_border_of_two_streets_the_district_is_sure() -> None:
    west = [[116.0, 39.0], [116.5, 39.0], [116.5, 40.0], [116.0, 40.0]]
    east = [[116.5, 39.0], [117.0, 39.0], [117.0, 40.0], [116.5, 40.0]]
    rough = replace(
        city(
            feature([west], district="朝阳区", street="甲"), feature([east], district="朝阳区", street="乙")
        ),
        accuracy=300,
    )
    assert rough.find(39.5, 116.499, "wgs84") == Area("朝阳区")
    assert rough.find(39.5, 116.49, "wgs84") == Area("朝阳区", "甲")
