"""Writing the vectors that are shipped with the content."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bot.catalogue.files import load_catalogue
from bot.embedding import Embedder
from bot.knowledge import KnowledgeBase
from bot.understanding.training import material
from bot.vectorcache import Progress, VectorCache
from bot.vectorpack import FOLDER

COLLECTIONS = ("knowledge", "unanswerable", "understanding")


def pack_vectors(content: Path, embedder: Embedder, progress: Progress | None = None) -> dict[str, int]:
    """Bring ``content/vectors`` up to date; only texts that are new cost time (20 CPU-ms each).

    Returns:
        Collection -> number of its vectors.

    Raises:
        ContentError: A content file is wrong.
    """
    target = content / FOLDER
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder), target)
        KnowledgeBase.load(content, embedder, cache, progress=progress)
        material(load_catalogue(content), embedder, cache, progress)
        return {collection: cache.pack(collection, target) for collection in COLLECTIONS}
