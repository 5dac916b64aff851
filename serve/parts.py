"""The parts that processes and commands are built from, each from the settings."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.settings import Settings

if TYPE_CHECKING:
    from actions.services import Services
    from bot.catalogue import Catalogue
    from bot.knowledge import Article, KnowledgeBase
    from bot.storage import Database
    from bot.storage.sealing import Vault
    from bot.understanding import Understander


@dataclass(frozen=True, slots=True)
class WebParts:
    """What pages and the API for cases are given; no model is among it."""

    settings: Settings
    database: Database
    vault: Vault


Reader = Callable[[str, datetime, dict[str, str]], dict[str, Any]]


def build_knowledge(settings: Settings) -> KnowledgeBase:
    """The knowledge base of the content folder; its vectors are kept in the data folder after the first time.

    Raises:
        ContentError: A content file is wrong.
    """
    from bot.embedding import get_embedder
    from bot.knowledge import KnowledgeBase
    from bot.vectorcache import VectorCache
    from bot.vectorpack import FOLDER

    cache = VectorCache(settings.data_dir / "cache", settings.content_dir / FOLDER)
    return KnowledgeBase.load(settings.content_dir, get_embedder(), cache)


def build_understander(settings: Settings) -> Understander:
    """What reads messages; it learns from the catalogue at the first time, about a minute.

    Raises:
        ContentError: A content file is wrong.
    """
    from bot.understanding import Understander

    return Understander(content_dir=settings.content_dir, models_dir=settings.data_dir / "models")


def build_reader(settings: Settings) -> Reader:
    """Message, moment and answers to clarifying questions -> the object of ``suda understand``, without its id."""
    understander = build_understander(settings)

    def read(text: str, at: datetime, answers: dict[str, str]) -> dict[str, Any]:
        return understander.understand(text, at=at, answers=answers).as_json()

    return read


def build_services(settings: Settings, database: Database) -> Services:
    """Everything actions use; the two slow parts load at the same time.

    Raises:
        ContentError: A content file is wrong.
    """
    from actions.services import Services
    from bot.storage.secrets import get_vault

    with ThreadPoolExecutor(2, thread_name_prefix="load") as pool:
        knowledge = pool.submit(build_knowledge, settings)
        understander = pool.submit(build_understander, settings).result()
        return Services(
            settings=settings,
            database=database,
            vault=get_vault(settings),
            understander=understander,
            dispatcher=understander.dispatcher,
            knowledge=knowledge.result(),
        )


def build_catalogue(settings: Settings) -> Catalogue:
    """The catalogue, checked.

    Raises:
        ContentError: A file is wrong.
    """
    from bot.catalogue.files import load_catalogue

    return load_catalogue(settings.content_dir)


def count_places(settings: Settings) -> int:
    """How many names the gazetteer holds, checked.

    Raises:
        ContentError: A file is wrong.
    """
    from bot.understanding.gazetteer import Gazetteer

    return sum(1 for _ in Gazetteer(settings.content_dir / "gazetteer").names())


def load_articles(settings: Settings) -> tuple[Article, ...]:
    """The articles, checked.

    Raises:
        ContentError: A file is wrong.
    """
    from bot.knowledge import load_articles as load

    return load(settings.content_dir / "knowledge")
