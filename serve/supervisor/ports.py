"""Ports: whether one is free, and one that is."""

from __future__ import annotations

import errno
import socket

from bot.errors import ConfigError


def is_free(host: str, port: int) -> bool:
    """Whether a server can listen there.

    Raises:
        ConfigError: The host is no address of this machine, or the port needs a right that we lack.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror as error:
        raise ConfigError(f"SUDA_HOST={host} is not an address: set it to 127.0.0.1 or 0.0.0.0.") from error
    except PermissionError as error:
        raise ConfigError(
            f"This user may not listen on port {port}: set SUDA_PORT to one above 1023."
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise ConfigError(
            f"Nothing can listen on {host}:{port} ({error.strerror}): check SUDA_HOST and SUDA_PORT."
        ) from error
    return True


def require_free(host: str, port: int, setting: str = "SUDA_PORT") -> None:
    """Refuse a busy port.

    Args:
        host: Where the server is to listen.
        port: On which port.
        setting: The setting that chooses the port, for the advice.

    Raises:
        ConfigError: Another program listens there; names the port and the setting.
    """
    if not is_free(host, port):
        raise ConfigError(
            f"Port {port} on {host} is used by another program: stop that one, or choose another port, for example {setting}={other_port(host, port)} make run."
        )


def other_port(host: str, port: int) -> int:
    """The next free port after ``port``, for advice and for internal listeners."""
    for candidate in range(port + 1, min(port + 100, 65535)):
        if is_free(host, candidate):
            return candidate
    with socket.socket() as probe:
        probe.bind((host, 0))
        chosen: int = probe.getsockname()[1]
        return chosen
