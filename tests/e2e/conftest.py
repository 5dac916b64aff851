"""What the tests of the whole share: one running system and one browser a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.support.browser import find_chromium, launch
from tests.support.engine_process import PYTHON
from tests.support.running_system import RunningSystem, running_system


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """Suda as ``suda up`` starts it."""
    if not PYTHON.exists():
        pytest.skip("There is no engine environment (make setup): tests of the whole system are left out.")
    with running_system(tmp_path_factory.mktemp("suda")) as started:
        yield started


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """For one file only: its event loop would stand in the way of asynchronous tests in this thread."""
    find_chromium()
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    opened = launch(playwright)
    yield opened
    opened.close()
