"""The WeChat stand-in as a program, with the phone page at ``/``: ``python -m tests.support.platforms.wechat --help``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.platforms.wechat.account import APPID, Account, Template
from tests.support.platforms.wechat.menus import menu_errcode
from tests.support.platforms.wechat.platform import WeChatPlatform


def template(said: str) -> tuple[str, Template]:
    """A template from ``ID=TITLE`` or ``ID=TITLE:KEY,KEY``; the title may begin with ``once!`` (a subscription notice)."""
    template_id, _, rest = said.partition("=")
    title, _, keys = rest.partition(":")
    fields = tuple(key for key in keys.split(",") if key)
    return template_id, Template(
        title.removeprefix("once!") or template_id, fields, once=title.startswith("once!")
    )


def menu(path: str) -> dict[str, Any]:
    """A menu from a JSON file."""
    made: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    if code := menu_errcode(made):
        raise argparse.ArgumentTypeError(f"{path} would be refused with {code}")
    return made


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """The program's arguments; secrets are better given by the environment, which other users cannot read."""
    env = os.environ
    parser = argparse.ArgumentParser(prog="python -m tests.support.platforms.wechat", description=__doc__)
    parser.add_argument(
        "--webhook", default="http://127.0.0.1:8000/channels/wechat", help="the account's server"
    )
    parser.add_argument("--port", type=int, default=8090, help="0: a free one")
    parser.add_argument("--appid", default=env.get("SUDA_WECHAT_APPID", APPID))
    parser.add_argument("--secret", default=env.get("SUDA_WECHAT_SECRET"), help="or SUDA_WECHAT_SECRET")
    parser.add_argument("--token", default=env.get("SUDA_WECHAT_TOKEN"), help="or SUDA_WECHAT_TOKEN")
    parser.add_argument("--aes-key", default=env.get("SUDA_WECHAT_AES_KEY"), help="or SUDA_WECHAT_AES_KEY")
    parser.add_argument(
        "--mode", choices=("plain", "compatible", "safe"), default=env.get("SUDA_WECHAT_MODE", "safe")
    )
    parser.add_argument(
        "--kind", choices=("service", "subscription"), default=env.get("SUDA_WECHAT_KIND", "service")
    )
    parser.add_argument("--name", default="诉达", help="the account's name on the phone")
    parser.add_argument(
        "--template", type=template, action="append", default=[], metavar="ID=TITLE[:KEY,KEY]"
    )
    parser.add_argument(
        "--menu", type=menu, metavar="FILE", help="the account's menu at first, as menu/create takes it"
    )
    return parser.parse_args(given)


def account_of(asked: argparse.Namespace) -> Account:
    """The account that the arguments describe."""
    given = {"secret": asked.secret, "token": asked.token, "aes_key": asked.aes_key}
    return Account(
        asked.webhook,
        asked.appid,
        mode=asked.mode,
        kind=asked.kind,
        name=asked.name,
        templates=dict(asked.template),
        **{name: value for name, value in given.items() if value},
    )


async def serve(account: Account, port: int, first_menu: dict[str, Any] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; the address is printed once it answers."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    platform = WeChatPlatform(account)
    platform.menu = first_menu
    async with platform.running(port):
        sys.stdout.write(f"ready {platform.url}/\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    asked = arguments()
    asyncio.run(serve(account_of(asked), asked.port, asked.menu))
