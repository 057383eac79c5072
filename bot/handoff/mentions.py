"""Colleagues who are named in a note: `@Ben Demo`. They find it in their console."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.events import Mentioned
from bot.handoff.cases import Agent
from bot.handoff.models import Note, NoteMention

SHOWN = 50


@dataclass(frozen=True, slots=True)
class MentionView:
    """A note that names an agent. Its words stay in the case."""

    id: int
    conversation_id: str
    by: str
    at: datetime
    seen: bool


def named_in(words: str, colleagues: Iterable[Agent]) -> list[Agent]:
    """The colleagues after whose `@` the note says their name; of two names the longer one."""
    everyone = sorted(colleagues, key=lambda one: -len(one.name))
    found: dict[str, Agent] = {}
    for place in re.finditer(r"(?<!\w)@", words):
        rest = words[place.end() :].casefold()
        fitting = [one for one in everyone if _begins(rest, one.name.casefold())]
        # Two people may have the same name: both are told.
        for one in fitting:
            if len(one.name) == len(fitting[0].name):
                found[one.id] = one
    return list(found.values())


def _begins(rest: str, name: str) -> bool:
    return rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum()


async def add(
    work: UnitOfWork, conversation_id: str, note_id: int, mentioned: Sequence[Agent]
) -> None:
    """Keep who is named in a note, and tell their consoles once it is committed."""
    for one in mentioned:
        await work.session.execute(insert(NoteMention).values(note_id=note_id, account_id=one.id))
        work.emit(Mentioned(conversation_id, one.id))


async def of_agent(session: AsyncSession, agent_id: str) -> list[MentionView]:
    """What names this agent, the latest first."""
    rows = await session.execute(
        select(NoteMention, Note)
        .join(Note, Note.id == NoteMention.note_id)
        .where(NoteMention.account_id == agent_id)
        .order_by(NoteMention.id.desc())
        .limit(SHOWN)
    )
    return [
        MentionView(
            mention.id,
            note.conversation_id,
            note.agent_name,
            note.created_at,
            mention.seen_at is not None,
        )
        for mention, note in rows
    ]


async def seen(work: UnitOfWork, agent_id: str, conversation_id: str) -> None:
    """The agent opened the case: what names them there is no news any more."""
    await work.session.execute(
        update(NoteMention)
        .where(
            NoteMention.account_id == agent_id,
            NoteMention.seen_at.is_(None),
            NoteMention.note_id.in_(select(Note.id).where(Note.conversation_id == conversation_id)),
        )
        .values(seen_at=utc_now())
    )
