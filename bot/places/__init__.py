"""Where a pin on a map lies: coordinate systems, boundaries of districts and streets, and what a shared location tells."""

from bot.places.boundaries import Area, Boundaries, load_boundaries
from bot.places.coordinates import System, gcj02_to_wgs84, metres_between, wgs84_to_gcj02
from bot.places.shared import SharedPlace, read_shared, resolve_shared

__all__ = [
    "Area",
    "Boundaries",
    "SharedPlace",
    "System",
    "gcj02_to_wgs84",
    "load_boundaries",
    "metres_between",
    "read_shared",
    "resolve_shared",
    "wgs84_to_gcj02",
]
