"""Where recordings are heard: the speech process that a setting names, or that of the running system."""

from __future__ import annotations

import aiohttp

from bot.settings import Settings
from bot.speech.client import SpeechClient
from bot.speech.settings import speech_settings
from bot.storage.secrets import engine_secret
from serve.supervisor.instance import find_running


def speech_url(settings: Settings) -> str:
    """Where the speech process listens, without a slash at the end; empty while there is none.

    ``suda up`` starts it when its packages and its model are there, which may be long after the worker: so it is looked for
    when it is needed, and nobody has to be started again. One that is being started anew has its address still.
    """
    port = speech_settings().port
    if port:
        return f"http://127.0.0.1:{port}"
    running = find_running(settings.data_dir)
    return "" if running is None else running.speech_url


def speech_client(settings: Settings, http: aiohttp.ClientSession) -> SpeechClient | None:
    """Who hears now; None while nobody does and nobody will within seconds."""
    url = speech_url(settings)
    return SpeechClient(url, engine_secret(settings), http) if url else None
