"""The knowledge base of the repository, loaded once a run, its vectors kept between runs."""

import pytest

from bot.embedding import get_embedder
from bot.knowledge import KnowledgeBase
from bot.settings import PROJECT
from bot.vectorcache import VectorCache

CACHE = VectorCache(PROJECT / "var" / "cache", PROJECT / "content" / "vectors")


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    """All articles of ``content/``; the first time takes half a minute of CPU."""
    return KnowledgeBase.load(PROJECT / "content", get_embedder(), CACHE)
