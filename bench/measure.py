"""One measurement: so many citizens for so many seconds, and what the system used meanwhile."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

from bench.crowd import Crowd
from bench.processes import Usage, cpu_of, usage
from serve.session import Caller
from serve.supervisor.instance import Running


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured.

    Attributes:
        citizens: At the same time.
        turns: Messages answered.
        turns_per_second: By the wall clock, which other work on the machine slows.
        p50: Milliseconds from saying to hearing; half of the turns were faster.
        p95: The same for 95 of 100.
        p99: The same for 99 of 100.
        errors: Refused, or unanswered for a minute.
        silent: Answered with nothing.
        cases: Filed.
        unfinished: Conversations that ended without a case.
        cpu_ms: Milliseconds of CPU a turn, by part of the system; empty for a system elsewhere.
        load: Load average of the machine at the end.
    """

    citizens: int
    turns: int
    turns_per_second: float
    p50: float
    p95: float
    p99: float
    errors: int
    silent: int
    cases: int
    unfinished: int
    cpu_ms: dict[str, float]
    load: float

    def as_json(self) -> dict[str, Any]:
        """One object; numbers rounded to what they are worth."""
        return {
            "citizens": self.citizens,
            "turns": self.turns,
            "turns_per_s": round(self.turns_per_second, 1),
            "p50_ms": round(self.p50, 1),
            "p95_ms": round(self.p95, 1),
            "p99_ms": round(self.p99, 1),
            "errors": self.errors,
            "silent": self.silent,
            "cases": self.cases,
            "unfinished": self.unfinished,
            "cpu_ms_per_turn": round(sum(self.cpu_ms.values()), 1),
            "cpu_ms_per_turn_by_process": {name: round(value, 2) for name, value in self.cpu_ms.items()},
            "load_average": round(self.load, 1),
        }


async def measure(
    caller: Caller, running: Running | None, *, citizens: int, seconds: float, seed: int
) -> Measurement:
    """Let ``citizens`` talk for ``seconds`` and measure; ``running`` names the processes when they are on this machine."""
    crowd = Crowd(caller, seed)
    before = cpu_of(running) if running else {}
    began = time.monotonic()
    await crowd.talk(citizens, lambda: time.monotonic() - began >= seconds)
    wall = time.monotonic() - began
    after = cpu_of(running) if running else {}
    turns = len(crowd.latencies)
    ordered = sorted(crowd.latencies)

    def percentile(share: float) -> float:
        return 1000 * ordered[min(turns - 1, int(turns * share))]

    return Measurement(
        citizens=citizens,
        turns=turns,
        turns_per_second=turns / wall,
        p50=percentile(0.50),
        p95=percentile(0.95),
        p99=percentile(0.99),
        errors=crowd.errors,
        silent=crowd.silent,
        cases=sum(one.number is not None for one in crowd.conversations),
        unfinished=crowd.unfinished,
        cpu_ms={name: 1000 * (after[name] - before.get(name, 0.0)) / turns for name in after},
        load=os.getloadavg()[0],
    )


def memory(running: Running) -> dict[str, Usage]:
    """Memory of each part now."""
    return usage(running)
