"""What is well with the channel, for ``suda doctor``; each with its cure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.clock import now
from bot.errors import ConfigError
from bot.findings import Finding
from bot.settings import Settings
from channels.telegram.client import silence_libraries
from channels.telegram.parse import ALLOWED
from channels.telegram.polling import CONFLICT_FRESH, conflict_note
from channels.telegram.settings import TelegramSettings, telegram_settings

CLOCK_TOLERANCE = timedelta(seconds=30)
BACKLOG = 50
"""Updates that wait at Telegram from which on something is wrong with us."""
FRESH = timedelta(hours=1)
"""How long an error of the webhook counts as present."""

_NAME = "telegram"


def findings(settings: Settings) -> Iterator[Finding]:
    """Everything, from the settings to the webhook."""
    try:
        own = telegram_settings()
    except ConfigError as error:
        yield Finding(_NAME, "bad", str(error), "correct it, see docs/channels/telegram.md")
        return
    silence_libraries()
    yield _secret(own)
    with httpx.Client(timeout=5.0, trust_env=own.uses_proxy) as http:
        me = _call(http, own, "getMe")
        yield from _me(own, me)
        if me is None or me.get("ok") is not True:
            return
        info = _call(http, own, "getWebhookInfo")
    if info is None or not isinstance(info.get("result"), dict):
        yield Finding("telegram webhook", "note", "Telegram does not tell about it now", "ask again later")
    elif own.mode == "polling":
        yield from _polling(settings, info["result"])
    else:
        yield from _webhook(own, info["result"])


def _secret(own: TelegramSettings) -> Finding:
    if own.secret is None:
        return Finding("telegram secret", "ok", "derived from the master key, 64 characters")
    length = len(own.secret.get_secret_value())
    if length < 32:
        return Finding(
            "telegram secret", "note", f"of your own, only {length} characters", "use 32 or more, at random"
        )
    return Finding("telegram secret", "ok", f"of your own, {length} characters")


def _call(http: httpx.Client, own: TelegramSettings, method: str) -> dict[str, Any] | None:
    """Telegram's answer with ``date`` of its clock; None when it cannot be reached. No error's text is kept."""
    try:
        response = http.get(f"{own.api_url}/bot{own.bot_token}/{method}")
        body = response.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    if not isinstance(body, dict):
        return None
    return {**body, "date": response.headers.get("date", ""), "status": response.status_code}


def _me(own: TelegramSettings, me: dict[str, Any] | None) -> Iterator[Finding]:
    if me is None:
        yield Finding(
            _NAME,
            "bad",
            f"{urlsplit(own.api_url).hostname} cannot be reached",
            "open the way to it; HTTPS_PROXY is used when it is set",
        )
        return
    if me["status"] in (401, 404):
        yield Finding(
            _NAME, "bad", "Telegram refuses the token", "set SUDA_TELEGRAM_TOKEN to what @BotFather shows"
        )
        return
    if me.get("ok") is not True:
        yield Finding(_NAME, "bad", f"Telegram answers {me['status']}", "ask again later")
        return
    bot = me.get("result", {})
    yield Finding(_NAME, "ok", f"the token is @{bot.get('username', '?')}'s")
    yield from _clock(str(me["date"]))


def _clock(date: str) -> Iterator[Finding]:
    try:
        away = now() - parsedate_to_datetime(date).astimezone(UTC)
    except ValueError:
        return
    if abs(away) > CLOCK_TOLERANCE:
        yield Finding(
            "telegram clock",
            "bad",
            f"this machine's clock is {away.total_seconds():+.0f} s from Telegram's",
            "let the machine keep its time by NTP: 昨天 and deadlines count from it",
        )
    else:
        yield Finding("telegram clock", "ok", "agrees with Telegram's")


def _polling(settings: Settings, info: dict[str, Any]) -> Iterator[Finding]:
    part = "telegram polling"
    if info.get("url"):
        yield Finding(
            part,
            "bad",
            f"a webhook is set at {urlsplit(str(info['url'])).hostname}: polling gets 409 and brings nothing",
            "call deleteWebhook, or use a bot of your own for this machine",
        )
        return
    note = conflict_note(settings.data_dir)
    fresh = note.exists() and now() - datetime.fromtimestamp(note.stat().st_mtime, UTC) < CONFLICT_FRESH
    if fresh:
        yield Finding(
            part,
            "bad",
            "another program polls with this token (409)",
            "stop it, or use a bot of your own for this machine",
        )
    else:
        yield Finding(part, "ok", f"no webhook in the way, {_waiting(info)} updates wait")


def _webhook(own: TelegramSettings, info: dict[str, Any]) -> Iterator[Finding]:
    part, url = "telegram webhook", str(info.get("url") or "")
    if not url:
        cure = (
            "start Suda, which sets it"
            if own.webhook_url
            else "set SUDA_TELEGRAM_PUBLIC_URL, or SUDA_TELEGRAM_MODE=polling"
        )
        yield Finding(part, "bad", "none is set: Telegram brings nothing", cure)
        return
    if own.webhook_url and url != own.webhook_url:
        yield Finding(
            part,
            "bad",
            f"it points to {urlsplit(url).hostname}{urlsplit(url).path}",
            "start Suda again; if it comes back, another installation uses the same token",
        )
        return
    if own.webhook_url.startswith("http://"):
        yield Finding(part, "note", "its address is not https", "Telegram calls only https in earnest")
    yield Finding(part, "ok", f"at {urlsplit(url).hostname}")
    missing = set(ALLOWED) - set(info.get("allowed_updates") or ())
    if missing:
        yield Finding(part, "bad", f"it does not bring {', '.join(sorted(missing))}", "start Suda again")
    yield from _health(part, info)


def _health(part: str, info: dict[str, Any]) -> Iterator[Finding]:
    failed = datetime.fromtimestamp(int(info.get("last_error_date") or 0), UTC)
    if now() - failed < FRESH:
        said = str(info.get("last_error_message") or "?")
        yield Finding(part, "bad", f"Telegram could not bring an update: {said}", _cure(said))
    if _waiting(info) > BACKLOG:
        yield Finding(
            part,
            "bad",
            f"{_waiting(info)} updates wait at Telegram",
            "see whether Suda runs and can be reached from outside",
        )


def _cure(said: str) -> str:
    if "403" in said:
        return "the secret differs: start Suda again, which sets it anew"
    if "50" in said:
        return "see whether Suda and its database run"
    if "certificate" in said.lower() or "ssl" in said.lower():
        return "give the address a certificate of a known authority"
    return "see whether the address can be reached from outside, on port 443, 80, 88 or 8443"


def _waiting(info: dict[str, Any]) -> int:
    return int(info.get("pending_update_count") or 0)
