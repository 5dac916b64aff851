"""Refuse to replace code that is not the code a patch was written for."""

from __future__ import annotations

import hashlib
import importlib
import inspect
from typing import Any, Dict

import rasa

RASA_VERSION = "3.6.21"


class PatchRefused(Exception):  # noqa: N818 - a patch refuses
    """This Rasa is not the one the patch was written for; stock behaviour stays."""


def resolve(target: str) -> Any:
    """The object that ``module`` or ``module:Class.function`` names, unbound."""
    module, _, path = target.partition(":")
    found = importlib.import_module(module)
    for part in filter(None, path.split(".")):
        found = inspect.getattr_static(found, part)
    return found.__func__ if isinstance(found, (staticmethod, classmethod)) else found


def fingerprint(target: str) -> str:
    """SHA-256 of a target's source text."""
    return hashlib.sha256(inspect.getsource(resolve(target)).encode()).hexdigest()


def check(sources: Dict[str, str]) -> None:
    """Make sure that each target is what it was.

    Args:
        sources: Target to the SHA-256 of its source.

    Raises:
        PatchRefused: Another version of Rasa, or other source.
    """
    if rasa.__version__ != RASA_VERSION:
        raise PatchRefused(f"Rasa is {rasa.__version__}, not {RASA_VERSION}")
    for target, known in sources.items():
        try:
            found = fingerprint(target)
        except (ImportError, AttributeError, OSError, TypeError) as error:
            raise PatchRefused(f"{target} cannot be read: {type(error).__name__}") from error
        if found != known:
            raise PatchRefused(f"{target} is not the source this patch was written for")
