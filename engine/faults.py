"""What can go wrong in a turn, and how a failed action ends the turn instead of vanishing."""

from __future__ import annotations

from typing import Any, Iterator, List

import aiohttp
import jsonschema
from rasa.core.actions import action
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.utils.endpoints import ClientResponseError

ACTION_SECONDS = 15
"""An action may take this long; Rasa would wait five minutes, the worker waits 20 s for the whole turn."""


class TurnError(Exception):
    """A turn that has no result.

    Attributes:
        status: HTTP status to answer with; 503 means that the same turn may be tried again.
        code: Stable word for programs.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class TurnAborted(BaseException):
    """Carries a failed action's error through Rasa.

    Rasa catches ``Exception`` around every action, logs it and goes on as if the action had done nothing; extracting
    slots does the same. What is not an ``Exception`` passes both, so the turn ends here and nothing of it is saved.
    """

    def __init__(self, error: TurnError) -> None:
        super().__init__(str(error))
        self.error = error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def action_failure(name: str, error: BaseException) -> TurnError:
    """The error of a turn whose action failed: 502 if trying again is no use, else 503.

    Where no connection could be made nothing was run, so no turn can be to blame: ``actions_away``, not ``action_failed``.
    The message names the action and the kind of failure only: an action server's answer may repeat what a citizen said.
    """
    for cause in _causes(error):
        if isinstance(cause, aiohttp.ClientConnectorError):
            return TurnError(503, "actions_away", "The action server cannot be reached.")
        if isinstance(cause, ClientResponseError):
            status = 502 if 400 <= cause.status < 500 else 503
            return TurnError(status, "action_failed", f"Action {name} answered with status {cause.status}.")
        if isinstance(cause, jsonschema.ValidationError):
            return TurnError(502, "action_failed", f"The answer of action {name} does not follow the schema.")
    return TurnError(503, "action_failed", f"Action {name} failed: {type(error).__name__}.")


def surface_action_failures() -> None:
    """Make every call of the action server that fails abort its turn; refused runs (status 400) stay Rasa's own matter."""
    stock = RemoteAction.run
    if getattr(stock, "surfaces_failures", False):
        return

    async def run(self: RemoteAction, *args: Any, **kwargs: Any) -> List[Any]:
        try:
            return await stock(self, *args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            raise TurnAborted(action_failure(self.name(), error)) from error

    run.surfaces_failures = True  # type: ignore[attr-defined]
    RemoteAction.run = run
    action.DEFAULT_REQUEST_TIMEOUT = ACTION_SECONDS
