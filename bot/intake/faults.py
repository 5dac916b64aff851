"""Crash tests only: die at a named point, as a power cut would have it.

``SUDA_FAULT=<name>`` does nothing unless ``SUDA_FAULTS_ALLOWED=yes`` is set as well. Points: ``accepted``,
``before_engine``, ``after_engine``, ``after_outbox``.
"""

from __future__ import annotations

import os
import signal

_ARMED = os.environ.get("SUDA_FAULT") if os.environ.get("SUDA_FAULTS_ALLOWED") == "yes" else None


def point(name: str) -> None:
    """Kill this process with SIGKILL when this point is the one that is armed."""
    if name == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
