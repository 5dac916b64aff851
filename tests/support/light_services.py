"""What an app is built from where its models are not asked: it starts in a moment."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from actions.services import Services
from bot.settings import Settings
from bot.storage import Database
from bot.storage.secrets import get_vault


def light_services(settings: Settings, database: Database) -> Services:
    """For ``create_app(settings, build=light_services)``."""
    return Services(
        settings=settings,
        database=database,
        vault=get_vault(settings),
        understander=cast("Any", SimpleNamespace(may_be_danger=lambda _text: None)),
        dispatcher=cast("Any", None),
        knowledge=cast("Any", SimpleNamespace(articles=("one",))),
    )
