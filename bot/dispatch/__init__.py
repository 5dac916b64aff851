"""Who is responsible for a matter, and why (pure)."""

from bot.dispatch.decision import Decision, PlaceMatch, UnitScore
from bot.dispatch.dispatcher import Dispatcher, Understood
from bot.dispatch.facts import Clarification, Outcome

__all__ = ["Clarification", "Decision", "Dispatcher", "Outcome", "PlaceMatch", "Understood", "UnitScore"]
