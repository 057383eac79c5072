"""What is new in a conversation since a client last looked: lines and state, in one read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversations.queries import messages_after
from bot.conversations.views import MessageView
from bot.db import Database
from bot.handoff.state import Look, PatientState, patient_state
from bot.privacy.encryption import KeyRing


@dataclass(frozen=True, slots=True)
class News:
    """Lines after the asked seq, in order, and who has the conversation now."""

    messages: Sequence[MessageView]
    state: PatientState


async def news(
    database: Database, keys: KeyRing, conversation_id: str, seq: int, look: Look | None = None
) -> News:
    """Read it; `look` tells the place in the line. Raises `StorageUnavailable`."""
    async with database.reading() as session:
        messages = await messages_after(session, keys, conversation_id, seq)
        state = await patient_state(session, conversation_id, look)
    return News(messages, state)
