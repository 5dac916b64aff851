"""What actions are given to work with, built once by ``serve``."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dispatch import Dispatcher
from bot.knowledge import KnowledgeBase
from bot.settings import Settings
from bot.storage import Database
from bot.storage.sealing import Vault
from bot.understanding import Understander


@dataclass(frozen=True, slots=True)
class Services:
    """The process's parts an action may use."""

    settings: Settings
    database: Database
    vault: Vault
    understander: Understander
    dispatcher: Dispatcher
    knowledge: KnowledgeBase
