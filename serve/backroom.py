"""What the web server asks of the process that runs the actions: the models are loaded there, and only there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

import aiohttp
import structlog
from pydantic import TypeAdapter

from bot.calls.model import Alarm, Draft, Told
from bot.errors import StorageError
from bot.settings import Settings
from bot.storage.secrets import engine_secret
from console.readiness import Part

if TYPE_CHECKING:
    from actions.services import Services

_log = structlog.get_logger(__name__)

PATIENCE = aiohttp.ClientTimeout(total=2.0)
"""How long a question may take; who asks is a citizen or a probe that waits."""
DRAFT_PATIENCE = aiohttp.ClientTimeout(total=20.0)
"""How long it may take to understand a call; a worker or a clerk waits."""
_TOLD: TypeAdapter[Told] = TypeAdapter(Told)
_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)
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

    async def alarm(self, words: str) -> Alarm | None:
        """The danger that a caller's words tell of; None also while nobody can say: the draft says it later."""
        ...

    async def draft(self, told: Told) -> Draft:
        """What cases a call's words would be.

        Raises:
            StorageError: Nobody can say now; it may be asked again.
        """
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

    async def alarm(self, words: str) -> Alarm | None:
        """See :class:`BackRoom`."""
        from actions.calls import alarm_in

        return await asyncio.to_thread(alarm_in, self._services, words)

    async def draft(self, told: Told) -> Draft:
        """See :class:`BackRoom`."""
        from actions.calls import draft_call

        return await asyncio.to_thread(draft_call, self._services, told)

    async def parts(self) -> dict[str, Part]:
        """See :class:`BackRoom`."""
        return loaded_parts(
            len(self._services.knowledge.articles), self._services.understander.catalogue.version
        )


class Apart:
    """They run in a process of their own, on this machine.

    Args:
        settings: Its port, or the web server's where that runs them, and the secret that the engine has too.
        http: For asking.
    """

    names: tuple[str, ...] = ("actions", *LOADED)

    def __init__(self, settings: Settings, http: aiohttp.ClientSession) -> None:
        self._url = f"http://127.0.0.1:{settings.actions_port or settings.port}"
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

    async def alarm(self, words: str) -> Alarm | None:
        """See :class:`BackRoom`."""
        try:
            async with self._http.post(
                f"{self._url}/actions/alarm", json={"words": words}, headers=self._headers, timeout=PATIENCE
            ) as answer:
                answer.raise_for_status()
                found = (await answer.json())["alarm"]
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
            _log.warning("alarm_not_asked", error=type(error).__name__)
            return None
        return None if found is None else Alarm(**found)

    async def draft(self, told: Told) -> Draft:
        """See :class:`BackRoom`."""
        body = _TOLD.dump_json(told)
        try:
            async with self._http.post(
                f"{self._url}/actions/draft", data=body, headers=self._headers, timeout=DRAFT_PATIENCE
            ) as answer:
                answer.raise_for_status()
                return _DRAFT.validate_json(await answer.read())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise StorageError("What a call's words mean cannot be asked now.") from error

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
