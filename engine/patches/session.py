"""Keep connections to the action server open, and serialise the domain once.

Why: stock opens a session, a connection and a cookie jar for each action call, and turns the domain (10-50 KB) into JSON
each time. Replaces: ``EndpointConfig.request`` for plain JSON posts; anything else takes the stock way.
A call is **never repeated**: it may file a case. aiohttp itself repeats only idempotent methods, and an idle connection is
dropped after 4 s, before the server (uvicorn and rasa-sdk: 5 s) drops it under a call.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Dict, Optional, Tuple
from weakref import WeakSet

import aiohttp
import orjson
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import ClientResponseError, EndpointConfig, concat_url

SOURCES = {
    "rasa.utils.endpoints:EndpointConfig.request": "ccdb778aed8208e23cde3c3f47eac7fbbbb735dac8f7ef7254d54451c64ad608",
    "rasa.utils.endpoints:EndpointConfig.session": "e55aa13d9d4fb4bc440ac33b870a97ee162b76dda7ccb6bf68433567475fdffb",
    "rasa.core.actions.action:RemoteAction._action_call_format": "428795b944f22edba142d278ec47a30098975b01463ba337ec447dade52a0492",
    "rasa.shared.core.domain:Domain.as_dict": "5f555a0cf9b94bc593a6037e4bad053817f7e7aee982bb2d1bd617abc5784bfc",
}

KEEP_ALIVE = 4.0
_JSON = orjson.OPT_NON_STR_KEYS

_sessions: "WeakSet[aiohttp.ClientSession]" = WeakSet()
_domains: Dict[int, Tuple[Any, bytes]] = {}


def _dumps(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=_JSON)
    except orjson.JSONEncodeError:
        return json.dumps(value).encode()  # what only Rasa's own serialiser takes, or its own error


def encode(body: Dict[str, Any]) -> bytes:
    """A call's JSON; the domain's part is made once for each domain."""
    domain = body.get("domain")
    if not domain:
        return _dumps(body)
    held = _domains.get(id(domain))
    if held is None or held[0] is not domain:
        _domains.clear()
        held = _domains[id(domain)] = (domain, _dumps(domain))
    rest = _dumps({key: value for key, value in body.items() if key != "domain"})
    return rest[:-1] + b',"domain":' + held[1] + b"}"


def _session(endpoint: EndpointConfig) -> aiohttp.ClientSession:
    loop = asyncio.get_running_loop()
    held = endpoint.__dict__.get("_suda_session")
    if held is None or held[0] is not loop or held[1].closed:
        session = aiohttp.ClientSession(
            headers=endpoint.headers,
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
        )
        held = endpoint.__dict__["_suda_session"] = (loop, session)
        _sessions.add(session)
    return held[1]


async def before_stop() -> None:
    """Close what is open."""
    for session in list(_sessions):
        await session.close()


def apply() -> None:
    """Put the patch in place."""
    stock = EndpointConfig.request

    async def request(
        self: EndpointConfig,
        method: str = "post",
        subpath: Optional[str] = None,
        content_type: Optional[str] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        plain = isinstance(kwargs.get("json"), dict) and not set(kwargs) - {"json", "timeout"}
        if not plain or compress or self.cafile or self.basic_auth or method.lower() != "post":
            return await stock(self, method, subpath, content_type, compress, **kwargs)
        headers = {"Content-Type": content_type} if content_type else {}
        headers.update(self.headers or {})
        limit = kwargs.get("timeout")
        timeout = aiohttp.ClientTimeout(total=limit) if isinstance(limit, (int, float)) else limit
        async with _session(self).post(
            concat_url(self.url, subpath),
            data=encode(kwargs["json"]),
            headers=headers,
            params=self.combine_parameters(),
            timeout=timeout,
        ) as response:
            if response.status >= 400:
                raise ClientResponseError(response.status, response.reason, await response.content.read())
            if response.content_type != "application/json":
                return None
            return json.loads(await response.read())

    EndpointConfig.request = request
