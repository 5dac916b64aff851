"""The account from an operator's side: its token, its menu, its clock; for ``suda wechat`` and ``suda doctor``."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from bot.clock import now
from bot.errors import ContentError, DeliveryError
from channels.wechat.api import cure_of
from channels.wechat.settings import WeChatSettings

MENU = Path("channels") / "wechat_menu.json"
TIMEOUT = 10.0
NO_MENU = 46003


class AccountRefused(DeliveryError):  # noqa: N818
    """WeChat refused an operator's call; the message says why and what to do."""

    final = True


class Account:
    """One account, asked step by step; a context manager.

    It asks for the token that is in use already (``force_refresh`` false), so that running processes keep theirs.

    Args:
        settings: The account.
    """

    def __init__(self, settings: WeChatSettings) -> None:
        self._settings = settings
        self._http = httpx.Client(base_url=settings.api_url.rstrip("/"), timeout=TIMEOUT, trust_env=False)
        self._token: str | None = None
        self.clock_skew: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def token(self) -> str:
        """The account's token.

        Raises:
            AccountRefused: With WeChat's code and the cure.
        """
        if self._token is None:
            body = {
                "grant_type": "client_credential",
                "appid": self._settings.appid,
                "secret": self._settings.secret.get_secret_value(),
                "force_refresh": False,
            }
            self._token = str(self._call("POST", "/cgi-bin/stable_token", {}, body)["access_token"])
        return self._token

    def menu(self) -> dict[str, Any] | None:
        """The menu that citizens see; None when there is none."""
        answer = self._ask("GET", "/cgi-bin/menu/get", {"access_token": self.token()}, None)
        if answer.get("errcode") == NO_MENU:
            return None
        menu: dict[str, Any] = _whole(answer)["menu"]
        return menu

    def put_menu(self, menu: dict[str, Any]) -> None:
        """Make this the menu that citizens see, within a day on every phone."""
        self._call("POST", "/cgi-bin/menu/create", {"access_token": self.token()}, menu)

    def drop_menu(self) -> None:
        """Remove the menu."""
        self._call("GET", "/cgi-bin/menu/delete", {"access_token": self.token()}, None)

    def _call(self, method: str, path: str, query: dict[str, str], body: Any) -> dict[str, Any]:
        return _whole(self._ask(method, path, query, body))

    def _ask(self, method: str, path: str, query: dict[str, str], body: Any) -> dict[str, Any]:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            response = self._http.request(method, path, params=query, content=content)
            answer = response.json()
        except httpx.HTTPError as error:
            raise AccountRefused(
                f"WeChat cannot be reached at {self._settings.api_url} ({type(error).__name__}): "
                "check the network and SUDA_WECHAT_API_URL."
            ) from None  # the exception may name the URL, which holds the token
        except ValueError:
            raise AccountRefused(f"{self._settings.api_url} does not answer as WeChat does.") from None
        if (date := response.headers.get("date")) is not None:
            self.clock_skew = (now() - parsedate_to_datetime(date)).total_seconds()
        return answer if isinstance(answer, dict) else {}


def _whole(answer: dict[str, Any]) -> dict[str, Any]:
    code = answer.get("errcode", 0)
    if code != 0:
        raise AccountRefused(f"WeChat refused with errcode {code}: {cure_of(code)}.")
    return answer


def load_menu(content_dir: Path) -> dict[str, Any]:
    """The city's menu, checked as far as WeChat's own rules go.

    Raises:
        ContentError: It is missing or wrong; says what.
    """
    path = content_dir / MENU
    try:
        menu = json.loads(path.read_text(encoding="utf-8"))
        top = menu["button"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ContentError(
            f'{path}: not a menu ({type(error).__name__}): it must be {{"button": [...]}}.'
        ) from error
    if not 1 <= len(top) <= 3:
        raise ContentError(f"{path}: {len(top)} entries at the bottom; WeChat allows 1 to 3.")
    for entry in top:
        _check_entry(path, entry, longest=16)
        below = entry.get("sub_button", [])
        if len(below) > 5:
            raise ContentError(f"{path}: {entry['name']} has {len(below)} entries above it; WeChat allows 5.")
        for one in below:
            _check_entry(path, one, longest=60)
    return {"button": top}


def _check_entry(path: Path, entry: dict[str, Any], *, longest: int) -> None:
    name = entry.get("name")
    if not isinstance(name, str) or not 0 < len(name.encode()) <= longest:
        raise ContentError(f"{path}: the name {name!r} is empty or longer than {longest} bytes.")
    key = entry.get("key")
    clicked = not entry.get("sub_button") and entry.get("type") == "click"
    if clicked and not (isinstance(key, str) and 0 < len(key.encode()) <= 128):
        raise ContentError(f"{path}: {name} needs a key of 1 to 128 bytes, such as say:查进度.")


def require_settings() -> WeChatSettings:
    """The settings, whole.

    Raises:
        ConfigError: Something is missing or wrong.
    """
    settings = WeChatSettings.read()
    settings.require()
    return settings
