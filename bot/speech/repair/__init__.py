"""What the recogniser misheard is put right by what the city knows: places, units, hotline words, numbers."""

from bot.speech.repair.model import Change, Repaired
from bot.speech.repair.repairer import Repairer

__all__ = ["Change", "Repaired", "Repairer"]
