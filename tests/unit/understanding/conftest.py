"""What understands with the real sentence model, learnt once a run."""

from __future__ import annotations

import pytest

from bot.embedding import get_embedder
from bot.settings import PROJECT
from bot.understanding import Understander


@pytest.fixture(scope="session")
def real_understander(tmp_path_factory: pytest.TempPathFactory) -> Understander:
    """Learnt from the shipped content, in a folder of its own."""
    return Understander(get_embedder(), PROJECT / "content", models_dir=tmp_path_factory.mktemp("models"))
