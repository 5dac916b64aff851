"""A server for our own processes: on this machine only, behind the secret that they share."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI

from serve.supervisor.ports import require_free

HOST = "127.0.0.1"


def serve_own(app: FastAPI, port: int, setting: str) -> None:
    """Serve until told to stop.

    Args:
        app: What is served.
        port: Where.
        setting: The setting that chose the port, for advice.

    Raises:
        ConfigError: The port is busy.
    """
    require_free(HOST, port, setting)
    config = uvicorn.Config(
        app,
        host=HOST,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
    )
    uvicorn.Server(config).run()
