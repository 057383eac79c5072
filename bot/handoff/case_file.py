"""What surrounds a case: the ones before it, what happened to it, whom it was spoken of with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import CLOSED, Conversation
from bot.handoff import history, identity
from bot.handoff.models import RESOLVED, CaseLink, Handoff, Rating
from bot.handoff.packet import sealed
from bot.handoff.ratings import of_assistant
from bot.privacy.encryption import KeyRing

MOST_OTHERS = 20
# Of the details of an event, those that a colleague may read.
TOLD = frozenset({"to", "held_by", "need", "outcome", "follow_up_on", "earlier"})


@dataclass(frozen=True, slots=True)
class Earlier:
    """A case that came before, in the same conversation or in another of the same patient."""

    id: int
    conversation_id: str
    language: str
    reason: str
    outcome: str | None
    agent_name: str | None
    requested_at: datetime
    resolved_at: datetime | None
    question: str


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the history. `by` and those in `detail` are account ids."""

    kind: str
    at: datetime
    by: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """`may_reopen`: it is resolved, the chat is closed, and its patient can still read it.

    `rating` is what the patient said of the assistant in this chat.
    """

    handoff_id: int | None
    reopens: int | None
    may_reopen: bool
    earlier: Sequence[Earlier]
    happened: Sequence[Happening]
    checks: Sequence[identity.Check]
    rating: Rating | None = None


async def case_file(
    session: AsyncSession,
    keys: KeyRing,
    conversation_id: str,
    *,
    now: datetime,
    token_valid: timedelta,
    others: Sequence[str] = (),
) -> CaseFile:
    """The file of a conversation's latest case. A patient holds one token per conversation, so
    its earlier cases are the same patient's, and so are those of `others`, whose contact was
    shown to be the same person's."""
    rows = (
        await session.scalars(
            select(Handoff)
            .where(Handoff.conversation_id == conversation_id)
            .order_by(Handoff.id.desc())
        )
    ).all()
    if not rows:
        return CaseFile(None, None, False, (), (), ())
    latest, *before = rows
    before += await _of_others(session, latest.id, others)
    held = await session.get(Conversation, conversation_id)
    link = await session.get(CaseLink, latest.id)
    events = await history.of_handoff(session, latest.id)
    return CaseFile(
        latest.id,
        link.earlier_id if link else None,
        latest.state == RESOLVED
        and held is not None
        and held.owner == CLOSED
        and is_readable(held, now, token_valid),
        [_earlier(row, keys) for row in before],
        [_happening(event.kind, event.at, event.agent_id, event.detail) for event in events],
        await identity.checks(session, keys, conversation_id),
        await of_assistant(session, conversation_id),
    )


async def _of_others(
    session: AsyncSession, latest: int, conversations: Sequence[str]
) -> Sequence[Handoff]:
    found = await session.scalars(
        select(Handoff)
        .where(Handoff.conversation_id.in_(conversations), Handoff.id < latest)
        .order_by(Handoff.id.desc())
        .limit(MOST_OTHERS)
    )
    return found.all()


def is_readable(held: Conversation, now: datetime, token_valid: timedelta) -> bool:
    """Whether the patient's token still opens the conversation."""
    return held.token_hash is not None and held.active_at > now - token_valid


def _earlier(row: Handoff, keys: KeyRing) -> Earlier:
    return Earlier(
        row.id,
        row.conversation_id,
        row.language,
        row.reason,
        row.outcome,
        row.agent_name,
        row.requested_at,
        row.resolved_at,
        sealed(row, keys).get("question") or "",
    )


def _happening(kind: str, at: datetime, by: str | None, detail: dict[str, Any]) -> Happening:
    return Happening(kind, at, by, {key: detail[key] for key in TOLD & detail.keys()})
