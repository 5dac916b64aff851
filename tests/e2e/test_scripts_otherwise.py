"""Whole conversations said otherwise (:mod:`tests.dialogue.otherwise`) file the same cases, on a system that has none yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dialogue.otherwise import said_otherwise
from tests.e2e.test_scripts import problems, read_scripts
from tests.support.engine_process import PYTHON
from tests.support.running_system import RunningSystem, running_system

pytestmark = [pytest.mark.system, pytest.mark.engine, pytest.mark.timeout(900)]

OTHERWISE = [said_otherwise(script, number) for number, script in enumerate(read_scripts())]
MOST = len(OTHERWISE) // 50
"""Conversations that may end otherwise: a category on its edge falls to the other side without its comma."""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """A system of its own: on one that knows these matters already the talk would go another way."""
    if not PYTHON.exists():
        pytest.skip("There is no engine environment (make setup): tests of the whole system are left out.")
    with running_system(tmp_path_factory.mktemp("otherwise")) as started:
        yield started


def test_nearly_all_file_the_same_cases(fresh: RunningSystem, tmp_path: Path) -> None:
    path = tmp_path / "otherwise.jsonl"
    lines = [{key: value for key, value in script.items() if key != "expect"} for script in OTHERWISE]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    done = fresh.suda("chat", "--script", str(path), timeout=850)
    assert done.returncode == 0, done.stderr[-2000:]
    played: dict[str, dict[str, Any]] = {
        outcome["id"]: outcome for outcome in map(json.loads, done.stdout.splitlines())
    }
    different = {
        script["id"]: (found, [turn["user"] for turn in played[script["id"]]["turns"]])
        for script in OTHERWISE
        if (found := problems(played[script["id"]], script["expect"]))
    }
    assert len(different) <= MOST, different
