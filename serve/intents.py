"""How well the engine tells intents on sentences that taught it nothing."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError, ContentError
from bot.settings import PROJECT, Settings
from serve.supervisor import training
from serve.supervisor.engine_box import engine_python

FALLBACK = "nlu_fallback"
"""What an unsure engine says; it asks back instead of guessing."""
OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with the intent it has."""

    intent: str
    text: str


def read_examples(file: Path) -> list[Example]:
    """The examples of a file in Rasa's form.

    Raises:
        ContentError: It is not in that form; says where.
    """
    try:
        blocks = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
        return [
            Example(block["intent"], line.strip()[2:].strip())
            for block in blocks
            for line in block["examples"].splitlines()
            if line.strip().startswith("- ")
        ]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise ContentError(
            f"{file}: not NLU examples. Needed is a list nlu: of intent: and examples: | with a line '- ...' each."
        ) from error


def predict(settings: Settings, texts: list[str]) -> list[tuple[str, float]]:
    """What the trained engine takes each text for; trains it first when nlu/ has changed.

    Raises:
        ConfigError: The engine's environment is missing, or it failed.
    """
    program = training.program(settings.data_dir)
    trained = subprocess.run(
        program.command,
        env=dict(program.environment),
        cwd=program.folder,
        stdout=subprocess.PIPE,
        check=False,
    )
    if trained.returncode:
        raise ConfigError("The engine could not be trained: the reason stands above.")
    model = trained.stdout.decode().splitlines()[-1]
    command = [str(engine_python()), "-m", "engine.predict", model]
    command += ["--cache", str(settings.data_dir / "cache")]
    done = subprocess.run(
        command,
        env=dict(program.environment),
        cwd=PROJECT,
        input="".join(json.dumps(text) + "\n" for text in texts).encode(),
        capture_output=True,
        check=False,
    )
    found = [json.loads(line) for line in done.stdout.decode().splitlines() if line.startswith("[")]
    if done.returncode or len(found) != len(texts):
        raise ConfigError(f"The engine did not answer: {done.stderr.decode()[-500:]}")
    return [(str(intent), float(sure)) for intent, sure in found]


def measure(examples: list[Example], predicted: list[tuple[str, float]]) -> dict[str, Any]:
    """Macro-F1 over the intents, F1 of each, how much of what is out of scope was not taken for anything else.

    An unsure prediction (``nlu_fallback``) is a miss of the intent it should have been; out of scope it is right, because it
    asks back.
    """
    names = sorted({example.intent for example in examples})
    right = dict.fromkeys(names, 0)
    wanted = dict.fromkeys(names, 0)
    said: dict[str, int] = {}
    for example, (intent, _) in zip(examples, predicted, strict=True):
        wanted[example.intent] += 1
        said[intent] = said.get(intent, 0) + 1
        right[example.intent] += intent == example.intent
    each = {
        name: round(2 * right[name] / (wanted[name] + said.get(name, 0)), 3) if right[name] else 0.0
        for name in names
    }
    refused = [
        intent in {OUT_OF_SCOPE, FALLBACK}
        for example, (intent, _) in zip(examples, predicted, strict=True)
        if example.intent == OUT_OF_SCOPE
    ]
    return {
        "examples": len(examples),
        "intents": len(names),
        "accuracy": round(sum(right.values()) / len(examples), 3),
        "macro_f1": round(sum(each.values()) / len(names), 3),
        "out_of_scope_recall": round(sum(refused) / len(refused), 3) if refused else None,
        "unsure": said.get(FALLBACK, 0),
        "f1": each,
    }


def mistakes(examples: list[Example], predicted: list[tuple[str, float]]) -> list[dict[str, Any]]:
    """Every sentence that was taken for another intent."""
    return [
        {"text": example.text, "intent": example.intent, "taken_for": intent, "confidence": sure}
        for example, (intent, sure) in zip(examples, predicted, strict=True)
        if intent != example.intent
    ]
