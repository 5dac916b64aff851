"""Keep what was loaded at the start out of the garbage collector's sight.

Why: TensorFlow, scikit-learn and the model are a million objects that live as long as the process; the collector walks
them again and again. Replaces: nothing in Rasa; acts once the model is loaded and has understood one sentence.
"""

from __future__ import annotations

import gc
from typing import Dict

SOURCES: Dict[str, str] = {}


def apply() -> None:
    """Nothing yet: there is no model."""


def after_start() -> None:
    """Freeze what lives, and collect less often from now on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
