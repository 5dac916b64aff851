"""What we rely on in Procrastinate beyond its documented interface; a newer version must answer to this first."""

from __future__ import annotations

import inspect
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Status
from procrastinate.worker import Worker
from psycopg.rows import dict_row

from bot.clock import now
from bot.intake import accept, statements
from bot.messages import Incoming
from bot.storage import Database
from bot.storage.migrate import MIGRATIONS
from bot.storage.sealing import Vault


def test_the_frozen_schema_is_that_of_the_installed_version() -> None:
    """When this fails, add a migration with what changed in between; never edit 0001_jobs."""
    frozen = (MIGRATIONS / "versions" / "0001_jobs.sql").read_text(encoding="utf-8")
    installed = files("procrastinate").joinpath("sql", "schema.sql").read_text(encoding="utf-8")

    def statements_of(schema: str) -> list[str]:
        return [line for line in schema.splitlines() if line and not line.startswith("--")]

    assert statements_of(frozen) == statements_of(installed)


async def test_our_job_is_the_job_that_procrastinate_would_have_deferred(database: Database) -> None:
    async with database.session() as session, session.begin():
        incoming = Incoming("web", "a", "1", "路灯坏了", now())
        receipt = await accept(session, Vault(bytes(32)), incoming)
    app = App(connector=PsycopgConnector(conninfo=database.url))
    async with app.open_async():
        await app.configure_task(
            statements.TURN_TASK, queue=statements.TURN_QUEUE, lock=str(receipt.citizen_id)
        ).defer_async(inbox_id=receipt.inbox_id)
    async with await psycopg.AsyncConnection.connect(database.url, row_factory=dict_row) as connection:
        ours, theirs = await (
            await connection.execute("SELECT * FROM procrastinate_jobs ORDER BY id")
        ).fetchall()
    assert ours.pop("id") < theirs.pop("id")
    assert ours == theirs
    assert ours["status"] == Status.TODO.value


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("_fetch_and_process_jobs", ["self"]),
        ("_process_job", ["self", "context"]),
        ("_persist_job_status", ["self", "job", "status", "retry_decision", "context", "job_result"]),
        ("_update_heartbeat", ["self"]),
        ("_periodic_deferrer", ["self"]),
        ("_log_extra", ["self", "action", "context", "job_result", "kwargs"]),
    ],
)
def test_the_methods_our_loop_replaces_are_still_there(method: str, parameters: list[str]) -> None:
    assert list(inspect.signature(getattr(Worker, method)).parameters) == parameters


def test_the_state_our_loop_keeps_is_still_there() -> None:
    source = inspect.getsource(Worker.__init__)
    for name in ("_new_job_event", "_running_jobs", "_job_semaphore", "_stop_event", "_job_ids_to_abort"):
        assert f"self.{name}" in source


def test_no_code_of_ours_schedules_work_under_a_citizens_lock() -> None:
    """A job of the future holds up all later messages of its citizen: timers belong in a table."""
    sources = Path(inspect.getfile(statements)).parent.glob("*.py")
    assert not [path.name for path in sources if "schedule_in" in path.read_text(encoding="utf-8")]
