"""What patients think of the person and of the assistant, each asked once and never forced.

A person who helped is rated once a case; the assistant once a conversation. The patient may
change a rating while it is asked for. A bad one opens a task, which goes when it turns good.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import AGENT_PREFIX, CLOSED, Conversation, Message
from bot.db import UnitOfWork
from bot.errors import Conflict
from bot.events import OwnerChanged
from bot.handoff import history
from bot.handoff.cases import locked
from bot.handoff.follow_ups import finish_unneeded, open_follow_up
from bot.handoff.history import Happened
from bot.handoff.models import RESOLVED, Handoff, Rating
from bot.privacy import audit
from bot.privacy.encryption import KeyRing
from bot.privacy.redaction import Copied

About = Literal["person", "assistant"]
PERSON: About = "person"
ASSISTANT: About = "assistant"
BAD = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody the patient may rate now. `ended_at` is when the chat with them ended.

    `score` and `reason` are what the patient said already.
    """

    about: About
    agent_name: str | None
    ended_at: datetime
    score: int | None = None
    reason: str | None = field(default=None, repr=False)
    handoff_id: int | None = None
    agent_id: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Given:
    """What a patient gives: 1 to 5, and perhaps why."""

    about: About
    score: int
    reason: str = field(repr=False)


def reason_context(conversation_id: str, about: str) -> str:
    """The place a reason is sealed for."""
    return f"rating:{conversation_id}:{about}"


async def asked_for(
    session: AsyncSession, keys: KeyRing, conversation_id: str, *, after: datetime
) -> list[Asked]:
    """Whom the patient may rate: what ended after `after` and was not taken up again."""
    held = await session.get(Conversation, conversation_id, populate_existing=True)
    if held is None or held.owner == "queue" or held.owner.startswith(AGENT_PREFIX):
        return []
    found = []
    person = await _person(session, held)
    if person and person.ended_at > after:
        found.append(person)
    ended_at = held.closed_at if held.owner == CLOSED else None
    if ended_at and ended_at > after and await _assistant_spoke(session, conversation_id):
        found.append(Asked(ASSISTANT, None, ended_at))
    return [await _with_rating(session, keys, conversation_id, one) for one in found]


async def of_assistant(session: AsyncSession, conversation_id: str) -> Rating | None:
    """What the patient thought of the assistant in this conversation, if they said so."""
    found: Rating | None = await session.scalar(
        select(Rating).where(Rating.conversation_id == conversation_id, Rating.about == ASSISTANT)
    )
    return found


async def give(
    work: UnitOfWork,
    keys: KeyRing,
    conversation_id: str,
    given: Given,
    *,
    copied: Copied,
    within: timedelta,
    due_at: datetime,
    now: datetime,
) -> Asked:
    """Keep a rating, or change the one that was given; returns it as the patient sees it.

    `Conflict` when it is not asked for (any more). `copied` redacts; `due_at` is when a bad
    rating is to be looked into.
    """
    held = await locked(work, conversation_id)
    asked = await asked_for(work.session, keys, conversation_id, after=now - within)
    about = next((one for one in asked if one.about == given.about), None)
    if about is None:
        raise Conflict("this chat can no longer be rated", remedy="Write in the chat instead.")
    row = await _row(work.session, conversation_id, about) or await _insert(
        work, held, about, given.score, now
    )
    copy = copied(given.reason, held.language) or None
    task = await _task(work, keys, row, given, copy, due_at, now)
    await work.session.execute(
        update(Rating)
        .where(Rating.id == row.id)
        .values(
            score=given.score,
            reason=_sealed(keys, conversation_id, given),
            reason_copy=copy,
            changed_at=now,
            follow_up_id=task,
        )
    )
    await _tell(work, conversation_id, about, given.score)
    return replace(about, score=given.score, reason=given.reason or None)


async def _tell(work: UnitOfWork, conversation_id: str, asked: Asked, score: int) -> None:
    await audit.record(
        work, "patient", "rating.given", conversation_id, about=asked.about, score=score
    )
    if asked.handoff_id is not None:
        await history.record(
            work,
            asked.handoff_id,
            conversation_id,
            Happened.RATED,
            agent_id=asked.agent_id,
            about=asked.about,
            score=score,
        )
    work.emit(OwnerChanged(conversation_id))


async def _person(session: AsyncSession, held: Conversation) -> Asked | None:
    """The person who helped last, unless the patient wrote on after that."""
    row: Handoff | None = await session.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == held.id)
        .order_by(Handoff.id.desc())
        .limit(1)
    )
    if row is None or row.state != RESOLVED or row.resolved_at is None:
        return None
    if row.first_reply_at is None or row.agent_id is None:
        return None
    if held.owner != CLOSED:
        written = await session.scalar(
            select(Message.created_at).where(
                Message.conversation_id == held.id, Message.seq == held.patient_seq
            )
        )
        if written and written > row.resolved_at:
            return None
    return Asked(PERSON, row.agent_name, row.resolved_at, handoff_id=row.id, agent_id=row.agent_id)


async def _assistant_spoke(session: AsyncSession, conversation_id: str) -> bool:
    found = await session.scalar(
        select(Message.id)
        .where(Message.conversation_id == conversation_id, Message.author == "bot")
        .limit(1)
    )
    return found is not None


async def _row(session: AsyncSession, conversation_id: str, asked: Asked) -> Rating | None:
    which = (
        Rating.handoff_id == asked.handoff_id
        if asked.about == PERSON
        else Rating.conversation_id == conversation_id
    )
    found: Rating | None = await session.scalar(
        select(Rating).where(which, Rating.about == asked.about)
    )
    return found


async def _with_rating(
    session: AsyncSession, keys: KeyRing, conversation_id: str, asked: Asked
) -> Asked:
    row = await _row(session, conversation_id, asked)
    if row is None:
        return asked
    reason = None
    if row.reason:
        reason = keys.open(row.reason, reason_context(conversation_id, asked.about))
    return replace(asked, score=row.score, reason=reason, language=row.language)


async def _insert(
    work: UnitOfWork, held: Conversation, asked: Asked, score: int, now: datetime
) -> Rating:
    created: Rating | None = await work.session.scalar(
        insert(Rating)
        .values(
            conversation_id=held.id,
            handoff_id=asked.handoff_id,
            about=asked.about,
            agent_id=asked.agent_id,
            score=score,
            language=held.language,
            at=now,
            changed_at=now,
        )
        .returning(Rating)
    )
    if created is None:  # pragma: no cover - an insert returns its row
        raise RuntimeError("insert returned nothing")
    return created


async def _task(
    work: UnitOfWork,
    keys: KeyRing,
    row: Rating,
    given: Given,
    copy: str | None,
    due_at: datetime,
    now: datetime,
) -> int | None:
    """The task of a bad rating: one, as long as it is bad."""
    if given.score > BAD:
        if row.follow_up_id is not None:
            await finish_unneeded(work, row.follow_up_id, "rated_better", now=now)
        return None
    return row.follow_up_id or await open_follow_up(
        work,
        keys,
        conversation_id=row.conversation_id,
        handoff_id=row.handoff_id,
        kind="bad_rating",
        due_at=due_at,
        owner_id=None,
        note=copy,
        detail={"about": given.about, "score": given.score},
        now=now,
    )


def _sealed(keys: KeyRing, conversation_id: str, given: Given) -> bytes | None:
    if not given.reason:
        return None
    return keys.seal(given.reason, reason_context(conversation_id, given.about))
