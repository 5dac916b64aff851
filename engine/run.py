"""Start the engine: ``python -m engine.run --model var/models --port 5105``."""

from __future__ import annotations

import os

_PARENT = os.getppid()
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")  # one sentence at a time: threads would only spin

import argparse  # noqa: E402
import asyncio  # noqa: E402
import logging  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any, List, Optional  # noqa: E402

from engine.parent import end_with_parent  # noqa: E402

PROJECT = Path(__file__).resolve().parent.parent
EXIT_PORT_BUSY = 3


def arguments(argv: Optional[List[str]] = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="engine.run", description=__doc__)
    parser.add_argument(
        "--model", type=Path, default=PROJECT / "var" / "models", help="model file, or a folder: its newest"
    )
    parser.add_argument("--port", type=int, default=5105, help="port on 127.0.0.1")
    parser.add_argument(
        "--endpoints", type=Path, default=PROJECT / "endpoints.yml", help="Rasa's endpoints file"
    )
    parser.add_argument(
        "--cache", type=Path, default=PROJECT / "var" / "cache", help="folder for the word splitter's cache"
    )
    parser.add_argument("--log-level", default="INFO", help="of the engine's own modules")
    return parser.parse_args(argv)


def listen(port: int) -> socket.socket:
    """A socket on the loopback interface, taken before anything slow begins.

    Raises:
        SystemExit: The port is busy; exit code 3.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        sys.stderr.write(
            f"Port {port} is busy ({error.strerror}): stop what listens there or choose another --port.\n"
        )
        raise SystemExit(EXIT_PORT_BUSY) from error
    return listening


def build(options: argparse.Namespace) -> Any:
    """The Sanic app with its one channel; the model loads in it before the first request is taken."""
    from engine.absent import leave_out, model_components
    from engine.models import newest_model

    model = newest_model(options.model)
    leave_out(model_components(model))

    from engine import logs, patches

    formatter = logs.set_up(options.log_level)

    import jieba
    from rasa.core.channels.channel import register
    from sanic import Sanic
    from sanic.exceptions import SanicException

    from engine.connector import TurnInput, refusal
    from engine.faults import TurnError
    from engine.loading import load_processor, warm_up

    log = logging.getLogger("engine.run")
    options.cache.mkdir(parents=True, exist_ok=True)
    jieba.dt.tmp_dir = str(options.cache)
    logs.hush("jieba")
    applied = patches.apply()
    processor = load_processor(model, options.endpoints)

    app = Sanic("suda_engine", configure_logging=False)
    app.config.update(
        ACCESS_LOG=False,
        KEEP_ALIVE_TIMEOUT=75,
        REQUEST_MAX_SIZE=256_000,
        REQUEST_TIMEOUT=30,
        RESPONSE_TIMEOUT=120,
        GRACEFUL_SHUTDOWN_TIMEOUT=3.0,
        FALLBACK_ERROR_FORMAT="json",
    )
    app.ctx.processor = processor
    app.ctx.patches = applied
    register([TurnInput.from_credentials(None)], app, route="/webhooks/")

    @app.exception(SanicException)
    async def _refuse(_request: Any, error: SanicException) -> Any:
        return refusal(TurnError(error.status_code, "http", type(error).__name__))

    @app.listener("before_server_start")
    async def _warm(_app: Any, _loop: Any) -> None:
        await warm_up(processor)
        await processor.tracker_store.tables.reachable()
        patches.after_start(applied)
        formatter.serving = True

    @app.listener("after_server_start")
    async def _tell(_app: Any, _loop: Any) -> None:
        log.info(
            "The engine serves %s on port %s with %s.",
            processor.model_filename,
            options.port,
            ", ".join(applied) or "no patches",
        )

    @app.listener("after_server_stop")
    async def _close(_app: Any, _loop: Any) -> None:
        await patches.before_stop(applied)
        await asyncio.wait_for(processor.tracker_store.tables.close(), 3)

    return app


def main(argv: Optional[List[str]] = None) -> None:
    """Serve until told to stop or until the parent is gone."""
    options = arguments(argv)
    end_with_parent(_PARENT)
    listening = listen(options.port)
    app = build(options)
    app.run(sock=listening, access_log=False)


if __name__ == "__main__":
    main()
