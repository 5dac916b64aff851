"""Whole conversations on the running system: what is filed, what is asked, what is said.

Each line of ``tests/dialogue/scripts/*.jsonl`` is a conversation with what is expected of it:

``cases``
    One entry a case, in order; each key must agree: ``location`` and ``occurred`` by the fields they name, ``content``,
    ``content_lacks``, ``location_has`` and ``location_lacks`` by their words, ``dispatch_lead`` by the id of the lead unit, any
    other key by its value.
``asked``
    The questions the bot puts, in order, the read-back aside.
``says``
    Turn number -> pattern that the bot's words of that turn hold.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.settings import PROJECT
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.engine]

SCRIPTS = PROJECT / "tests" / "dialogue" / "scripts"
REFERENCE = "2026-11-23T15:00:00+08:00"

QUESTIONS = {
    "place": re.compile(r"在哪里|具体在哪儿|在哪个区|没找到这个地方|没对上|是哪个区"),
    "occurred": re.compile(r"什么时候发生|大概的日子"),
    "contact": re.compile(r"手机号"),
}


def read_scripts() -> list[dict[str, Any]]:
    return [
        {"reference_time": REFERENCE, **json.loads(line)}
        for path in sorted(SCRIPTS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


ALL = read_scripts()


@pytest.fixture(scope="module")
def played(system: RunningSystem, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """All conversations, played once by the command a tester would use."""
    path: Path = tmp_path_factory.mktemp("scripts") / "all.jsonl"
    lines = [{key: value for key, value in script.items() if key != "expect"} for script in ALL]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    done = system.suda("chat", "--script", str(path))
    assert done.returncode == 0, done.stderr[-2000:]
    return {outcome["id"]: outcome for outcome in map(json.loads, done.stdout.splitlines())}


def test_ids_are_unique() -> None:
    ids = [script["id"] for script in ALL]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("script", ALL, ids=[script["id"] for script in ALL])
def test_conversation(script: dict[str, Any], played: dict[str, dict[str, Any]]) -> None:
    outcome, expected = played[script["id"]], script["expect"]
    words = ["\n".join(turn["bot"]) for turn in outcome["turns"]]
    assert all(words), f"A turn went unanswered: {outcome['turns']}"
    for turn, pattern in expected.get("says", {}).items():
        assert re.search(pattern, words[int(turn)]), f"turn {turn}: {words[int(turn)]}"
    if "asked" in expected:
        asked = [name for said in words for name, pattern in QUESTIONS.items() if pattern.search(said)]
        assert asked == expected["asked"], words
    assert len(outcome["cases"]) == len(expected["cases"]), words
    for case, wanted in zip(outcome["cases"], expected["cases"], strict=True):
        check_case(case, wanted)


def check_case(case: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Compare a filed case with what a script expects of it."""
    for key, value in wanted.items():
        if key in {"location", "occurred"}:
            assert {name: (case[key] or {}).get(name) for name in value} == value
        elif key == "dispatch_lead":
            assert case["dispatch"]["lead_unit_id"] == value
        elif key == "content":
            assert value in case["content"]
        elif key == "content_lacks":
            assert value not in case["content"]
        elif key == "location_has":
            assert value in case["location"]["text"]
        elif key == "location_lacks":
            assert value not in case["location"]["text"]
        else:
            assert case[key] == value, key
