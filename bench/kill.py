"""Many turns with the worker killed in the middle: is any message or case lost or doubled, for citizens and in the tables?"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from dataclasses import dataclass
from typing import Any

import aiohttp
import psycopg

from bench.crowd import Crowd
from bench.installation import Started
from bot.storage import libpq_url
from serve.places import database_url
from serve.session import Caller
from serve.supervisor.instance import find_running

RESTART_WITHIN = 60.0

# Everything in the tables belongs to the crowd, because the data folder is its own.
QUESTIONS = {
    "messages not answered": "SELECT count(*) FROM inbox WHERE state <> 'answered'",
    "messages without exactly one answer": """
        SELECT count(*) FROM (
            SELECT inbox.id FROM inbox LEFT JOIN outbox ON outbox.inbox_id = inbox.id AND outbox.seq = 0
             GROUP BY inbox.id HAVING count(outbox.id) <> 1) AS wrong""",
    "turns the engine took twice": """
        SELECT count(*) FROM (SELECT inbox_id FROM engine_turn GROUP BY inbox_id HAVING count(*) > 1) AS twice""",
    "citizens with two cases": """
        SELECT count(*) FROM (SELECT citizen_id FROM case_ GROUP BY citizen_id HAVING count(*) > 1) AS twice""",
    "jobs left": "SELECT count(*) FROM procrastinate_jobs WHERE queue_name IN ('turns', 'delivery')",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        turns: Messages that citizens said.
        cases: Receipts that citizens got.
        unfinished: Conversations that ended without a case: what the dialogue did not understand, nothing lost.
        slowest: Seconds that the slowest reply took: somebody waited for the new worker.
        faults: What may not be -> how often it was.
    """

    turns: int
    cases: int
    unfinished: int
    slowest: float
    faults: dict[str, int]


async def run(started: Started, *, citizens: int, turns: int) -> Outcome:
    """Let citizens talk for ``turns`` turns, kill the worker at half of them, and count."""
    async with Caller.of(started.settings, started.running.url) as caller:
        crowd = Crowd(caller)
        killer = asyncio.create_task(_kill_at(started, crowd, turns // 2))
        await crowd.talk(citizens, lambda: len(crowd.latencies) >= turns, finish=True)
        await killer
        faults = await _ask_citizens(crowd)
    faults |= await asyncio.to_thread(_ask_tables, started, crowd)
    return Outcome(
        len(crowd.latencies),
        sum(one.number is not None for one in crowd.conversations),
        crowd.unfinished,
        max(crowd.latencies),
        faults,
    )


async def _kill_at(started: Started, crowd: Crowd, turn: int) -> None:
    while len(crowd.latencies) < turn:  # noqa: ASYNC110 - a count, looked at a hundred times a second
        await asyncio.sleep(0.01)
    victim = started.running.processes["worker"]
    os.kill(victim, signal.SIGKILL)
    async with asyncio.timeout(RESTART_WITHIN):
        while _worker(started) in (0, victim):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.05)


def _worker(started: Started) -> int:
    running = find_running(started.settings.data_dir)
    return running.processes["worker"] if running else 0


async def _ask_citizens(crowd: Crowd) -> dict[str, int]:
    """What citizens see: their conversation as they remember it, and the one case they have a receipt for."""
    names = ("messages lost", "messages doubled", "answers that differ", "cases lost", "cases doubled")
    faults = dict.fromkeys(names, 0) | {
        "refused or unanswered": crowd.errors,
        "silent": crowd.silent,
    }
    for conversation in crowd.conversations:
        cases = await crowd.caller.cases(conversation.sender, [])
        numbers = [case["case_number"] for case in cases]
        expected = [conversation.number] if conversation.number else []
        faults["cases lost"] += len(set(expected) - set(numbers))
        faults["cases doubled"] += max(0, len(numbers) - len(expected))
        lines = await _history(crowd.caller, conversation.sender)
        said = Counter(line["message_id"] for line in lines if line["from"] == "citizen")
        for message_id, replies in conversation.heard.items():
            faults["messages lost"] += said[message_id] == 0
            faults["messages doubled"] += said[message_id] > 1
            told = [
                line["text"]
                for line in lines
                if line["from"] == "bot" and line.get("message_id") == message_id
            ]
            faults["answers that differ"] += told != [reply.text for reply in replies]
    return faults


async def _history(caller: Caller, sender: str) -> list[dict[str, Any]]:
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": caller.key}, trust_env=False) as http,
        http.get(f"{caller.url}/api/chat/history", params={"sender_id": sender}) as response,
    ):
        response.raise_for_status()
        lines: list[dict[str, Any]] = (await response.json())["messages"]
        return lines


def _ask_tables(started: Started, crowd: Crowd) -> dict[str, int]:
    """What is stored."""
    said = sum(len(one.heard) for one in crowd.conversations)
    cases = sum(one.number is not None for one in crowd.conversations)
    with psycopg.connect(libpq_url(database_url(started.settings))) as connection:

        def count(question: str) -> int:
            row = connection.execute(question.encode()).fetchone()
            return int(row[0]) if row else 0

        faults = {name: count(question) for name, question in QUESTIONS.items()}
        faults["messages stored too few or too many"] = abs(count("SELECT count(*) FROM inbox") - said)
        faults["cases stored too few or too many"] = abs(count("SELECT count(*) FROM case_") - cases)
    return faults
