"""``python -m tests.support.small_system``: the real supervisor over small programs, so that its own work can be watched.

Database and schema are real; app, worker and engine are small servers that answer 200. Orders by environment:
``SMALL_DIES=name`` makes that program end at once, ``SMALL_STUBBORN=1`` makes all ignore SIGTERM,
``SMALL_SILENT=name`` makes that program never answer.

Speech is real but for three things: its packages are a file ``packages`` in the data folder, which a small program writes
(``SMALL_INSTALL``: the code it ends with instead, or ``forever``); the model ``tiny`` has the checksum ``SMALL_MODEL``; and who
hears is a server that answers 200. ``SUDA_SPEECH=off`` unless a test says otherwise.
"""

import asyncio
import sys
from dataclasses import replace
from urllib.parse import urlsplit

from bot.errors import SudaError
from bot.settings import PROJECT, Settings
from bot.speech.installed import Lack, model_lacking
from bot.speech.settings import speech_settings
from serve.supervisor.child import Program
from serve.supervisor.programs import Plan
from serve.supervisor.speech_programs import SpeechPlan
from serve.supervisor.system import System


class SmallSpeech(SpeechPlan):
    def has_packages(self):
        return self._packages.exists()

    def lacks(self):
        if not self._packages.exists():
            return Lack.PACKAGES
        return model_lacking(speech_settings(), self._settings.data_dir)

    @property
    def _packages(self):
        return self._settings.data_dir / "packages"

    def install(self, env):
        return self._program(super().install(env), "install", str(self._packages))

    def fetch(self, env):
        return self._program(super().fetch(env), "fetch")

    def serve(self, env, port):
        return self._program(super().serve(env, port), "speech", str(port))

    def _program(self, program, *arguments):
        return replace(
            program, command=[sys.executable, "-m", "tests.support.small_programs", *arguments], nice=0
        )


class SmallPlan(Plan):
    def __init__(self, settings):
        super().__init__(settings)
        self.speech = SmallSpeech(settings)

    def check(self):
        pass

    def is_trained(self):
        return True

    def front(self, env, addresses):
        return [self._program("app", addresses.port, env), self._program("worker", 0, env)]

    def engine(self, env, addresses):
        return self._program("engine", urlsplit(addresses.engine_url).port, env)

    def _program(self, name, port, env):
        command = [sys.executable, "-m", "tests.support.small_programs", name, str(port)]
        ready = f"http://127.0.0.1:{port}/" if port else None
        return Program(name, command, env, PROJECT, ready_url=ready, grace=1.0)


def main():
    settings = Settings()

    def say(line):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    try:
        asyncio.run(
            System(
                settings,
                say=say,
                on_ready=lambda running: say(f"READY {running.url}"),
                plan=SmallPlan(settings),
            ).run()
        )
    except SudaError as error:
        sys.exit(f"suda: {error}")


if __name__ == "__main__":
    main()
