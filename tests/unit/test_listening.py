"""A channel that stops listening is heard of, and listens again."""

from __future__ import annotations

import asyncio

import pytest
import structlog
from prometheus_client import REGISTRY

from bot.connector import Connector
from serve.connectors import listening


class Ear:
    """Listens, and breaks as told."""

    def __init__(self, *breaks: Exception | None) -> None:
        self._breaks = list(breaks)
        self.begun = 0
        self.cancelled = False

    async def listen(self) -> None:
        self.begun += 1
        if self._breaks:
            error = self._breaks.pop(0)
            if error is not None:
                raise error
            return
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serve.connectors.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("serve.connectors.LONGEST_PAUSE", 0.02)


async def until_begun(ear: Ear, times: int) -> None:
    async with asyncio.timeout(5):
        while ear.begun < times:  # noqa: ASYNC110 - a count
            await asyncio.sleep(0.005)


def failures(name: str) -> float:
    return REGISTRY.get_sample_value("suda_errors_total", {"code": f"{name}_listen_failed"}) or 0.0


async def test_a_channel_that_breaks_or_returns_listens_again_and_ends_when_told() -> None:
    ear = Ear(KeyError("光明路 13800138000"), None, OSError("openid"))
    before = failures("pigeon")
    with structlog.testing.capture_logs() as logged:
        async with listening({"pigeon": Connector(listen=ear.listen)}):
            await until_begun(ear, 4)
            assert not ear.cancelled
    assert ear.cancelled
    assert [(line["channel"], line["error"], line["again_in"]) for line in logged] == [
        ("pigeon", "KeyError", 0.01),
        ("pigeon", "returned", 0.02),
        ("pigeon", "OSError", 0.02),
    ]
    assert "13800138000" not in str(logged)
    assert "openid" not in str(logged)
    assert failures("pigeon") - before == 3


async def test_one_channel_that_breaks_leaves_the_others_listening() -> None:
    broken, whole = Ear(*[RuntimeError()] * 50), Ear()
    opened = {"a": Connector(listen=broken.listen), "b": Connector(listen=whole.listen), "c": Connector()}
    async with listening(opened):
        await until_begun(broken, 3)
        assert whole.begun == 1
        assert not whole.cancelled
    assert whole.cancelled


async def test_a_channel_that_pauses_after_a_fault_ends_at_once_when_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("serve.connectors.FIRST_PAUSE", 60.0)
    ear = Ear(RuntimeError())
    async with asyncio.timeout(5), listening({"a": Connector(listen=ear.listen)}):
        await until_begun(ear, 1)
    assert ear.begun == 1
