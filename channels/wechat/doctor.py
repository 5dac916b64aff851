"""What is well with the WeChat account and what is not, each with its cure: lines of ``suda doctor``."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

import httpx

from bot.errors import ConfigError, ContentError
from bot.findings import Finding
from bot.settings import Settings
from channels.wechat.account import Account, AccountRefused, load_menu, require_settings
from channels.wechat.settings import WeChatSettings
from channels.wechat.signature import FRESH, sign

SKEW = 60.0
"""Seconds a clock may differ before it is worth a note; from :data:`FRESH` on every message is refused."""


def findings(settings: Settings) -> Iterator[Finding]:
    """The account's settings, the platform's answer, the clock, the menu, and our own webhook."""
    try:
        wechat = require_settings()
    except ConfigError as error:
        yield Finding("wechat", "bad", str(error), "docs/channels/wechat.md")
        return
    yield _keys(wechat)
    yield _secret(wechat)
    with Account(wechat) as account:
        try:
            account.token()
        except AccountRefused as error:
            yield Finding("wechat account", "bad", str(error), "correct it, then run suda doctor again")
        else:
            yield Finding("wechat account", "ok", f"a token is given at {wechat.api_url}")
            yield _menu(account, settings)
        if account.clock_skew is not None:
            yield _clock(account.clock_skew)
    yield _webhook(settings, wechat)


def _keys(wechat: WeChatSettings) -> Finding:
    if wechat.mode == "plain":
        return Finding(
            "wechat keys",
            "note",
            "plain mode: what citizens write is not encrypted",
            "choose 安全模式 in the console and set SUDA_WECHAT_AES_KEY and SUDA_WECHAT_MODE=safe",
        )
    old = " and the one before, still accepted" if wechat.aes_key_previous is not None else ""
    return Finding("wechat keys", "ok", f"{wechat.mode} mode, EncodingAESKey of 43 characters{old}")


def _secret(wechat: WeChatSettings) -> Finding:
    length = len(wechat.secret.get_secret_value())
    if length != 32:
        return Finding(
            "wechat secret", "note", f"the AppSecret has {length} characters, usual are 32", "copy it whole"
        )
    return Finding("wechat secret", "ok", "the AppSecret has 32 characters")


def _clock(skew: float) -> Finding:
    said = f"our clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} WeChat's"
    if abs(skew) > FRESH:
        return Finding("wechat clock", "bad", f"{said}: every message is refused", "set the clock (NTP)")
    if abs(skew) > SKEW:
        return Finding("wechat clock", "note", said, "set the clock (NTP)")
    return Finding("wechat clock", "ok", said)


def _menu(account: Account, settings: Settings) -> Finding:
    try:
        wanted = load_menu(settings.content_dir)
        shown = account.menu()
    except (ContentError, AccountRefused) as error:
        return Finding("wechat menu", "bad", str(error), "correct it, then suda wechat menu")
    if shown is None:
        return Finding("wechat menu", "note", "citizens see no menu", "suda wechat menu")
    if _names(shown) != _names(wanted):
        return Finding("wechat menu", "note", "citizens see another menu than the city's", "suda wechat menu")
    return Finding("wechat menu", "ok", "citizens see the city's menu")


def _names(menu: object) -> list[object]:
    """Names and keys, in order: what WeChat adds of its own does not count."""
    entries = menu.get("button", []) if isinstance(menu, dict) else []
    return [
        (
            one.get("name"),
            one.get("key"),
            [(sub.get("name"), sub.get("key")) for sub in one.get("sub_button", [])],
        )
        for one in entries
    ]


def _webhook(settings: Settings, wechat: WeChatSettings) -> Finding:
    """Our own answer to the URL check, asked for on this machine."""
    timestamp, nonce, echo = str(int(time.time())), secrets.token_hex(5), secrets.token_hex(8)
    query = {
        "timestamp": timestamp,
        "nonce": nonce,
        "echostr": echo,
        "signature": sign(wechat.tokens[0], timestamp, nonce),
    }
    url = f"http://127.0.0.1:{settings.port}/channels/wechat"
    try:
        response = httpx.get(url, params=query, timeout=5, trust_env=False)
    except httpx.HTTPError:
        return Finding(
            "wechat webhook", "note", f"{url} does not answer", "suda up, then run suda doctor again"
        )
    if response.status_code == 200 and response.text == echo:
        return Finding(
            "wechat webhook", "ok", f"{url} answers the URL check; the console needs it by its public address"
        )
    return Finding(
        "wechat webhook",
        "bad",
        f"{url} answers the URL check with status {response.status_code}",
        "name wechat in SUDA_CHANNELS, and start again after a change of SUDA_WECHAT_TOKEN",
    )
