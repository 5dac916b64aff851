"""WGS-84 and GCJ-02: known pairs, there and back, and nothing moved outside China."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.places import gcj02_to_wgs84, metres_between, wgs84_to_gcj02

KNOWN = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),  # Shanghai
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),  # Shenzhen
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),  # Beijing
]
"""WGS-84 and GCJ-02, from the tests of the published programs (googollee/eviltransform)."""

in_china = st.tuples(st.floats(18.0, 53.0), st.floats(74.0, 134.0))
outside = st.one_of(
    st.tuples(st.floats(-90, 0.8), st.floats(-180, 180)),
    st.tuples(st.floats(-90, 90), st.floats(-180, 72.0)),
    st.tuples(st.floats(56, 90), st.floats(-180, 180)),
)


@pytest.mark.parametrize(("satellite", "shown"), KNOWN)
def test_known_pairs(satellite: tuple[float, float], shown: tuple[float, float]) -> None:
    assert metres_between(wgs84_to_gcj02(*satellite), shown) < 0.01
    assert metres_between(gcj02_to_wgs84(*shown), satellite) < 0.01


@given(in_china)
def test_there_and_back_is_less_than_a_metre_and_there_is_some_way(point: tuple[float, float]) -> None:
    there = wgs84_to_gcj02(*point)
    assert metres_between(gcj02_to_wgs84(*there), point) < 1
    assert 5 < metres_between(there, point) < 2000


@given(outside)
def test_outside_china_nothing_is_moved(point: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(*point) == point
    assert gcj02_to_wgs84(*point) == point


def test_a_degree_of_latitude_is_about_111_kilometres() -> None:
    assert metres_between((39.0, 116.0), (40.0, 116.0)) == pytest.approx(111_195, abs=10)
