"""What is known about where something happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Precision = Literal["specific", "area", "vague"]
Source = Literal["said", "inferred", "ambiguous"]


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one matter, as far as the words tell.

    Attributes:
        text: The words that name the place, as they were typed; None when only a district was mentioned.
        span: Half-open span of ``text`` in what was typed; of the district's mention when ``text`` is None.
        district: Official name such as ``朝阳区``.
        street: Official name such as ``望京街道`` or ``永定地区``.
        community: Estate, village or community as said, such as ``和畅嘉园``.
        road: Road, lane or bridge as said.
        point: The finest part: building, room, crossing, exit, shop.
        precision: ``specific`` can be visited, ``area`` names only a street, town or district, ``vague`` says
            "a shop near ..." or "our estate".
        district_source: ``said`` in full or confirmed by the street behind it, ``inferred`` from a short form or a
            finer name, ``ambiguous`` when what was said contradicts itself or fits several. None without a district.
        street_source: The same for the street.
        candidates: Other readings as (district, street or empty), best first; for a question back.
        elsewhere: The place lies outside the city, so it is another city's hotline's.
    """

    text: str | None
    span: tuple[int, int]
    district: str | None = None
    street: str | None = None
    community: str | None = None
    road: str | None = None
    point: str | None = None
    precision: Precision = "specific"
    district_source: Source | None = None
    street_source: Source | None = None
    candidates: tuple[tuple[str, str], ...] = ()
    elsewhere: bool = False

    def as_json(self) -> dict[str, str | None]:
        """The object ``location`` of ``suda understand``."""
        return {
            "text": self.text,
            "district": self.district,
            "street": self.street,
            "community": self.community,
            "point": self.point,
        }
