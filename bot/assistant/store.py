"""A tracker store that touches no database: a snapshot goes in, a snapshot comes out.

Rasa saves twice in a first turn; the last save counts. A sender that no turn was begun for is
refused, so nothing can be kept by accident: the store fails closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant import snapshot
from bot.assistant.turn import AssistantFailed


@dataclass(slots=True)
class Slot:
    """One turn's place in the store."""

    before: snapshot.Snapshot | None
    after: snapshot.Snapshot | None = None


class SnapshotStore(TrackerStore):
    """Holds the state of the turns that run right now."""

    def __init__(self, domain: Domain):
        super().__init__(domain, None)
        self._turns: dict[str, Slot] = {}

    @contextmanager
    def turn(self, sender_id: str, before: snapshot.Snapshot | None) -> Iterator[Slot]:
        """Open a place for one turn. Two turns of one sender at once are refused."""
        if sender_id in self._turns:
            raise AssistantFailed("turn_in_progress")
        self._turns[sender_id] = Slot(before)
        try:
            yield self._turns[sender_id]
        finally:
            del self._turns[sender_id]

    def _slot(self, sender_id: str) -> Slot:
        try:
            return self._turns[sender_id]
        except KeyError:
            raise AssistantFailed("unknown_sender") from None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the state of this moment; a later save replaces it."""
        self._slot(tracker.sender_id).after = snapshot.take(tracker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The state the turn began with; None starts a session."""
        before = self._slot(sender_id).before
        return None if before is None else snapshot.restore(sender_id, before, self.domain)

    async def keys(self) -> Iterable[str]:
        """The senders whose turns run."""
        return list(self._turns)
