"""No orphan: the engine ends when the process that started it is gone."""

from __future__ import annotations

import os
import signal
import threading
import time


def end_with_parent(parent: int, every: float = 0.5) -> None:
    """Watch the parent from a thread; once it is gone stop politely, and after five seconds at once.

    Watching the parent's id works on every system and, unlike Linux's parent-death signal, does not mistake the end of
    the *thread* that started us for the end of the process.

    Args:
        parent: The process that started this one, read as early as possible.
        every: Seconds between two looks.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
