"""Custom actions in this process, through rasa_sdk's own executor.

Rasa logs and swallows an action's exception and goes on as if it had said nothing. So every
exception is recorded on the turn here, and what Rasa sees and logs of it has no words in it.
"""

from __future__ import annotations

import contextvars
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from bot.assistant.channel import TurnChannel

CHANNEL: contextvars.ContextVar[TurnChannel] = contextvars.ContextVar("channel")


class InProcessEndpoint(EndpointConfig):
    """Stands where an action server's URL would."""

    def __init__(self, actions: list[Action]):
        # Without this, the whole domain is serialised into every call.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        for action in actions:
            self._executor.register_action(action)

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Run the action of the call. An exception is recorded, then hidden from Rasa's log."""
        call = kwargs["json"]
        try:
            return await self._executor.run(call)
        except Exception as error:
            CHANNEL.get().fail(f"action_raised:{type(error).__name__}")
        raise RasaException(f"action {call['next_action']} failed")


class _SlotEvent(BaseModel):
    """The one event an action may return. Others could pause, restart or rewrite a dialogue."""

    model_config = ConfigDict(extra="forbid")

    event: Literal["slot"]
    name: str
    value: Any = None
    timestamp: float | None = None


class _ActionReply(BaseModel):
    events: list[_SlotEvent]
    responses: list[dict[str, Any]]


class InProcessAction(RemoteAction):
    """A custom action whose reply is checked once, with a schema that is compiled.

    Rasa compiles its own for every call, which is most of what a custom action costs there.
    """

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        try:
            _ActionReply.model_validate(result)
        except ValidationError:
            CHANNEL.get().fail("action_reply_malformed")
        else:
            return True
        raise RasaException(f"action {self.name()} gave a malformed reply")
