"""The system's numbers for Prometheus: few names, few labels, every label from a closed list, nothing about a person.

Counted where it happens, shown at ``/metrics``. App and worker may be one process or several: with
``PROMETHEUS_MULTIPROC_DIR`` set (the supervisor sets it) they share their numbers through files there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

CHANNELS = frozenset({"web", "api", "terminal", "wechat", "telegram", "voice"})
STEPS = frozenset(
    {"accept", "wait", "engine", "action", "understand", "ask", "embed", "store", "deliver", "turn"}
)
OUTCOMES = frozenset({"answered", "failed", "refused", "retried"})
KINDS = {
    "咨询": "consult",
    "求助": "help",
    "投诉": "complaint",
    "举报": "report",
    "建议": "suggestion",
    "表扬": "praise",
}
"""Kind of a case -> its label; labels are ASCII so that every dashboard can show them."""

_CODE = re.compile(r"^[A-Za-z][A-Za-z0-9_.]{0,39}$")
_MOST_CODES = 100
_codes: set[str] = set()
_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0)

TURNS = Counter("suda_turns", "Citizens' messages that were brought to an end.", ["channel", "outcome"])
REPLIES = Counter("suda_replies", "Things the bot said.", ["channel"])
STEP_SECONDS = Histogram("suda_step_seconds", "Time a step of a turn took.", ["step"], buckets=_BUCKETS)
ERRORS = Counter("suda_errors", "What went wrong, by code.", ["code"])
CASES = Counter("suda_cases_filed", "Cases filed, by kind.", ["kind"])
REQUESTS = Counter(
    "suda_http_requests", "Requests answered, by route and class of status.", ["route", "status"]
)
QUEUE_DEPTH = Gauge("suda_queue_depth", "Messages waiting for their turn.", multiprocess_mode="mostrecent")
QUEUE_AGE = Gauge(
    "suda_queue_age_seconds", "Age of the oldest message that waits.", multiprocess_mode="mostrecent"
)
CALLS_WAITING = Gauge(
    "suda_calls_waiting",
    "Hotline calls that are not decided: open (being told or heard), draft (waits for a clerk), empty.",
    ["state"],
    multiprocess_mode="mostrecent",
)
CALLS_AGE = Gauge(
    "suda_calls_age_seconds", "Age of the oldest call that waits for a clerk.", multiprocess_mode="mostrecent"
)
PROCESS_CPU = Gauge(
    "suda_process_cpu_seconds", "CPU time of each process.", ["process"], multiprocess_mode="mostrecent"
)
PROCESS_MEMORY = Gauge(
    "suda_process_resident_bytes", "Memory of each process.", ["process"], multiprocess_mode="mostrecent"
)


def label(value: str, known: frozenset[str]) -> str:
    """The value when it is in the list, else ``other``."""
    return value if value in known else "other"


def turn_ended(channel: str, outcome: str, replies: int = 0) -> None:
    """Count a message that was brought to an end, and what was said to it."""
    shown = label(channel, CHANNELS)
    TURNS.labels(shown, label(outcome, OUTCOMES)).inc()
    if replies:
        REPLIES.labels(shown).inc(replies)


def case_filed(kind: str | None) -> None:
    """Count a case."""
    CASES.labels(KINDS.get(kind or "", "other")).inc()


def error_happened(code: str) -> None:
    """Count an error by its code: an identifier, never a message. What does not look like one counts as ``other``."""
    if not _CODE.match(code) or (code not in _codes and len(_codes) >= _MOST_CODES):
        code = "other"
    _codes.add(code)
    ERRORS.labels(code).inc()


@contextmanager
def step(name: str) -> Iterator[None]:
    """Measure the time the block takes, also when it fails."""
    began = time.perf_counter()
    try:
        yield
    finally:
        STEP_SECONDS.labels(label(name, STEPS)).observe(time.perf_counter() - began)
