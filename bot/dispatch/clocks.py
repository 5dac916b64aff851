"""Until when a case is dispatched and handled: the four classes of domain.md, section 4."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LIMITS: dict[str, tuple[timedelta, timedelta]] = {
    "S0": (timedelta(hours=1), timedelta(hours=2)),
    "S1": (timedelta(hours=2), timedelta(hours=24)),
    "S2": (timedelta(hours=24), timedelta(days=7)),
    "S3": (timedelta(hours=24), timedelta(days=15)),
}
"""Class -> (dispatch within, handle within), in calendar time."""

SAID = {"S0": "2小时", "S1": "24小时", "S2": "7天", "S3": "15天"}
"""How a citizen is told the time to handle."""


@dataclass(frozen=True, slots=True)
class DueTimes:
    """The two clocks of a case, aware: the second runs from the dispatch, at the latest ``dispatch_by``."""

    dispatch_by: datetime
    handle_by: datetime


def due_times(sla_class: str, at: datetime) -> DueTimes:
    """When a case of a class that came in at ``at`` must be dispatched and handled.

    Raises:
        KeyError: there is no such class.
    """
    dispatch, handle = LIMITS[sla_class]
    return DueTimes(dispatch_by=at + dispatch, handle_by=at + dispatch + handle)
