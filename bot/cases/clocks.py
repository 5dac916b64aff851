"""The clocks of cases; they live in :mod:`bot.clocks`, which dispatch reads too."""

from bot.clocks import Clocks, Limit, default_clocks, load_clocks

__all__ = ["Clocks", "Limit", "default_clocks", "load_clocks"]
