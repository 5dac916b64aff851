"""A stand-in for Telegram over a real socket; see :mod:`tests.support.platforms.telegram.stand_in`."""

from tests.support.platforms.telegram.stand_in import SECRET, TOKEN, TelegramStandIn
from tests.support.platforms.telegram.world import LOAD, Rates, Trouble

__all__ = ["LOAD", "SECRET", "TOKEN", "Rates", "TelegramStandIn", "Trouble"]
