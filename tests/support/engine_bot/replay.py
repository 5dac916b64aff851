"""Play the conversations in the engine's environment and write replies and events, so that two ways can be compared.

python replay.py --model M --actions URL --patches none|all|name,... --store memory|postgres --output FILE
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

sys.path[:0] = [str(Path(__file__).resolve().parents[3]), str(Path(__file__).resolve().parent)]
warnings.simplefilter("ignore")

import jieba  # noqa: E402
import numpy  # noqa: E402
import structlog  # noqa: E402

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))

from conversations import conversations  # noqa: E402
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage  # noqa: E402
from rasa.core.lock_store import InMemoryLockStore  # noqa: E402
from rasa.core.nlg import TemplatedNaturalLanguageGenerator  # noqa: E402
from rasa.core.processor import MessageProcessor  # noqa: E402
from rasa.core.tracker_store import InMemoryTrackerStore  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402

from engine import patches  # noqa: E402
from engine.sealing import Seal  # noqa: E402
from engine.tracker_store import PostgresTrackerStore  # noqa: E402

jieba.dt.tmp_dir = os.environ.get("JIEBA_CACHE")
_real_time = time.time
_ahead = 0.0
time.time = lambda: _real_time() + _ahead  # type: ignore[assignment]

FLEETING = {"timestamp", "message_id"}


def settled(value: Any) -> Any:
    """A value without what differs from run to run by design: moments and random ids."""
    if isinstance(value, dict):
        return {key: settled(inner) for key, inner in value.items() if key not in FLEETING}
    if isinstance(value, (list, tuple)):
        return [settled(inner) for inner in value]
    return value.item() if hasattr(value, "item") else value


class Player:
    """Plays turns on one processor, in memory or with the durable store."""

    def __init__(self, processor: MessageProcessor, durable: bool) -> None:
        self.processor = processor
        self.durable = durable
        self.seal = Seal(b"0" * 32)
        self.inbox = 0

    async def turn(self, conversation: UUID, step: Any) -> dict[str, Any]:
        """One turn's replies and the conversation's events after it."""
        self.inbox += 1
        numpy.random.seed(self.inbox)  # which of several responses is taken
        output = CollectingOutputChannel()
        if not self.durable:
            await self._take(conversation, step, output)
            tracker = await self.processor.tracker_store.retrieve(str(conversation))
        else:
            store = self.processor.tracker_store
            seq, recorded = await store.recorded_replies(conversation, self.inbox, self.seal)
            assert recorded is None
            with store.open_turn(conversation, self.inbox, self.seal, seq) as turn:
                await self._take(conversation, step, output)
                await store.keep(turn, output.messages)
            if self.inbox % 3 == 0:
                store.recent.take(conversation)  # every third turn begins with a read from the database
            with store.open_turn(conversation, self.inbox, self.seal, seq + 1):
                tracker = await store.retrieve(str(conversation))
            if self.inbox % 3 == 1:
                await self._hold(store, conversation, tracker, seq + 1)
        return {
            "replies": settled(output.messages),
            "events": settled([event.as_dict() for event in tracker.events]),
            "slots": settled(tracker.current_slot_values()),
            "loop": tracker.active_loop_name,
        }

    async def _hold(self, store: PostgresTrackerStore, conversation: UUID, tracker: Any, seq: int) -> None:
        from engine.cache import Held

        store.recent.put(conversation, Held(list(tracker.events), seq, self.seal.mark))

    async def _take(self, conversation: UUID, step: Any, output: CollectingOutputChannel) -> None:
        if isinstance(step, dict):
            tracker = await self.processor.fetch_tracker_and_update_session(str(conversation), output)
            await self.processor.trigger_external_user_uttered(
                step["external"], {"color": "蓝色"}, tracker, output
            )
            return
        metadata = {"inbox_id": self.inbox, "channel": "web"}
        message = UserMessage(step, output, str(conversation), input_channel="web", metadata=metadata)
        await self.processor.handle_message(message)


async def play(options: argparse.Namespace) -> dict[str, list[Any]]:
    """Every conversation's turns."""
    global _ahead
    applied = patches.apply(options.patches)
    assert applied == patches.chosen(options.patches), "a patch refused"
    store: Any = InMemoryTrackerStore(None) if options.store == "memory" else PostgresTrackerStore(None)
    processor = MessageProcessor(
        model_path=options.model,
        tracker_store=store,
        lock_store=InMemoryLockStore(),
        generator=TemplatedNaturalLanguageGenerator({}),
        action_endpoint=EndpointConfig(options.actions),
    )
    store.domain = processor.domain
    processor.nlg.responses = processor.domain.responses
    patches.after_start(applied)
    player = Player(processor, options.store == "postgres")
    played: dict[str, list[Any]] = {}
    for name, steps in conversations().items():
        conversation = uuid5(NAMESPACE_URL, name)
        played[name] = []
        for step in steps:
            if isinstance(step, dict) and "wait" in step:
                _ahead += 60 * float(step["wait"])
                continue
            played[name].append(await player.turn(conversation, step))
    await patches.before_stop(applied)
    if options.store == "postgres":
        await store.tables.close()
    return played


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--model", "--actions", "--patches", "--store", "--output"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()
    played = asyncio.run(play(options))
    Path(options.output).write_text(json.dumps(played, ensure_ascii=False, sort_keys=True), "utf-8")
