"""The rules say what follows what: Rasa's own test of the stories in ``tests/dialogue``, and of what the domain names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from actions.server import ACTIONS
from bot.settings import PROJECT
from tests.support.engine_process import NO_ENGINE, PYTHON

RESPONSES = yaml.safe_load((PROJECT / "nlu" / "responses.yml").read_text(encoding="utf-8"))["responses"]
DOMAIN = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))


def spoken() -> set[str]:
    """Names of responses that the actions utter, as far as they stand in the code as words."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "actions").rglob("*.py"))
    return set(re.findall(r'"(utter_[a-z_]+[a-z])"', code))


def test_every_sentence_the_actions_say_is_worded() -> None:
    assert spoken() - set(RESPONSES) == set()


@pytest.mark.parametrize("question", ["description", "place", "occurred", "contact", "confirmed"])
def test_every_question_can_be_explained(question: str) -> None:
    assert f"utter_why_{question}" in RESPONSES


def test_every_action_of_the_domain_is_served() -> None:
    served = {action.name(action.__new__(action)) for action in ACTIONS}
    assert served == set(DOMAIN["actions"])


def test_every_intent_is_taught_and_tested() -> None:
    taught = intents_of(*sorted((PROJECT / "nlu" / "intents").glob("*.yml")))
    tested = intents_of(PROJECT / "tests" / "nlu_unseen.yml")
    assert set(taught) == set(DOMAIN["intents"]) - {"nlu_fallback"}
    assert set(tested) == set(taught)


def test_no_unseen_example_was_taught() -> None:
    taught = intents_of(*sorted((PROJECT / "nlu" / "intents").glob("*.yml")))
    tested = intents_of(PROJECT / "tests" / "nlu_unseen.yml")
    assert {text for texts in tested.values() for text in texts} & {
        text for texts in taught.values() for text in texts
    } == set()


def intents_of(*files: Path) -> dict[str, list[str]]:
    """Intent -> its examples."""
    found: dict[str, list[str]] = {}
    for file in files:
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            examples = [line.removeprefix("- ").strip() for line in block["examples"].splitlines()]
            found.setdefault(block["intent"], []).extend(examples)
    return found


@pytest.mark.engine
@pytest.mark.slow
def test_stories_go_as_told(tmp_path: Path) -> None:
    """Starts Rasa, which takes its time."""
    if not PYTHON.exists():
        pytest.skip(NO_ENGINE)
    quiet = {
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    environment = {**os.environ, **quiet}
    trained = subprocess.run(
        [PYTHON, "-m", "engine.train"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=True,
    )
    stories = tmp_path / "stories"
    stories.mkdir()
    shutil.copy(PROJECT / "tests" / "dialogue" / "test_flow.yml", stories)
    command: list[str | Path] = [
        PYTHON.with_name("rasa"),
        "test",
        "core",
        "--model",
        trained.stdout.splitlines()[-1],
    ]
    command += ["--stories", stories, "--out", tmp_path / "out", "--fail-on-prediction-errors", "--no-plot"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={
            **environment,
            "PYTHONPATH": str(PROJECT),  # the pipeline has a component of ours
            "SUDA_ACTIONS_URL": "http://127.0.0.1:9",
            "SUDA_ENGINE_SECRET": "not used by stories",
        },
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1500:]
