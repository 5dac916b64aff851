"""Whole conversations on the running system: what is filed, what is asked, what is said.

Each line of ``tests/dialogue/scripts/*.jsonl`` is a conversation with what is expected of it:

``cases``
    One entry a case, in order; each key must agree: ``location`` by the fields it names, ``occurred`` by the beginnings of its fields, ``content`` and
    ``content_lacks`` by a pattern, ``location_has`` and ``location_lacks`` by their words, ``dispatch_lead`` by the id of the lead unit, any
    other key by its value.
``never``
    Patterns that no word of the bot may hold.
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
from bot.understanding.place import same_office
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.engine, pytest.mark.timeout(900)]

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
    done = system.suda("chat", "--script", str(path), timeout=850)
    assert done.returncode == 0, done.stderr[-2000:]
    return {outcome["id"]: outcome for outcome in map(json.loads, done.stdout.splitlines())}


def test_ids_are_unique() -> None:
    ids = [script["id"] for script in ALL]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("script", ALL, ids=[script["id"] for script in ALL])
def test_conversation(script: dict[str, Any], played: dict[str, dict[str, Any]]) -> None:
    assert not problems(played[script["id"]], script["expect"]), played[script["id"]]["turns"]


def problems(outcome: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """What of a conversation is not as expected; empty when all is."""
    found: list[str] = []
    words = ["\n".join(turn["bot"]) for turn in outcome["turns"]]
    found += [f"turn {number} went unanswered" for number, said in enumerate(words) if not said]
    for turn, pattern in expected.get("says", {}).items():
        if not re.search(pattern, words[int(turn)]):
            found.append(f"turn {turn} does not say {pattern}")
    found += [f"said {one}" for one in expected.get("never", []) if re.search(one, "\n".join(words))]
    if "asked" in expected:
        asked = [name for said in words for name, pattern in QUESTIONS.items() if pattern.search(said)]
        if asked != expected["asked"]:
            found.append(f"asked {asked}, expected {expected['asked']}")
    if len(outcome["cases"]) != len(expected["cases"]):
        return [*found, f"{len(outcome['cases'])} cases, expected {len(expected['cases'])}"]
    for number, (case, wanted) in enumerate(zip(outcome["cases"], expected["cases"], strict=True)):
        found += [f"case {number}: {problem}" for problem in _differences(case, wanted)]
    return found


def _differences(case: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """The fields of a filed case that are not as a script expects."""
    return [
        f"{key} is {_value(case, key)!r}, expected {value!r}"
        for key, value in wanted.items()
        if not _agrees(case, key, value)
    ]


def _value(case: dict[str, Any], key: str) -> Any:
    if key == "dispatch_lead":
        return case["dispatch"]["lead_unit_id"]
    if key in {"location_has", "location_lacks"}:
        return case["location"]["text"]
    return case["content" if key == "content_lacks" else key]


def _agrees(case: dict[str, Any], key: str, value: Any) -> bool:
    found = _value(case, key)
    if key == "occurred":
        return all(str((found or {}).get(name) or "").startswith(str(part)) for name, part in value.items())
    if key == "location":
        return all(
            found.get(name) == part
            or (name == "street" and same_office(found["district"] or "", found.get(name) or "", part))
            for name, part in value.items()
        )
    if key in {"content", "content_lacks"}:
        return (re.search(value, found or "") is not None) is (key == "content")
    if key in {"location_has", "location_lacks"}:
        return (value in (found or "")) is (key == "location_has")
    return bool(found == value)
