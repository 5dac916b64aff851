"""A port for a server that a test starts in another process."""

from __future__ import annotations

import random

from serve.supervisor.ports import is_free

# Below what Linux hands to outgoing connections (32768 and up): between the choice of such a port and the start of
# the server, some connection of the same test would take it.
_PORTS = range(12_000, 32_000)
# Never from the seed of a test, which would have two runs beside each other choose the same.
_chance = random.SystemRandom()


def free_port() -> int:
    """A port of this machine on which nobody listens, nor the one after it, which a system takes for its actions."""
    while True:
        port = _chance.choice(_PORTS)
        if is_free("127.0.0.1", port) and is_free("127.0.0.1", port + 1):
            return port
