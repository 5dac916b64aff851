"""The scan hook: what a command says of a file, with real commands."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.attachments.scan import Scanner
from bot.errors import ConfigError, MediaRefused

FINDS_EICAR = """sh -c 'if grep -q EICAR; then exit 1; else exit 0; fi'"""


async def test_a_clean_file_is_clean_and_an_infected_one_is_refused() -> None:
    scanner = Scanner(FINDS_EICAR)
    assert await scanner.scan(b"nothing" * 100_000) == "clean"
    with pytest.raises(MediaRefused) as refused:
        await scanner.scan(b"x" * 300_000 + b"EICAR")
    assert refused.value.code == "unsafe"


@pytest.mark.parametrize("command", ["sh -c 'exit 2'", "/no/such/scanner", "sh -c 'kill -9 $$'"])
async def test_a_scanner_that_fails_leaves_the_file_unscanned(command: str) -> None:
    assert await Scanner(command).scan(b"x") == "unscanned"


async def test_a_scanner_that_hangs_is_ended() -> None:
    began = time.monotonic()
    assert await Scanner("sleep 60", longest=0.3).scan(b"x") == "unscanned"
    assert time.monotonic() - began < 5


async def test_a_scanner_that_does_not_read_its_input_may_still_answer() -> None:
    assert await Scanner("true").scan(bytes(5_000_000)) == "clean"


async def test_without_a_scanner_nothing_is_scanned() -> None:
    scanner = Scanner(None)
    assert not scanner
    assert await asyncio.wait_for(scanner.scan(b"x"), 1) == "off"


def test_a_command_that_cannot_be_read_names_its_setting() -> None:
    with pytest.raises(ConfigError, match="SUDA_ATTACHMENT_SCAN"):
        Scanner("clamdscan '")
