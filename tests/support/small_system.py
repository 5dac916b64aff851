"""``python -m tests.support.small_system``: the real supervisor over small programs, so that its own work can be watched.

Database and schema are real; app, worker and engine are this file as a server that answers 200. Orders by environment:
``SMALL_DIES=name`` makes that program end at once, ``SMALL_STUBBORN=1`` makes all ignore SIGTERM.
"""

import asyncio
import http.server
import os
import signal
import subprocess
import sys
from urllib.parse import urlsplit

from bot.errors import SudaError
from bot.settings import PROJECT, Settings
from serve.supervisor.child import Program
from serve.supervisor.programs import Plan
from serve.supervisor.system import System


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args):
        pass


def serve(name, port):
    if os.environ.get("SMALL_DIES") == name:
        sys.exit("I was told to end")
    if os.environ.get("SMALL_STUBBORN"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    helper = subprocess.Popen(["sleep", "600"]) if os.environ.get("SMALL_HELPER") else None
    http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
    del helper


class SmallPlan(Plan):
    def check(self):
        pass

    def is_trained(self):
        return True

    def hears(self):
        return False

    def front(self, env, addresses):
        return [self._program("app", addresses.port, env), self._program("worker", 0, env)]

    def engine(self, env, addresses):
        return self._program("engine", urlsplit(addresses.engine_url).port, env)

    def _program(self, name, port, env):
        command = [sys.executable, "-m", "tests.support.small_system", name, str(port)]
        ready = f"http://127.0.0.1:{port}/" if port else None
        return Program(name, command, env, PROJECT, ready_url=ready, grace=1.0)


def main():
    if len(sys.argv) > 1:
        serve(sys.argv[1], int(sys.argv[2]))
        return
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
