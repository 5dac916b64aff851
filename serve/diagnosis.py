"""What is well with an installation and what is not, each with its cure."""

from __future__ import annotations

import json
import shutil
import stat
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

from bot.clock import in_city, now
from bot.errors import SudaError
from bot.findings import Finding
from bot.handover import load_desk_hours
from bot.settings import Settings
from bot.speech.diagnosis import speech_finding
from bot.storage.migrate import current, head
from channels.voice.doctor import findings as voice_findings
from serve.connectors import connector_findings
from serve.hearing import speech_url
from serve.parts import build_catalogue, count_places, load_articles
from serve.places import known_database_url
from serve.supervisor import training
from serve.supervisor.engine_box import engine_python
from serve.supervisor.instance import find_running

LOW_SPACE_GB = 1.0


def findings(settings: Settings) -> Iterator[Finding]:
    """Everything, from the ground up."""
    yield _space(settings)
    yield from _secrets(settings)
    yield from _database(settings)
    yield from _engine(settings)
    yield _speech(settings)
    yield from content_findings(settings)
    yield from connector_findings(settings)
    yield from voice_findings()
    yield _running(settings)


def _space(settings: Settings) -> Finding:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(folder).free / 1e9
    if free < LOW_SPACE_GB:
        return Finding("disk", "bad", f"{free:.1f} GB free at {folder}", "make room or set SUDA_DATA_DIR")
    return Finding("disk", "ok", f"{free:.0f} GB free at {folder}")


def _secrets(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir / "secrets"
    files = [path for path in folder.iterdir() if path.is_file()] if folder.exists() else []
    if not files:
        yield Finding(
            "secrets", "note", "none made yet", "they are made at the first start; then back up the folder"
        )
        return
    open_ones = [path.name for path in files if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if open_ones:
        yield Finding("secrets", "bad", f"others may read {', '.join(open_ones)}", f"chmod 600 {folder}/*")
    else:
        yield Finding("secrets", "ok", f"{len(files)} files in {folder}, readable by their owner only")


def _database(settings: Settings) -> Iterator[Finding]:
    kind = "DATABASE_URL" if settings.database_url is not None else "embedded PostgreSQL"
    url = known_database_url(settings)
    if url is None:
        yield Finding("database", "note", f"{kind}, not running", "suda up starts it")
        return
    try:
        revision, newest = current(url), head()
    except SudaError as error:
        yield Finding("database", "bad", str(error), "start it, or correct DATABASE_URL")
        return
    yield Finding("database", "ok", f"{kind}, reachable")
    if revision == newest:
        yield Finding("schema", "ok", f"at {revision}")
    else:
        yield Finding(
            "schema", "bad", f"at {revision or 'nothing'}, the code wants {newest}", "suda db upgrade"
        )


def _engine(settings: Settings) -> Iterator[Finding]:
    try:
        engine_python()
    except SudaError as error:
        yield Finding("engine", "bad", str(error), "make setup")
        return
    yield Finding("engine", "ok", "environment is there")
    if training.is_current(settings.data_dir):
        yield Finding("training", "ok", "the model is that of the present nlu/ and domain.yml")
    else:
        yield Finding(
            "training",
            "note",
            "nlu/ or domain.yml changed since the last training",
            "suda train, or start again",
        )


def _speech(settings: Settings) -> Finding:
    try:
        url = speech_url(settings)
    except SudaError:  # a setting is wrong, which the finding says
        url = ""
    return speech_finding(settings, url or ("" if find_running(settings.data_dir) else None))


def content_findings(settings: Settings) -> Iterator[Finding]:
    """The content files: each must load whole; articles past their review date are named."""
    yield _loads("catalogue", lambda: f"{len(build_catalogue(settings).categories)} categories")
    yield _loads("desk hours", lambda: f"{len(load_desk_hours(settings.content_dir).stretches)} stretches")
    yield _loads("gazetteer", lambda: f"{count_places(settings)} names of places")
    today = in_city(now()).date()
    old: list[str] = []

    def articles() -> str:
        loaded = load_articles(settings)
        old.extend(article.id for article in loaded if article.review_by < today)
        return f"{len(loaded)} articles"

    yield _loads("knowledge", articles)
    if old:
        shown = ", ".join(old[:8]) + (" …" if len(old) > 8 else "")
        yield Finding(
            "review",
            "note",
            f"{len(old)} articles are past their review date: {shown}",
            "review them; answers say so meanwhile",
        )


def _loads(part: str, load: Callable[[], str]) -> Finding:
    try:
        return Finding(part, "ok", load())
    except SudaError as error:
        return Finding(part, "bad", str(error), "correct the file")


def _running(settings: Settings) -> Finding:
    running = find_running(settings.data_dir)
    if running is None:
        return Finding("system", "note", "not running", "suda up")
    try:
        with urllib.request.urlopen(f"{running.url}/readyz", timeout=5):  # noqa: S310 - our own address
            return Finding("system", "ok", f"ready at {running.url}/")
    except urllib.error.HTTPError as error:
        parts = ", ".join(json.load(error).get("not_ready", []))
        return Finding(
            "system", "bad", f"runs at {running.url}/, not ready: {parts}", f"see {settings.data_dir / 'log'}"
        )
    except OSError:
        return Finding("system", "bad", f"{running.url}/ does not answer", f"see {settings.data_dir / 'log'}")
