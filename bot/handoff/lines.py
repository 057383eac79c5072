"""What an agent writes in a case: lines to the patient, and notes that never reach them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, update

from bot.clock import utc_now
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.models import Conversation, agent_owner
from bot.db import UnitOfWork
from bot.errors import NotFound
from bot.events import NotePosted
from bot.handoff import history, mentions, promise_life
from bot.handoff.cases import (
    Agent,
    note_context,
)
from bot.handoff.history import Happened
from bot.handoff.models import CLAIMED, Handoff, Note
from bot.privacy.encryption import KeyRing


async def reply(
    work: UnitOfWork, keys: KeyRing, conversation_id: str, agent_id: str, draft: Draft, epoch: int
) -> int:
    """An agent's line to the patient, if the agent still has the case. Returns its seq.

    The same `client_id` again returns the seq of the first time.
    """
    if draft.client_id:
        stored = await conversations.stored_seq(work.session, conversation_id, draft.client_id)
        if stored is not None:
            return stored
    seq = await conversations.post(
        work, keys, conversation_id, draft, owner=agent_owner(agent_id), epoch=epoch
    )
    now = utc_now()
    answered = await work.session.scalar(
        update(Handoff)
        .where(
            Handoff.conversation_id == conversation_id,
            Handoff.state == CLAIMED,
            Handoff.first_reply_at.is_(None),
        )
        .values(first_reply_at=now)
        .returning(Handoff.id)
    )
    if answered is not None:
        await history.record(
            work, answered, conversation_id, Happened.FIRST_REPLY, agent_id=agent_id, at=now
        )
        await promise_life.replied(work, answered, conversation_id, agent_id, now)
    return seq


async def add_note(
    work: UnitOfWork,
    keys: KeyRing,
    conversation_id: str,
    agent: Agent,
    words: str,
    mentioned: Sequence[Agent] = (),
) -> int:
    """Keep an internal line, and tell whoever is named in it. It never reaches the patient."""
    if await work.session.get(Conversation, conversation_id) is None:
        raise NotFound("no such conversation", field="conversation_id")
    created = await work.session.scalar(
        insert(Note)
        .values(
            conversation_id=conversation_id,
            agent_id=agent.id,
            agent_name=agent.name,
            body=keys.seal(words, note_context(conversation_id)),
            created_at=utc_now(),
        )
        .returning(Note.id)
    )
    if created is None:  # pragma: no cover - an insert returns its row
        raise RuntimeError("insert returned nothing")
    await mentions.add(work, conversation_id, created, mentioned)
    work.emit(NotePosted(conversation_id))
    return created
