"""How far a correction has got, and whom it reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation
from bot.corrections.models import (
    DISCARDED,
    DUE,
    FAILED,
    GONE,
    SENT,
    Correction,
    CorrectionRecipient,
)
from bot.outreach.models import Mail
from bot.staff.models import Account

LISTED = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """Of how many conversations each is true. `mails` are told by what became of each."""

    all: int
    due: int
    told: int
    gone: int
    failed: int
    read: int
    mails: dict[str, int]


@dataclass(frozen=True, slots=True)
class View:
    """A correction, who acted, and how far it is."""

    correction: Correction
    author: str
    released_by: str | None
    released_at: datetime | None
    progress: Progress


async def of_version(session: AsyncSession, version_id: int) -> Sequence[View]:
    """The corrections of a version, the latest first; discarded drafts are left out."""
    return await _views(session, Correction.version_id == version_id)


async def one(session: AsyncSession, correction_id: int) -> View | None:
    """One correction, discarded or not."""
    found = await _views(session, Correction.id == correction_id, discarded=True)
    return found[0] if found else None


async def latest(session: AsyncSession) -> Sequence[View]:
    """The latest corrections of all articles."""
    return await _views(session)


async def _views(
    session: AsyncSession, *conditions: ColumnElement[bool], discarded: bool = False
) -> Sequence[View]:
    wanted = select(Correction).where(*conditions).order_by(Correction.id.desc()).limit(LISTED)
    if not discarded:
        wanted = wanted.where(Correction.state != DISCARDED)
    rows = (await session.scalars(wanted)).all()
    people = {one.author_id for one in rows} | {one.released_by for one in rows}
    named = await session.execute(
        select(Account.id, Account.display_name).where(Account.id.in_(people - {None}))
    )
    names = {key: name for key, name in named}
    return [
        View(
            row,
            names.get(row.author_id, ""),
            names.get(row.released_by or ""),
            row.released_at,
            await _progress(session, row.id),
        )
        for row in rows
    ]


async def _progress(session: AsyncSession, correction_id: int) -> Progress:
    mine = CorrectionRecipient.correction_id == correction_id
    states = Counter[str]()
    for state, count in await session.execute(
        select(CorrectionRecipient.state, func.count())
        .where(mine)
        .group_by(CorrectionRecipient.state)
    ):
        states[state] = count
    read = await session.scalar(
        select(func.count())
        .select_from(CorrectionRecipient)
        .join(Conversation, Conversation.id == CorrectionRecipient.conversation_id)
        .where(mine, Conversation.patient_seen_seq >= CorrectionRecipient.seq)
    )
    mails = Counter[str]()
    for mailed, state, count in await session.execute(
        select(CorrectionRecipient.mailed, Mail.state, func.count())
        .outerjoin(Mail, Mail.id == CorrectionRecipient.mail_id)
        .where(mine, CorrectionRecipient.mailed.is_not(None))
        .group_by(CorrectionRecipient.mailed, Mail.state)
    ):
        mails[state or mailed] += count
    return Progress(
        all=states.total(),
        due=states[DUE],
        told=states[SENT],
        gone=states[GONE],
        failed=states[FAILED],
        read=read or 0,
        mails=dict(mails),
    )
