"""WGS-84, which satellites give, and GCJ-02, which maps in mainland China must show: told apart and changed into each other.

GCJ-02 shifts points by 300 to 700 m. Its formula is not published officially; this is the reconstruction that map programs use
everywhere (first shown in 2010, "EvilTransform"), on the Krasovsky ellipsoid of 1940.
"""

from __future__ import annotations

import math
from typing import Literal

System = Literal["wgs84", "gcj02"]

_AXIS = 6378245.0
"""Semi-major axis of the Krasovsky ellipsoid, metres."""
_ECCENTRICITY = 0.00669342162296594323
"""Its first eccentricity, squared."""
_EARTH = 6371008.8
"""Mean radius, metres."""
_CLOSE = 1e-9
"""Degrees at which the way back is near enough: a tenth of a millimetre."""


def wgs84_to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """A point as maps in mainland China show it; outside (:func:`is_shifted`) the point itself. Degrees."""
    if not is_shifted(latitude, longitude):
        return latitude, longitude
    north, east = _shift(latitude, longitude)
    return latitude + north, longitude + east


def gcj02_to_wgs84(latitude: float, longitude: float) -> tuple[float, float]:
    """The reverse of :func:`wgs84_to_gcj02`, to less than a centimetre: the shift has no inverse in closed form and is approached."""
    if not is_shifted(latitude, longitude):
        return latitude, longitude
    guess = (latitude, longitude)
    for _ in range(20):
        north, east = _shift(*guess)
        better = (latitude - north, longitude - east)
        if abs(better[0] - guess[0]) < _CLOSE and abs(better[1] - guess[1]) < _CLOSE:
            return better
        guess = better
    return guess


def to_wgs84(latitude: float, longitude: float, system: System) -> tuple[float, float]:
    """A point of either system in WGS-84."""
    return gcj02_to_wgs84(latitude, longitude) if system == "gcj02" else (latitude, longitude)


def is_shifted(latitude: float, longitude: float) -> bool:
    """Whether GCJ-02 moves the point: the rectangle around China that the formula is used for."""
    return 0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres on the ground between two points (latitude, longitude) of one system."""
    first, second = math.radians(one[0]), math.radians(other[0])
    across = math.radians(other[1] - one[1])
    half = (
        math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    )
    return 2 * _EARTH * math.asin(math.sqrt(min(1.0, half)))


def _shift(latitude: float, longitude: float) -> tuple[float, float]:
    """Degrees north and east by which GCJ-02 moves a WGS-84 point."""
    y, x = latitude - 35.0, longitude - 105.0
    root = math.sqrt(abs(x))
    waves = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    angle = math.radians(latitude)
    bend = 1 - _ECCENTRICITY * math.sin(angle) ** 2
    root = math.sqrt(bend)
    metres_north = _AXIS * (1 - _ECCENTRICITY) / (bend * root) * math.pi / 180.0
    metres_east = _AXIS / root * math.cos(angle) * math.pi / 180.0
    return north / metres_north, east / metres_east
