"""What :mod:`tests.support.small_system` runs; standard library only, so that hundreds of them start at once."""

import http.server
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


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
    if os.environ.get("SMALL_SILENT") == name:
        time.sleep(600)
    helper = subprocess.Popen(["sleep", "600"]) if os.environ.get("SMALL_HELPER") else None
    http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
    del helper


def install(packages):
    """Says what the set-up says; what it runs beside itself is in a session of its own, as uv is."""
    order = os.environ.get("SMALL_INSTALL", "")
    print("speech: installing (about 360 MB to download)", flush=True)  # noqa: T201
    tool = subprocess.Popen(["sleep", "600"], cwd=packages.parent, start_new_session=True)
    try:
        while order == "forever":
            time.sleep(0.1)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        tool.kill()
        tool.wait()
    if order == "3":
        print("speech: left out: no torch could be had", flush=True)  # noqa: T201
    if order:
        sys.stderr.write("suda: SUDA_SPEECH_TORCH=cuda is not known: say cpu or index, or unset it.\n")
        sys.exit(int(order))
    packages.touch()
    print("speech: installed (0 s)", flush=True)  # noqa: T201


def fetch():
    """The real one, of a model that is none."""
    from bot.speech import weights
    from serve.cli import main as suda

    weights.MODELS["tiny"] = (os.environ["SMALL_MODEL"], 1)
    sys.argv[1:] = ["speech", "fetch"]
    suda()


def main():
    match sys.argv[1:]:
        case ["install", packages]:
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # as the set-up does
            install(Path(packages))
        case ["fetch"]:
            fetch()
        case [name, port]:
            serve(name, int(port))


if __name__ == "__main__":
    main()
