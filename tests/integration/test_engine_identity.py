"""With every patch and the durable store Rasa says and remembers exactly what stock Rasa does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.settings import PROJECT
from tests.support.engine_bot.conversations import conversations
from tests.support.engine_process import BOT, PYTHON, trained_model
from tests.support.ports import free_port

pytestmark = pytest.mark.engine

SEEN_EVENTS = {
    "action", "user", "bot", "slot", "active_loop", "rewind", "undo", "followup", "pause", "reset_slots",
    "session_started", "action_execution_rejected",
}  # fmt: skip
SEEN_ACTIONS = {
    "order_form", "action_submit_order", "action_default_fallback", "action_session_start", "action_back",
    "action_fail", "action_odd", "action_circle", "utter_two", "utter_remind", "utter_stopped",
}  # fmt: skip


@pytest.fixture
def action_server() -> Iterator[str]:
    """The small bot's actions under rasa-sdk, in the app's environment."""
    port = free_port()
    command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "-p", str(port)]
    environment = {**os.environ, "SANIC_HOST": "127.0.0.1", "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(
        command, cwd=BOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                httpx.get(f"{url}/health", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield f"{url}/webhook"
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_patched_and_durable_is_stock(database_url: str, action_server: str, tmp_path: Path) -> None:
    """Slow: 42 conversations on stock Rasa, and again with patches; 40 s of CPU in all."""
    model = trained_model()
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "SUDA_ENGINE_DATABASE_URL": database_url,
        "JIEBA_CACHE": str(model.parent.parent / "cache"),
    }
    runs = {}
    for patches, store in (("none", "memory"), ("all", "postgres")):
        output = tmp_path / f"{patches}.json"
        command = [PYTHON, BOT / "replay.py", "--model", model, "--actions", action_server]
        command += ["--patches", patches, "--store", store, "--output", output]
        with (tmp_path / f"{patches}.log").open("wb") as log:
            runs[output] = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
    try:
        for output, process in runs.items():
            assert process.wait(800) == 0, output.with_suffix(".log").read_text()[-3000:]
    finally:
        for process in runs.values():
            process.kill()
    stock, ours = (json.loads(output.read_text("utf-8")) for output in runs)

    assert len(stock) == len(conversations()) >= 40
    assert _seen(stock, "event") >= SEEN_EVENTS
    assert _seen(stock, "name") >= SEEN_ACTIONS
    for name, turns in stock.items():
        for number, turn in enumerate(turns):
            assert ours[name][number] == turn, f"{name}, turn {number}"
    assert ours.keys() == stock.keys()


def _seen(played: dict[str, list[dict[str, Any]]], key: str) -> set[str]:
    events = (event for turns in played.values() for turn in turns for event in turn["events"])
    return {event[key] for event in events if isinstance(event.get(key), str)}


def test_each_patch_refuses_another_rasa() -> None:
    if not PYTHON.exists():
        pytest.skip("engine/.venv is not there: make it as engine/README.md says.")
    done = subprocess.run(
        [PYTHON, BOT / "refusals.py"], cwd=PROJECT, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found["this_rasa"]) >= {
        "validator", "runner", "nolog", "events", "actions", "applied", "gcfreeze", "session",
    }  # fmt: skip
    assert found["applied_to_another_version"] == []
    assert found["applied_to_other_source"] == []
    assert found["changed_by_refused_patches"] == []


JUDGE = """
import json
from rasa.core.actions.action import RemoteAction
from jsonschema import ValidationError, validate
from engine.patches.validator import is_plain
slot = {"event": "slot", "timestamp": None, "name": "draft", "value": {"matter": ["x"]}}
def has(*events, **rest): return {"events": list(events), "responses": [], **rest}
cases = [has(), has(slot), has(slot, slot | {"timestamp": 1.5}), has(slot, responses=[{"text": "x"}]), {}, {"events": [slot]}]
cases += [has(slot | change) for change in ({"name": 1}, {"name": None}, {"timestamp": "now"}, {"timestamp": True},
    {"event": "slots"}, {"event": "user"}, {"event": 1}, {"metadata": 1}, {"metadata": {}})]
cases += [has({key: slot[key] for key in slot if key != gone}) for gone in slot]
cases += [has("slot"), has(slot, responses=["x"]), has(slot, responses={}), has(slot, responses=None), {"events": None}, [], None]
schema = RemoteAction.action_response_format_spec()
found = []
for case in cases:
    try: validate(case, schema); good = True
    except ValidationError: good = False
    found.append((is_plain(case), good))
print(json.dumps(found))
"""


def test_an_answer_that_is_taken_by_sight_is_one_that_the_schema_takes() -> None:
    if not PYTHON.exists():
        pytest.skip("engine/.venv is not there: make it as engine/README.md says.")
    done = subprocess.run([PYTHON, "-c", JUDGE], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert [True, False] not in found
    assert found.count([True, True]) == 6
