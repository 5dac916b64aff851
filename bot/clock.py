"""Time: aware UTC inside, Asia/Shanghai at the edges, one place that reads the machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")
"""The zone in which citizens speak of time."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def in_city(moment: datetime) -> datetime:
    """The same moment as the city's wall clocks show it.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be shown: pass an aware datetime.")
    return moment.astimezone(CITY)
