"""Speed patches for Rasa 3.6.21, each guarded by the source it was written for.

Each module says why it exists and what it replaces, names that source in ``SOURCES`` and has ``apply()``; it may have
``after_start()`` and ``before_stop()``. What refuses leaves stock Rasa in place: slower, and right.
"""

from __future__ import annotations

import importlib
import logging
import os
from typing import Any, List, Optional

from engine.patches.guard import PatchRefused, check

SAFE = ("validator", "runner", "nolog", "events", "actions", "applied", "session", "gcfreeze")
"""Replies and events are identical to stock with all of these, see tests/integration/engine."""

log = logging.getLogger(__name__)


def _module(name: str) -> Any:
    return importlib.import_module(f"engine.patches.{name}")


def chosen(wish: Optional[str] = None) -> List[str]:
    """Names of patches: ``all``, ``none``, or names with commas; default is ``SUDA_ENGINE_PATCHES``, else all.

    Raises:
        SystemExit: There is no such patch.
    """
    wish = wish if wish is not None else os.environ.get("SUDA_ENGINE_PATCHES", "all")
    names = (
        SAFE
        if wish == "all"
        else [name.strip() for name in wish.split(",") if name.strip() not in {"", "none"}]
    )
    unknown = set(names) - set(SAFE)
    if unknown:
        raise SystemExit(
            f"SUDA_ENGINE_PATCHES: there is no {', '.join(sorted(unknown))}; known: {', '.join(SAFE)}."
        )
    return list(names)


def apply(wish: Optional[str] = None) -> List[str]:
    """Apply the chosen patches and return the names of those that were.

    A patch that refuses is an error in the log and nothing more: the engine then runs stock code in that place.
    """
    applied = []
    for name in chosen(wish):
        module = _module(name)
        try:
            check(module.SOURCES)
        except PatchRefused as refused:
            log.error("Patch %s refuses: %s. Stock Rasa runs instead.", name, refused)  # noqa: TRY400
            continue
        module.apply()
        applied.append(name)
    return applied


def after_start(applied: List[str]) -> None:
    """What patches do once the model is loaded."""
    for name in applied:
        getattr(_module(name), "after_start", lambda: None)()


async def before_stop(applied: List[str]) -> None:
    """What patches do when the engine stops."""
    for name in applied:
        stop = getattr(_module(name), "before_stop", None)
        if stop is not None:
            await stop()
