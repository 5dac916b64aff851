"""Who is responsible for a matter, and why (pure)."""

from bot.dispatch.decision import Decision, UnitScore
from bot.dispatch.dispatcher import Dispatcher, Understood

__all__ = ["Decision", "Dispatcher", "Understood", "UnitScore"]
