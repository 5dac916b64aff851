"""What the web server asks of the process that runs the actions: the models are loaded there, and only there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import aiohttp
import structlog

from bot.settings import Settings
from bot.storage.secrets import engine_secret
from console.readiness import Part

if TYPE_CHECKING:
    from actions.services import Services

_log = structlog.get_logger(__name__)

PATIENCE = aiohttp.ClientTimeout(total=2.0)
"""How long a question may take; who asks is a citizen or a probe that waits."""
LOADED = ("knowledge", "understanding")


class BackRoom(Protocol):
    """The actions, wherever they run.

    Attributes:
        names: The parts that are loaded there.
    """

    names: tuple[str, ...]

    async def may_be_danger(self, text: str) -> bool:
        """Whether a text may speak of danger to life. Rather yes than no, and yes when nobody can say."""
        ...

    async def parts(self) -> dict[str, Part]:
        """The state of what is loaded there, by name."""
        ...


class Inside:
    """They run in this process.

    Args:
        services: What they are given.
    """

    names: tuple[str, ...] = LOADED

    def __init__(self, services: Services) -> None:
        self._services = services

    async def may_be_danger(self, text: str) -> bool:
        """See :class:`BackRoom`."""
        return bool(self._services.understander.may_be_danger(text))

    async def parts(self) -> dict[str, Part]:
        """See :class:`BackRoom`."""
        return loaded_parts(
            len(self._services.knowledge.articles), self._services.understander.catalogue.version
        )


class Apart:
    """They run in a process of their own, on this machine.

    Args:
        settings: Its port, and the secret that the engine has too.
        http: For asking.
    """

    names: tuple[str, ...] = ("actions", *LOADED)

    def __init__(self, settings: Settings, http: aiohttp.ClientSession) -> None:
        self._url = f"http://127.0.0.1:{settings.actions_port}"
        self._headers = {"Authorization": f"Bearer {engine_secret(settings)}"}
        self._http = http

    async def may_be_danger(self, text: str) -> bool:
        """See :class:`BackRoom`."""
        try:
            async with self._http.post(
                f"{self._url}/actions/danger", json={"text": text}, headers=self._headers, timeout=PATIENCE
            ) as answer:
                answer.raise_for_status()
                return bool((await answer.json())["danger"])
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
            _log.warning("danger_not_asked", error=type(error).__name__)
            return True

    async def parts(self) -> dict[str, Part]:
        """See :class:`BackRoom`."""
        try:
            async with self._http.get(f"{self._url}/healthz", timeout=PATIENCE) as answer:
                answer.raise_for_status()
                found = await answer.json()
            loaded = loaded_parts(int(found["articles"]), str(found["catalogue"]))
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError):
            return dict.fromkeys(self.names, Part(ready=False, detail="cannot be reached"))
        return {"actions": Part(ready=True), **loaded}


def loaded_parts(articles: int, catalogue: str) -> dict[str, Part]:
    """Knowledge and understanding as parts of the system."""
    return {
        "knowledge": Part(ready=articles > 0, detail=f"{articles} articles"),
        "understanding": Part(ready=bool(catalogue), detail=f"catalogue {catalogue}"),
    }
