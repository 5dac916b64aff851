"""The one guard every action passes: what goes wrong is logged and said, and nothing told so far is lost."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.carried import guessed, voice
from actions.services import Services
from actions.turn import Turn
from bot.errors import StorageError
from bot.observability import metrics

log = structlog.get_logger(__name__)

Events = list[dict[str, Any]]


class GuardedAction(Action):
    """An action that keeps its promise to the citizen whatever happens inside.

    Rasa swallows an exception of an action and loses its events. Here a failure is logged without personal
    data, the citizen hears an apology, and no event is returned, so every slot stays as it was. Failures of the
    database are passed on: the turn is then taken again as a whole by the worker.
    """

    def __init__(self, services: Services) -> None:
        self.services = services

    @abstractmethod
    def name(self) -> str:
        """The name in ``domain.yml``."""

    @abstractmethod
    async def act(self, turn: Turn) -> Events:
        """Do the work; return Rasa events."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:  # noqa: ARG002
        """Called by rasa-sdk's executor."""
        started = time.perf_counter()
        turn = Turn.of(self.services, dispatcher, tracker)
        try:
            with metrics.step("action"):
                await voice.read_back(turn)
                await guessed.ask_whether(turn)
                events = await self.act(turn)
                guessed.forget(turn)
        except StorageError:
            raise
        except Exception as error:
            metrics.error_happened(f"action_{type(error).__name__}")
            log.exception(
                "action.failed", action=self.name(), inbox_id=turn.inbox_id, error=type(error).__name__
            )
            dispatcher.messages.clear()
            dispatcher.utter_message(response=self.failure())
            return self.after_failure(turn)
        if (talk := turn.memory.changed()) is not None:
            events = [*events, SlotSet("talk", talk)]
        log.debug(
            "action.done",
            action=self.name(),
            inbox_id=turn.inbox_id,
            ms=round(1000 * (time.perf_counter() - started), 1),
        )
        return events

    def failure(self) -> str:
        """The response that apologises."""
        return "utter_apology"

    def after_failure(self, turn: Turn) -> Events:  # noqa: ARG002
        """Events after an apology; a form's validator keeps its question open."""
        return []
