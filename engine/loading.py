"""From files to a processor that takes turns."""

from __future__ import annotations

from pathlib import Path

from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints

from engine.faults import surface_action_failures
from engine.processor import TurnProcessor


def load_processor(model: Path, endpoints_file: Path) -> TurnProcessor:
    """Load a model with the action server and the tracker store of ``endpoints.yml``.

    Raises:
        SystemExit: A file is missing or says what the engine cannot do.
    """
    if not endpoints_file.is_file():
        raise SystemExit(f"There is no {endpoints_file}.")
    endpoints = AvailableEndpoints.read_endpoints(str(endpoints_file))
    if endpoints.action is None or not str(endpoints.action.url).startswith(("http://", "https://")):
        raise SystemExit(f"{endpoints_file} names no action server: set SUDA_ACTIONS_URL.")
    store = TrackerStore.create(endpoints.tracker_store)
    surface_action_failures()
    processor = TurnProcessor(
        model_path=model,
        tracker_store=store,
        lock_store=InMemoryLockStore(),
        generator=NaturalLanguageGenerator.create(endpoints.nlg, None),
        action_endpoint=endpoints.action,
    )
    store.domain = processor.domain
    processor.nlg.responses = processor.domain.responses  # type: ignore[attr-defined]
    return processor


async def warm_up(processor: TurnProcessor) -> None:
    """Understand one sentence, so that the first citizen does not wait for dictionaries to load."""
    await processor.parse_message(UserMessage("你好"))
