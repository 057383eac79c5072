"""The language a patient speaks: the conversation has it, and its open case follows.

Notices, the line's skills and what the console offers rest on it.
"""

from __future__ import annotations

from sqlalchemy import update

from bot.conversations import service as conversations
from bot.db import UnitOfWork
from bot.events import OwnerChanged
from bot.handoff.models import RESOLVED, Handoff


async def speak(work: UnitOfWork, conversation_id: str, language: str) -> bool:
    """From now on the patient is spoken to in this language. False when they were before."""
    changed = await conversations.set_language(work, conversation_id, language)
    followed = await work.session.scalar(
        update(Handoff)
        .where(
            Handoff.conversation_id == conversation_id,
            Handoff.state != RESOLVED,
            Handoff.language != language,
        )
        .values(language=language)
        .returning(Handoff.id)
    )
    if not changed and followed is None:
        return False
    work.emit(OwnerChanged(conversation_id))
    return True
