"""The Telegram stand-in as a program, with the phone page at ``/``: ``python -m tests.support.platforms.telegram --help``."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from tests.support.platforms.telegram.phone import CITIZEN
from tests.support.platforms.telegram.stand_in import SECRET, TOKEN, TelegramStandIn


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """The program's arguments; secrets are better given by the environment, which other users cannot read."""
    env = os.environ
    parser = argparse.ArgumentParser(prog="python -m tests.support.platforms.telegram", description=__doc__)
    parser.add_argument(
        "--webhook", default="", help="set as setWebhook would; else the bot sets it, or polls"
    )
    parser.add_argument("--port", type=int, default=8091, help="0: a free one")
    parser.add_argument(
        "--token", default=env.get("SUDA_TELEGRAM_TOKEN", TOKEN), help="or SUDA_TELEGRAM_TOKEN"
    )
    parser.add_argument(
        "--secret", default=env.get("SUDA_TELEGRAM_SECRET", SECRET), help="or SUDA_TELEGRAM_SECRET"
    )
    return parser.parse_args(given)


async def serve(asked: argparse.Namespace) -> None:
    """Serve until SIGINT or SIGTERM; the address is printed once it answers."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with TelegramStandIn(port=asked.port, token=asked.token) as stand_in:
        stand_in.world.chat(CITIZEN)
        stand_in.world.webhook.url, stand_in.world.webhook.secret = asked.webhook, asked.secret
        sys.stdout.write(f"ready {stand_in.url}/\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
