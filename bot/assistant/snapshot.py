"""The dialogue state between turns: slots and the active loop, cut at `action_listen`.

Rasa would keep every event and walk them all at each prediction, so a long conversation gets
slower with every turn. RulePolicy looks at slots, loop and the last action only; a property test
shows that predictions after a cut equal those of the whole history.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    SESSION_START_METADATA_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

Snapshot = dict[str, Any]


def take(tracker: DialogueStateTracker) -> Snapshot:
    """The state worth keeping: slots that differ from their start, and the active loop."""
    slots = {
        name: slot.value
        for name, slot in tracker.slots.items()
        if slot.value != slot.initial_value and name != SESSION_START_METADATA_SLOT
    }
    return {"slots": slots, "loop": tracker.active_loop_name}


def events(snapshot: Snapshot) -> list[Event]:
    """The shortest history that leads to this state, ready for the next message."""
    history: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    history += [SlotSet(name, value) for name, value in sorted(snapshot["slots"].items())]
    if snapshot.get("loop"):
        history.append(ActiveLoop(snapshot["loop"]))
    history.append(ActionExecuted(ACTION_LISTEN_NAME))
    return history


def restore(sender_id: str, snapshot: Snapshot, domain: Domain) -> DialogueStateTracker:
    """A tracker in this state. Slots that the domain no longer has are left out."""
    tracker = DialogueStateTracker(sender_id, domain.slots)
    known = {slot.name for slot in domain.slots}
    for event in events(snapshot):
        if not isinstance(event, SlotSet) or event.key in known:
            tracker.update(event, domain)
    return tracker
