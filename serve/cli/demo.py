"""``suda demo wechat|telegram``: all of Suda with one channel switched on, against a stand-in of its platform with a phone page."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from serve.supervisor.instance import Running


class Platform(StrEnum):
    """The platforms that have a stand-in."""

    wechat = "wechat"
    telegram = "telegram"


class Kind(StrEnum):
    """What a WeChat account may do, see docs/channels/wechat.md."""

    service = "service"
    subscription = "subscription"


class Mode(StrEnum):
    """How WeChat encrypts messages."""

    safe = "safe"
    compatible = "compatible"
    plain = "plain"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    platform: Annotated[Platform, typer.Argument(help="Which platform is played.")],
    port: Annotated[
        int | None,
        typer.Option(help="Port of the phone page; 8090 or the next free one.", min=1, max=65535),
    ] = None,
    kind: Annotated[Kind, typer.Option(help="WeChat: the kind of account.")] = Kind.service,
    mode: Annotated[Mode, typer.Option(help="WeChat: how messages are encrypted.")] = Mode.safe,
) -> None:
    """Start Suda and a stand-in of WeChat or Telegram on this machine, and print the address of a phone to try it with.

    Nothing leaves the machine. Its data lie in var/demo/<platform> unless SUDA_DATA_DIR is set.
    """
    import asyncio

    from rich.console import Console
    from rich.markup import escape

    from serve.demo import prepare
    from serve.supervisor.system import System

    console = Console(highlight=False, soft_wrap=True)

    def say(line: str) -> None:
        console.print(
            f"[green]·[/] {escape(line)}" if console.is_terminal else line, markup=console.is_terminal
        )

    ready = prepare(platform.value, port=port, kind=kind.value, mode=mode.value)

    def show(running: Running) -> None:
        say(f"chat page {running.url}/, health {running.url}/readyz; Ctrl-C stops everything")
        console.print(f"Phone page: {ready.phone_url}", style="bold")

    asyncio.run(System(ready.settings, say=say, on_ready=show, plan=ready.plan).run())
