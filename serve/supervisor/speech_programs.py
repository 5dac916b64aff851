"""The programs of speech: what brings its packages, what brings its model, and what hears."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.settings import PROJECT, Settings
from bot.speech.installed import Lack, cure_of, is_installed, is_wanted, lacking, model_lacking
from bot.speech.settings import speech_settings
from bot.speech.weights import MODELS
from serve.bootstrap.environments import APP
from serve.bootstrap.interpreters import base_python
from serve.bootstrap.speech import is_current, setting
from serve.supervisor.child import Program
from serve.supervisor.commands import BEHIND, suda

_BEHIND_ALL = 2 * BEHIND
"""Long work that nobody's text waits for. Not 19: on a machine that others keep busy it would never come to its end."""
_STOPS_WITHIN = 2.0


class SpeechPlan:
    """What there is to do for speech in one system.

    Args:
        settings: The settings.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def is_wanted(self) -> bool:
        """Whether anything is to be done at all.

        Raises:
            ConfigError, SpeechError: A setting is wrong.
        """
        if not is_wanted():
            return False
        model_lacking(speech_settings(), self._settings.data_dir)
        return True

    def is_complete(self) -> bool:
        """Whether nothing is missing; takes about 0.1 s."""
        return self.has_packages() and self.lacks() is None

    def has_packages(self) -> bool:
        """Whether they are there and, in the environment that the set-up made, as it leaves them when it is done."""
        if not is_installed():
            return False
        choice = setting("SUDA_SPEECH_TORCH", os.environ).lower()
        return Path(sys.prefix).resolve() != APP.resolve() or is_current(choice)

    def lacks(self) -> Lack | None:
        """What is missing, whoever brought the rest."""
        return lacking(speech_settings(), self._settings.data_dir)

    def cure(self, lack: Lack) -> str:
        """What is missing and what people have to do about it."""
        return ": ".join(cure_of(lack, speech_settings()))

    @property
    def model(self) -> str:
        """The model that the settings name."""
        return speech_settings().model

    @property
    def megabytes(self) -> int:
        """How much is to be fetched for it."""
        return MODELS[self.model][1]

    @property
    def port(self) -> int:
        """The port that the settings name; 0: any."""
        return speech_settings().port

    def install(self, env: Mapping[str, str]) -> Program:
        """Brings the packages; exit code 0 when they are there."""
        # Not by the interpreter of the environment that it works on.
        command = [base_python(), "-m", "serve.bootstrap.speech", "--quiet-when-current"]
        return Program("speech", command, env, PROJECT, grace=_STOPS_WITHIN, nice=_BEHIND_ALL)

    def fetch(self, env: Mapping[str, str]) -> Program:
        """Brings the model."""
        return Program("speech", suda("speech", "fetch"), env, PROJECT, grace=_STOPS_WITHIN, nice=_BEHIND_ALL)

    def serve(self, env: Mapping[str, str], port: int) -> Program:
        """Hears."""
        return Program(
            "speech",
            suda("speech", "serve"),
            {**env, "SUDA_SPEECH_PORT": str(port)},
            PROJECT,
            ready_url=f"http://127.0.0.1:{port}/healthz",
            grace=1.0,  # a note in hand is brought again by the worker
            nice=BEHIND,  # as the turns: a citizen waits for a note as for an answer
        )
