"""Whom an agent speaks with, asked before facts of an account are told.

A check is a record, never a barrier: general help needs none. What was asked is kept sealed; the
audit log and the columns hold codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.effects import Reason
from bot.events import OwnerChanged
from bot.handoff.cases import Agent, lock_conversation_of, owned_case
from bot.handoff.models import IdentityCheck
from bot.privacy import audit
from bot.privacy.encryption import KeyRing

# For whom the person asks: themselves, their child, their parent, somebody else.
Concerns = Literal["self", "child", "parent", "other"]
REASONS = frozenset({Reason.ACCOUNT, Reason.RECORDS, Reason.BOOKING})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an agent found out. `authority`: by what right for another, in the agent's words."""

    who: str
    concerns: Concerns
    patient: str
    authority: str
    method: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Check:
    """A check as it was made."""

    id: int
    handoff_id: int
    agent_name: str
    at: datetime
    asked: Asked


def identity_context(conversation_id: str) -> str:
    """The place a check is sealed for."""
    return f"identity:{conversation_id}"


def is_needed(reason: str, personal_topics: Iterable[bool]) -> bool:
    """Whether an answer may need facts of somebody's account: by the case's reason, or because
    a topic of it is one that a person looks up (`personal_topics` says so of each)."""
    return reason in REASONS or any(personal_topics)


async def record_check(
    work: UnitOfWork, keys: KeyRing, handoff_id: int, agent: Agent, asked: Asked
) -> int:
    """Keep a check in one's own case. Another one replaces none: all are kept."""
    await lock_conversation_of(work, handoff_id)
    case = await owned_case(work.session, handoff_id, agent.id)
    words = {"who": asked.who, "patient": asked.patient, "authority": asked.authority}
    created = await work.session.scalar(
        insert(IdentityCheck)
        .values(
            handoff_id=handoff_id,
            conversation_id=case.conversation_id,
            agent_id=agent.id,
            agent_name=agent.name,
            concerns=asked.concerns,
            method=asked.method,
            verified=asked.verified,
            body=keys.seal(words, identity_context(case.conversation_id)),
            at=utc_now(),
        )
        .returning(IdentityCheck.id)
    )
    await audit.record(
        work,
        agent.id,
        "identity.checked",
        case.conversation_id,
        handoff=handoff_id,
        concerns=asked.concerns,
        method=asked.method,
        outcome="verified" if asked.verified else "not_verified",
    )
    work.emit(OwnerChanged(case.conversation_id))
    return created or 0


async def checks(session: AsyncSession, keys: KeyRing, conversation_id: str) -> Sequence[Check]:
    """All checks in a conversation, oldest first. One counts for the case it was made in."""
    rows = await session.scalars(
        select(IdentityCheck)
        .where(IdentityCheck.conversation_id == conversation_id)
        .order_by(IdentityCheck.id)
    )
    return [_check(row, keys) for row in rows]


def _check(row: IdentityCheck, keys: KeyRing) -> Check:
    words = keys.open(row.body, identity_context(row.conversation_id))
    asked = Asked(
        words["who"],
        _concerns(row.concerns),
        words["patient"],
        words["authority"],
        row.method,
        row.verified,
    )
    return Check(row.id, row.handoff_id, row.agent_name, row.at, asked)


def _concerns(code: str) -> Concerns:
    known: tuple[Concerns, ...] = ("self", "child", "parent", "other")
    return next((one for one in known if one == code), "other")
