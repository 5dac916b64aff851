"""What a server's process does once everything is loaded."""

from __future__ import annotations

import gc


def settle() -> None:
    """Keep what lives now out of the garbage collector's sight, and have it look less often.

    Models, word lists and modules are a million objects that live as long as the process: walking them takes a fifth of
    a second, in which nobody is answered (docs/performance.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
