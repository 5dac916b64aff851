"""``suda chat``: talk in the terminal, or let a script talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.messages import Button, Reply
    from serve.cli.output import Line
    from serve.session import Caller

SECONDS_BETWEEN = 7
"""How far a script's clock goes on with each turn."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chat")(chat)


def chat(
    script: str = typer.Option(
        None,
        "--script",
        help='JSON lines {"id","reference_time"?,"turns":[...]}; - is standard input. A turn may be {"say","after":"3d"}.',
    ),
    jobs: int = typer.Option(4, "--jobs", min=1, max=64, help="Conversations of a script at the same time."),
    url: str = typer.Option(None, "--url", help="A system elsewhere; its key in SUDA_API_KEY."),
    json: bool = typer.Option(False, "--json", help="JSON lines also on a terminal."),
) -> None:
    """Talk to Suda here, as on the page; starts the system for the time when none runs."""
    import asyncio
    from contextlib import nullcontext

    from bot.settings import get_settings
    from serve.session import Caller, system

    settings = get_settings()
    with nullcontext(url.rstrip("/")) if url else system(settings) as where:
        caller = Caller.of(settings, where)
        if script is None:
            _talk(caller, settings.data_dir / "chat_history")
            return
        failed = asyncio.run(_play(caller, script, jobs, json))
    if failed:
        raise typer.Exit(1)


async def _play(caller: Caller, script: str, jobs: int, json: bool) -> int:
    """Play a script's conversations, some at the same time, and write them in the script's order."""
    import asyncio

    from bot.errors import SudaError
    from serve.cli.output import BadLines, emit, read_lines, wants_json

    bad = BadLines()
    lines = [line for line in read_lines(script, bad, required={"turns": list}) if _usable(line, bad)]
    failed = 0
    gate = asyncio.Semaphore(jobs)

    async def one(line: Line) -> dict[str, Any]:
        async with gate:
            return await _converse(caller, line.value)

    as_json = wants_json(json)
    async with caller:
        tasks = [asyncio.create_task(one(line)) for line in lines]
        for line, task in zip(lines, tasks, strict=True):
            try:
                played = await task
            except SudaError as error:
                failed += 1
                typer.echo(f"line {line.number}: {error}", err=True)
                continue
            if as_json:
                emit(played)
            else:
                show_played(played)
    bad.finish()
    return failed


def _usable(line: Line, bad: Any) -> bool:
    for turn in line.value["turns"]:
        try:
            read_turn(turn)
        except ValueError:
            bad.report(
                line.number,
                'each of "turns" must be a string, or {"say": "...", "after": "45m" | "2h" | "3d"}',
            )
            return False
    if "reference_time" in line.value:
        try:
            read_moment(line.value["reference_time"])
        except ValueError:
            bad.report(line.number, '"reference_time" must look like 2026-11-23T15:00:00+08:00')
            return False
    return True


def read_moment(value: Any) -> datetime:
    """An ISO moment; without a zone it is the city's time.

    Raises:
        ValueError: It is none.
    """
    from datetime import datetime

    from bot.clock import CITY

    if not isinstance(value, str):
        raise ValueError("not a string")  # noqa: TRY004 - one error for one cause
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=CITY)


def read_turn(value: Any) -> tuple[str, float]:
    """What a turn of a script says, and how many seconds of silence go before it.

    Raises:
        ValueError: It is neither a string nor an object with ``say`` and, if wanted, ``after``.
    """
    import re

    if isinstance(value, str):
        return value, SECONDS_BETWEEN
    if not isinstance(value, dict) or not isinstance(value.get("say"), str):
        raise ValueError("no turn")  # noqa: TRY004 - one error for one cause
    match = re.fullmatch(r"(\d{1,4})([smhd])", str(value.get("after", f"{SECONDS_BETWEEN}s")))
    if match is None:
        raise ValueError("no stretch of time")
    return value["say"], int(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


async def _converse(caller: Caller, wanted: dict[str, Any]) -> dict[str, Any]:
    import secrets
    from datetime import timedelta

    from bot.clock import now

    at = read_moment(wanted["reference_time"]) if "reference_time" in wanted else now()
    sender = f"script-{secrets.token_hex(12)}"
    turns, numbers = [], list[str]()
    for count, turn in enumerate(wanted["turns"]):
        said, silence = read_turn(turn)
        at += timedelta(seconds=silence if count else 0)
        replies = await caller.say(sender, str(count), said, at)
        turns.append({"user": said, "bot": [reply.text for reply in replies if reply.text]})
        numbers += [number for reply in replies for number in case_numbers(reply)]
    return {"id": wanted.get("id"), "turns": turns, "cases": await caller.cases(sender, numbers)}


def case_numbers(reply: Reply) -> list[str]:
    """The numbers of the cases that a reply says were filed."""
    cases = [reply.data.get("case"), *(reply.data.get("cases") or ())]
    return [str(case["number"]) for case in cases if isinstance(case, dict) and case.get("number")]


def show_played(played: dict[str, Any]) -> None:
    """Show a played conversation to a person; what was said is never read as markup."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.rule(Text(str(played["id"])))
    for turn in played["turns"]:
        console.print(Text.assemble(("我", "bold cyan"), "  ", turn["user"]))
        for text in turn["bot"]:
            console.print("[bold green]诉达[/] ", end="")
            console.print(text, markup=False)
    for case in played["cases"]:
        console.print(
            f"→ {case.get('case_number')}  {case.get('state')}  {case.get('category_path') or ''}",
            style="yellow",
            markup=False,
        )


def _talk(caller: Caller, history: Any) -> None:
    """The interactive terminal: what was typed is kept for the arrow keys, numbers press buttons."""
    import asyncio
    import readline
    import secrets
    from contextlib import suppress

    from rich.console import Console

    from bot.clock import now
    from bot.errors import SudaError

    console = Console(highlight=False)
    with suppress(OSError):
        readline.read_history_file(history)
    readline.set_history_length(500)
    sender = f"terminal-{secrets.token_hex(12)}"
    console.print("和诉达说说您的事。输入数字选择按钮，Ctrl-D 结束。", style="dim")
    offered: tuple[Any, ...] = ()
    try:
        with asyncio.Runner() as runner:
            runner.run(caller.__aenter__())
            try:
                while True:
                    said = input("我> ")
                    said = pressed(said, offered)
                    try:
                        with console.status("诉达正在输入……"):
                            replies = runner.run(caller.say(sender, secrets.token_hex(8), said, now()))
                    except SudaError as error:
                        console.print(str(error), style="red", markup=False)
                        continue
                    offered = _render(console, replies)
            finally:
                runner.run(caller.__aexit__(None, None, None))
    except EOFError:
        console.print()
    finally:
        with suppress(OSError):
            readline.write_history_file(history)
            history.chmod(0o600)


def pressed(said: str, offered: Sequence[Button]) -> str:
    """What a number typed at the terminal says: the button's words; anything else is said as it stands."""
    typed = said.strip()
    # isdigit() would also let ² and ③ through, which int() refuses.
    if len(typed) <= len(str(len(offered))) and typed.isdecimal() and 1 <= int(typed) <= len(offered):
        return offered[int(typed) - 1].says
    return said


def _render(console: Any, replies: list[Reply]) -> tuple[Any, ...]:
    from rich.padding import Padding
    from rich.text import Text

    buttons: list[Any] = []
    for reply in replies:
        console.print(Padding(Text(f"诉达  {reply.text}", style="green"), (0, 0, 0, 2)))
        buttons += reply.buttons
    for number, button in enumerate(buttons, start=1):
        console.print(f"    [{number}] {button.title}", style="cyan", markup=False)
    return tuple(buttons)
