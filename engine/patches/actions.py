"""Make the one default action that is asked for.

Why: stock makes all of Rasa's default actions to look one name up, several times a turn. Replaces:
``action_for_name_or_text`` for default actions that are made without arguments and for slot extraction; every other name,
and every default that the domain overrides, takes the stock way.
"""

from __future__ import annotations

from typing import Any

from rasa.core.actions import action
from rasa.shared.core.constants import ACTION_EXTRACT_SLOTS

SOURCES = {
    "rasa.core.actions.action:action_for_name_or_text": "a63fb2d066efa0bc5a116dc4932299c77736aad3b6b8a85170e0dcafe615bf52",
    "rasa.core.actions.action:default_actions": "6fa4896f3667a20ef926faa5a9aed3d7be3543924aae20d0f55bc735dd04417f",
}


def apply() -> None:
    """Put the patch in place."""
    stock = action.action_for_name_or_text
    simple = {
        made.name(): type(made) for made in action.default_actions() if type(made).__init__ is object.__init__
    }

    def action_for_name_or_text(name: str, domain: Any, endpoint: Any) -> Any:
        if name in domain.action_names_or_texts and name not in domain.user_actions_and_forms:
            if name in simple:
                return simple[name]()
            if name == ACTION_EXTRACT_SLOTS:
                return action.ActionExtractSlots(endpoint)
        return stock(name, domain, endpoint)

    action.action_for_name_or_text = action_for_name_or_text
