"""Cases in every state, made through the services that make them in life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp.test_utils import TestClient
from sqlalchemy import select, update

from bot import keys
from bot.clock import utc_now
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.models import QUEUE, Conversation
from bot.effects import ArticleRef, Priority, Reason
from bot.handoff import service as handoff
from bot.handoff.cases import Request
from bot.privacy.models import AuditEvent
from tests.web.colleagues import Colleague, app_of

CLIENT = TestClient[Any, Any]


@dataclass(frozen=True)
class Waiting:
    """A case in the queue."""

    conversation_id: str
    handoff_id: int


async def held_by_bot(client: CLIENT, words: str = "do you take aetna") -> str:
    """A conversation in which the patient wrote and the bot answered."""
    app = app_of(client)
    async with app[keys.DATABASE].work() as work:
        ring = app[keys.KEYS]
        conversation_id, _ = await conversations.open_conversation(work, "en")
        said = Draft(author="patient", text=words, language="en")
        stored = await conversations.store_patient_message(work, ring, conversation_id, said)
        await work.session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(answered_seq=stored.seq)
        )
        article = ArticleRef(slug="eob", version_id=1, language="en", title="What an EOB is")
        answer = Draft("bot", "An **answer**.", "en", kind="answer", article=article)
        await conversations.post(work, ring, conversation_id, answer, owner="bot", epoch=1)
        await work.commit()
    return conversation_id


async def waiting(
    client: CLIENT,
    words: str = "I want a person",
    priority: Priority = Priority.NORMAL,
    due: timedelta | None = timedelta(minutes=20),
    *,
    reason: Reason = Reason.ASKED,
    language: str = "en",
    topics: Sequence[str] = ("cov.eob",),
) -> Waiting:
    """A conversation that waits in the queue."""
    conversation_id = await held_by_bot(client, words)
    app = app_of(client)
    async with app[keys.DATABASE].work() as work:
        packet = {"question": words, "topics": list(topics), "details": {"visit": "checkup"}}
        by = utc_now() + due if due else None
        asked = Request(conversation_id, reason, priority, language, by, packet)
        handoff_id = await handoff.request(work, app[keys.KEYS], asked)
        await conversations.change_owner(work, conversation_id, owner="bot", epoch=1, to=QUEUE)
        await work.commit()
    return Waiting(conversation_id, handoff_id)


async def claimed(client: CLIENT, colleague: Colleague) -> tuple[Waiting, int]:
    """A case of this colleague's, and its epoch."""
    case = await waiting(client)
    return case, (await colleague.post(f"/api/handoffs/{case.handoff_id}/claim"))["epoch"]


def line(text: str, epoch: int, client_id: str = "client-0001") -> dict[str, Any]:
    return {"text": text, "epoch": epoch, "client_id": client_id}


async def audited(client: CLIENT, action: str) -> list[str]:
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = await session.scalars(select(AuditEvent.subject).where(AuditEvent.action == action))
        return list(found)
