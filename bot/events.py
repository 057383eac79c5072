"""In-process facts, told after commit.

An event is a hint, never the truth: it carries ids, and whoever listens reads the tables. On
PostgreSQL the same hints travel between processes by NOTIFY, leaving exactly at commit.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """A thing that happened."""


@dataclass(frozen=True, slots=True)
class MessagePosted(Event):
    """A message was stored. `line` is what was stored, for this process only."""

    conversation_id: str
    seq: int
    author: str
    line: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class OwnerChanged(Event):
    """A conversation changed hands, or its handoff changed."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class NotePosted(Event):
    """An agent wrote an internal note. Never sent to a patient's socket."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class PresenceChanged(Event):
    """An agent came, went, or stepped away. Never sent to a patient's socket."""

    agent_id: str


@dataclass(frozen=True, slots=True)
class AlarmRaised(Event):
    """Nobody claimed a case in time. Never sent to a patient's socket."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class LookersChanged(Event):
    """An agent opened or left a conversation in a console."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class Mentioned(Event):
    """A note names an agent. Never sent to a patient's socket."""

    conversation_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class LinesSeen(Event):
    """The patient's chat, or the agent who has the case, showed the lines up to `seq`."""

    conversation_id: str
    by: str
    seq: int


@dataclass(frozen=True, slots=True)
class AssistantWorking(Event):
    """The assistant is about to answer. Told in this process only."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class PatientTyping(Event):
    """The patient is writing."""

    conversation_id: str
    typing: bool


@dataclass(frozen=True, slots=True)
class AgentTyping(Event):
    """An agent is writing to the patient."""

    conversation_id: str
    typing: bool


@dataclass(frozen=True, slots=True)
class KnowledgeChanged(Event):
    """Published articles or the clinic profile changed."""

    revision: int


_TOLD_EVERYWHERE: tuple[type[Event], ...] = (
    *(MessagePosted, OwnerChanged, NotePosted, KnowledgeChanged),
    *(PresenceChanged, AlarmRaised, Mentioned, LinesSeen, LookersChanged),
    *(PatientTyping, AgentTyping),
)
EVENTS = {kind.__name__: kind for kind in _TOLD_EVERYWHERE}
Listener = Callable[[Event], None]


def encode(event: Event, origin: str) -> str:
    """The text of a NOTIFY: ids only, far below PostgreSQL's 8,000 bytes."""
    ids = {one.name: getattr(event, one.name) for one in fields(event) if one.name != "line"}
    return json.dumps({"type": type(event).__name__, "from": origin, **ids})


def decode(payload: str) -> tuple[Event, str] | None:
    """The event and the process it came from, or None for a type of a newer release."""
    data: dict[str, Any] = json.loads(payload)
    kind, origin = EVENTS.get(data.pop("type")), data.pop("from")
    return (kind(**data), origin) if kind else None


class Bus:
    """Calls every listener, in order, on the main loop. A listener must not block."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; the result removes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(self, event: Event) -> None:
        """Tell everyone. One listener's failure is logged and keeps nothing from the others."""
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("listener failed on %s", type(event).__name__)
