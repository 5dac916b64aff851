"""The web server process: uvicorn with our app."""

from __future__ import annotations

import uvicorn

from bot.observability.logs import configure_logging
from bot.settings import Settings, get_settings
from serve.app import create_app
from serve.supervisor.ports import require_free

STREAMS_END_WITHIN = 2
"""Seconds open event streams get at shutdown; browsers come back by themselves."""


def run(settings: Settings | None = None) -> None:
    """Serve until told to stop.

    Raises:
        ConfigError: The port is busy, or a part cannot be built.
    """
    settings = settings or get_settings()
    configure_logging(level=settings.log_level, style=settings.log_format, process="app")
    require_free(settings.host, settings.port)
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # /metrics counts requests; addresses and queries are nobody's business
        server_header=False,
        timeout_graceful_shutdown=STREAMS_END_WITHIN,
        timeout_keep_alive=75,
        backlog=2048,
    )
    uvicorn.Server(config).run()
