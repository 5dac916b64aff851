"""Do not prepare debug lines that nobody reads.

Why: Rasa deep-copies events, slots and states as arguments of ``structlogger.debug`` on every message, even when debug is
off. Replaces: the name ``copy`` in four modules where every ``copy.deepcopy`` is such an argument (which is why their
whole source is pinned), and ``Policy.format_tracker_states``, which feeds a debug line only.
"""

from __future__ import annotations

import logging
from typing import Any, TypeVar

import rasa.core.actions.forms
import rasa.core.policies.memoization
import rasa.core.policies.rule_policy
import rasa.core.processor
from rasa.core.policies.policy import Policy

SOURCES = {
    "rasa.core.processor": "f42dfbf26e2ffcb66e08cf4180d1de1cce2a8f59389d5d3b4ea12a95b1f186dd",
    "rasa.core.actions.forms": "7cb6c30550116597a43e0139b3d0c3507e4a1a900d72a5eae8b818aa19647dd7",
    "rasa.core.policies.rule_policy": "952d1a13906511ac9b8d1c3dcd27148b24bbcd6610ebb13bff23f2fb1667b2b5",
    "rasa.core.policies.memoization": "e4519f1a04ecdcce2241f5bd01f33b0b886d8a2136329da104946acaff31b775",
    "rasa.core.policies.policy:Policy.format_tracker_states": "32b101cb34fd1c32fd17557044632ecbe9cb5638e605ca81864ddcb6b469a22a",
}

T = TypeVar("T")


class NoCopy:
    """Stands in for the module ``copy`` where copies are made for debug lines only."""

    @staticmethod
    def deepcopy(value: T) -> T:
        """The value itself."""
        return value


def _no_states(_states: Any) -> str:
    return ""


def apply() -> None:
    """Put the patch in place, unless somebody does read debug lines."""
    if logging.getLogger("rasa").isEnabledFor(logging.DEBUG):
        return
    for module in (
        rasa.core.processor,
        rasa.core.actions.forms,
        rasa.core.policies.rule_policy,
        rasa.core.policies.memoization,
    ):
        module.copy = NoCopy
    Policy.format_tracker_states = staticmethod(_no_states)
