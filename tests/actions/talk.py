"""One message to one action, as rasa_sdk would bring it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.support import CarelineAction
from bot.effects import REPLY, Effect, Line, RequestHandoff


@dataclass
class Heard:
    """What came back: lines, effects, the texts a terminal shows, and the slots afterwards."""

    lines: list[Line]
    effects: list[Effect]
    shown: list[str]
    slots: dict[str, Any]

    @property
    def line(self) -> Line:
        """The only line."""
        assert len(self.lines) == 1
        return self.lines[0]

    @property
    def handoff(self) -> RequestHandoff | None:
        """The only request for a person, if there is one."""
        found = [effect for effect in self.effects if isinstance(effect, RequestHandoff)]
        assert len(found) <= 1
        return found[0] if found else None


def say(
    action: CarelineAction,
    text: str,
    *,
    intent: str = "ask_coverage",
    language: str | None = "en",
    spoken_before: str | None = None,
    entities: dict[str, str] | None = None,
    slots: dict[str, Any] | None = None,
    confidence: float = 0.9,
) -> Heard:
    """Run the action on this message; `slots` is the state before."""
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "entities": [{"entity": key, "value": value} for key, value in (entities or {}).items()],
        "metadata": {"language": language, "spoken_before": spoken_before},
    }
    before = dict(slots or {})
    tracker = Tracker("patient", before, message, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, tracker, {})
    replies = [REPLY.validate_python(message["custom"]) for message in dispatcher.messages]
    after = before | {event["name"]: event["value"] for event in events}
    return Heard(
        lines=[reply.line for reply in replies if reply.line],
        effects=[effect for reply in replies for effect in reply.effects],
        shown=[message["text"] for message in dispatcher.messages if message.get("text")],
        slots={key: value for key, value in after.items() if value is not None},
    )
