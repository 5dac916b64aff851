"""A citizen's phone in the browser, the same for every stand-in: a platform gives it a :class:`Phone` and mounts its routes."""

from tests.support.platforms.phone.contract import Line, Phone, Press, WireNote
from tests.support.platforms.phone.routes import phone_routes

__all__ = ["Line", "Phone", "Press", "WireNote", "phone_routes"]
