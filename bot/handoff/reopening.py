"""Taking a resolved case up again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from bot.clock import utc_now
from bot.conversations import service as conversations
from bot.conversations.models import BOT, CLOSED, Conversation, agent_owner
from bot.db import UnitOfWork
from bot.effects import Priority, Reason
from bot.errors import Conflict, NotFound
from bot.handoff import history
from bot.handoff.case_file import is_readable
from bot.handoff.cases import (
    Agent,
    Case,
    Request,
    held_by_another,
    lock_conversation_of,
    notice,
    packet_context,
    taken,
)
from bot.handoff.history import Happened
from bot.handoff.models import CLAIMED, RESOLVED, CaseLink, Handoff
from bot.handoff.service import request
from bot.privacy import audit
from bot.privacy.encryption import KeyRing


async def reopen(
    work: UnitOfWork, keys: KeyRing, handoff_id: int, agent: Agent, *, token_valid: timedelta
) -> Case:
    """Take a resolved case up again: a new handoff with the earlier one's packet, linked to it.

    Only while its patient can still read the conversation, and no other case of it is open.
    """
    await lock_conversation_of(work, handoff_id)
    earlier = await work.session.get(Handoff, handoff_id)
    if earlier is None:
        raise NotFound("no such handoff", field="handoff_id")
    if earlier.state != RESOLVED:
        raise await taken(work, handoff_id)
    held = await work.session.get(Conversation, earlier.conversation_id)
    if held is None:  # pragma: no cover - the foreign key holds it
        raise NotFound("no such conversation")
    if held.owner not in (CLOSED, BOT):
        raise await held_by_another(work, held.id, held.owner)
    if not is_readable(held, utc_now(), token_valid):
        raise Conflict(
            "the patient cannot read this chat any more",
            remedy="Reach them another way.",
        )
    before = held.owner
    created = await _again(work, keys, earlier, held.language)
    epoch = await conversations.change_owner(
        work, held.id, owner=before, epoch=held.epoch, to=agent_owner(agent.id)
    )
    await _claimed_by(work, created, held.id, agent)
    told = notice("moves.reopened", held.language, agent=agent.name)
    await conversations.post_system(work, keys, held.id, [told])
    await audit.record(
        work, agent.id, "handoff.reopened", held.id, handoff=created, earlier=earlier.id
    )
    await history.record(
        work, created, held.id, Happened.REOPENED, agent_id=agent.id, earlier=earlier.id
    )
    return Case(created, held.id, CLAIMED, agent.id, agent_owner(agent.id), epoch)


async def _again(work: UnitOfWork, keys: KeyRing, earlier: Handoff, language: str) -> int:
    packet: dict[str, Any] = keys.open(earlier.packet, packet_context(earlier.conversation_id))
    created = await request(
        work,
        keys,
        Request(
            earlier.conversation_id,
            Reason(earlier.reason),
            Priority(earlier.priority),
            language,
            None,
            packet,
        ),
    )
    await work.session.execute(insert(CaseLink).values(handoff_id=created, earlier_id=earlier.id))
    return created


async def _claimed_by(
    work: UnitOfWork, handoff_id: int, conversation_id: str, agent: Agent
) -> None:
    now = utc_now()
    await work.session.execute(
        update(Handoff)
        .where(Handoff.id == handoff_id)
        .values(state=CLAIMED, agent_id=agent.id, agent_name=agent.name, claimed_at=now)
    )
    await work.session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(closed_at=None, close_reason=None)
    )
