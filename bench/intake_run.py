"""Many turns through inbox, worker and outbox, against the stand-in engine: what they cost, and that none is lost or doubled.

    python bench/intake_run.py                        cost: CPU-ms a message in each process, latency
    python bench/intake_run.py --kill                 2,000 turns, the worker killed in the middle and started again
    python bench/intake_run.py --embedded             the worker inside the asking process

The asking process stands for the app: it accepts each message and waits for its replies, as the web channel does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg
import uvloop

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from bot.intake import Listener, Mailbox, Reception  # noqa: E402
from bot.messages import Incoming  # noqa: E402
from bot.settings import Settings  # noqa: E402
from bot.storage import Database  # noqa: E402
from bot.storage.migrate import upgrade  # noqa: E402
from bot.storage.secrets import get_vault  # noqa: E402
from serve.conversations import WebConversations  # noqa: E402
from serve.embedded_postgres import EmbeddedPostgres  # noqa: E402
from serve.worker import WorkerService  # noqa: E402
from tests.support import stand_in_engine  # noqa: E402
from tests.support.ports import free_port  # noqa: E402

WORK = """
import sys
from bot.settings import Settings
from serve.worker import run_worker
run_worker(Settings(), sys.argv[1])
"""


def cpu(process: psutil.Process, *, family: bool) -> float:
    """Seconds of CPU of a process, with its living children when ``family``."""
    total = 0.0
    for one in [process, *(process.children() if family else ())]:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def start_worker(url: str) -> subprocess.Popen[bytes]:
    """A worker process."""
    return subprocess.Popen([sys.executable, "-c", WORK, url], cwd=PROJECT)  # noqa: S603


@contextmanager
def engine(port: int, journal: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The stand-in engine as a process."""
    process = subprocess.Popen([sys.executable, stand_in_engine.__file__, str(port), str(journal)])  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


async def main() -> int:
    """Run as asked on the command line; 1 when anything was lost or doubled."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=2000)
    parser.add_argument("--citizens", type=int, default=16)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--embedded", action="store_true")
    parser.add_argument("--think", type=float, default=0.02, help="seconds the engine pretends to think")
    parser.add_argument("--one", action="store_true", help="one citizen at a time: latency alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="suda-bench-") as folder:
        port, journal = free_port(), Path(folder) / "engine.jsonl"
        os.environ |= {
            "SUDA_DATA_DIR": folder,
            "SUDA_ENGINE_SECRET": stand_in_engine.SECRET,
            "SUDA_ENGINE_URL": f"http://127.0.0.1:{port}",
        }
        with EmbeddedPostgres(Path(folder)) as server, engine(port, journal) as engine_process:
            upgrade(server.url)
            return await run(options, server, engine_process.pid, journal)


async def run(options: argparse.Namespace, server: EmbeddedPostgres, engine_pid: int, journal: Path) -> int:
    """The citizens' side, the count and the report."""
    settings = Settings()
    vault = get_vault(settings)
    listener = Listener(server.url)
    mailbox = Mailbox(server.url, vault, listener)
    service = WorkerService(settings, server.url, listener=listener) if options.embedded else None
    worker = None if options.embedded else start_worker(server.url)
    latencies: list[float] = []
    unanswered = 0

    async def citizen(conversations: WebConversations, number: int, turns: int, base: str) -> None:
        nonlocal unanswered
        for turn in range(turns):
            begin = time.perf_counter()
            text = f"慢{options.think} 第{number}位市民的第{turn}句话，楼下路灯坏了三天" + "，立案" * (
                turn % 8 == 7
            )
            inbox_id = await conversations.accept(
                Incoming("web", f"citizen-{number}", f"{base}-{number}-{turn}", text, datetime.now(UTC))
            )
            if await conversations.wait_for_replies(inbox_id, 60) is None:
                unanswered += 1
            latencies.append(time.perf_counter() - begin)

    async def everybody(conversations: WebConversations, turns: int, base: str) -> None:
        citizens = 1 if options.one else options.citizens
        await asyncio.gather(*(citizen(conversations, n, turns // citizens, base) for n in range(citizens)))

    async with Database(server.url) as database, listener, mailbox:
        conversations = WebConversations(database, vault, mailbox, Reception(database, vault, mailbox))
        task = asyncio.create_task(service.run()) if service else None
        await everybody(conversations, options.citizens * 10, "warm")
        latencies.clear()
        processes = {
            "app": psutil.Process(),
            "postgres": psutil.Process(server.pid),
            "engine stand-in": psutil.Process(engine_pid),
        }
        if worker:
            processes["worker"] = psutil.Process(worker.pid)
        before = {name: cpu(process, family=name == "postgres") for name, process in processes.items()}
        begin = time.perf_counter()
        busy = asyncio.create_task(everybody(conversations, options.turns, "run"))
        if options.kill and worker:
            while len(latencies) < options.turns // 2:  # noqa: ASYNC110 - a count
                await asyncio.sleep(0.02)
            worker.kill()
            worker.wait()
            worker = start_worker(server.url)
        await busy
        wall = time.perf_counter() - begin
        after = {
            name: cpu(process, family=name == "postgres")
            for name, process in processes.items()
            if process.is_running()
        }
        if service and task:
            service.stop()
            await task
    if worker:
        worker.terminate()
        worker.wait()
    done = len(latencies)
    print(f"{done} turns in {wall:.1f} s, {done / wall:.0f} turns/s")  # noqa: T201
    cuts = statistics.quantiles(latencies, n=100)
    print(  # noqa: T201
        f"latency ms: p50 {cuts[49] * 1e3:.0f}  p95 {cuts[94] * 1e3:.0f}  p99 {cuts[98] * 1e3:.0f}  max {max(latencies) * 1e3:.0f}, of which {options.think * 1e3:.0f} are the engine's"
    )
    if not options.kill:
        for name, seconds in after.items():
            print(f"CPU-ms a turn, {name}: {(seconds - before[name]) / done * 1e3:.2f}")  # noqa: T201
    return check(server.url, journal, unanswered)


def check(url: str, journal: Path, unanswered: int) -> int:
    """Count messages without exactly one set of replies, and turns the engine took twice."""
    with psycopg.connect(url) as connection:

        def count(what: str) -> int:
            row = connection.execute(f"SELECT count(*) FROM {what}".encode()).fetchone()  # noqa: S608 - ours
            return int(row[0]) if row else 0

        lost = count("inbox WHERE state <> 'answered'")
        wrong = count(
            "(SELECT inbox.id FROM inbox LEFT JOIN outbox ON outbox.inbox_id = inbox.id AND seq = 0"
            " GROUP BY inbox.id HAVING count(outbox.id) <> 1) AS wrong"
        )
        left = count("procrastinate_jobs")
    entries = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    doubled = sum(count - 1 for count in Counter(entry["inbox_id"] for entry in entries).values())
    faults = {
        "lost": lost,
        "not one reply set": wrong,
        "doubled at the engine": doubled,
        "jobs left": left,
        "unanswered in time": unanswered,
    }
    print(", ".join(f"{name}: {count}" for name, count in faults.items()))  # noqa: T201
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
