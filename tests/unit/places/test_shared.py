"""What a shared location tells: its label, the boundaries around it, both, or nothing but where it is."""

from __future__ import annotations

from typing import Any

import pytest

from actions.complaint.wording import place_in_words
from bot.places import SharedPlace, read_shared, resolve_shared
from bot.places.boundaries import Boundaries
from tests.unit.places.test_boundaries import SQUARE, YARD, city, feature

AREAS = city(feature([SQUARE], district="朝阳区"), feature([YARD], district="朝阳区", street="望京街道"))
PIN = (39.5, 116.5)


def shared(label: str = "", at: tuple[float, float] = PIN) -> SharedPlace:
    return SharedPlace(*at, "wgs84", label)


def test_a_label_tells_district_and_road() -> None:
    place = resolve_shared(shared("北京市朝阳区望京街10号"), Boundaries())
    assert place is not None
    assert (place.district, place.district_source, place.road) == ("朝阳区", "inferred", "望京街")
    assert place_in_words(place) == "朝阳区望京街10号"


def test_the_name_of_a_shop_is_not_lost_for_the_street_it_stands_in() -> None:
    place = resolve_shared(shared("麦当劳(望京店)"), Boundaries())
    assert place is not None
    assert place.text == "麦当劳(望京店)"
    assert (place.district, place.precision) == ("朝阳区", "specific")


def test_a_point_alone_tells_district_and_street_where_boundaries_are() -> None:
    place = resolve_shared(shared(), AREAS)
    assert place is not None
    assert (place.district, place.street, place.precision) == ("朝阳区", "望京街道", "area")
    assert {place.district_source, place.street_source} == {"inferred"}


def test_a_point_without_boundaries_and_label_has_to_be_asked_in_words() -> None:
    assert resolve_shared(shared(), Boundaries()) is None
    assert resolve_shared(shared(at=(41.0, 116.5)), AREAS) is None


def test_label_and_boundaries_together_and_the_point_is_right() -> None:
    place = resolve_shared(shared("望京花园东区3号楼"), AREAS)
    assert place is not None
    assert (place.text, place.street, place.precision) == ("望京花园东区3号楼", "望京街道", "specific")
    elsewhere = resolve_shared(shared("中关村大街27号"), AREAS)
    assert elsewhere is not None
    assert (elsewhere.district, elsewhere.street) == ("朝阳区", "望京街道")


def test_the_point_is_kept_with_its_system() -> None:
    pin = read_shared({"location": {"latitude": 39.989, "longitude": "116.481", "system": "gcj02"}})
    assert pin is not None
    assert pin.in_words == "定位 39.98900,116.48100（GCJ-02）"
    assert pin.as_json() == {"latitude": 39.989, "longitude": 116.481, "system": "gcj02"}


@pytest.mark.parametrize(
    "location",
    [
        None,
        "39,116",
        {},
        {"latitude": 39},
        {"latitude": 39, "longitude": 116},
        {"latitude": "nan", "longitude": 116, "system": "wgs84"},
        {"latitude": 139, "longitude": 116, "system": "wgs84"},
        {"latitude": 0, "longitude": 0, "system": "wgs84"},
        {"latitude": 39, "longitude": 116, "system": "bd09"},
        {"latitude": None, "longitude": [], "system": "wgs84"},
    ],
)
def test_what_is_no_location(location: Any) -> None:
    assert read_shared({"location": location}) is None
