"""What people asked in the last weeks: redacted copies of the questions the assistant answered.

Copies follow the lines in the background, and are forgotten after thirty days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.conversations.models import Message, QuestionCopy, Turn
from bot.conversations.queries import opened
from bot.db import Database, UnitOfWork
from bot.privacy.encryption import KeyRing
from bot.privacy.redaction import Copied, copies

KEPT = timedelta(days=30)
AT_ONCE = 200
FULL = "full"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, redacted, and how often it was asked in these words."""

    words: str = field(repr=False)
    language: str
    times: int = 1


async def catch_up(
    database: Database, keys: KeyRing, copied: Copied, now: datetime, limit: int = AT_ONCE
) -> int:
    """Copy up to `limit` questions that have no copy, newest first, and forget those that are too
    old. Returns how many were copied; two processes at once copy each once."""
    async with database.reading() as session:
        rows = await session.scalars(
            select(Message)
            .join(
                Turn,
                (Turn.conversation_id == Message.conversation_id) & (Turn.seq == Message.seq),
            )
            .outerjoin(QuestionCopy, QuestionCopy.message_id == Message.id)
            .where(
                Message.created_at > now - KEPT,
                Message.author == "patient",
                Message.safety_tier.is_distinct_from(FULL),
                Turn.outcome == "committed",
                QuestionCopy.message_id.is_(None),
            )
            .order_by(Message.id.desc())
            .limit(limit)
        )
        lines = [(row, opened(keys, row)) for row in rows.unique()]
    said = await copies([(line.text, row.language) for row, line in lines], copied)
    async with database.work() as work:
        await work.session.execute(delete(QuestionCopy).where(QuestionCopy.at < now - KEPT))
        for (row, _), words in zip(lines, said, strict=True):
            await _keep(work, keys, row, words)
        await work.commit()
    return len(lines)


async def _keep(work: UnitOfWork, keys: KeyRing, row: Message, words: str) -> None:
    await work.session.execute(
        work.insert(QuestionCopy)
        .values(
            message_id=row.id,
            conversation_id=row.conversation_id,
            language=row.language,
            words=keys.seal(words, _place(row.id)),
            at=row.created_at,
        )
        .on_conflict_do_nothing(index_elements=["message_id"])
    )


async def recent(
    database: Database, keys: KeyRing, now: datetime, limit: int = 5000
) -> list[Question]:
    """The questions of the last thirty days, those in the same words together, newest first."""
    async with database.reading() as session:
        rows = (
            await session.execute(
                select(QuestionCopy.message_id, QuestionCopy.language, QuestionCopy.words)
                .where(QuestionCopy.at > now - KEPT)
                .order_by(QuestionCopy.message_id.desc())
                .limit(limit)
            )
        ).all()
    counted: dict[tuple[str, str], int] = {}
    for message_id, language, sealed in rows:
        key = (" ".join(keys.open(sealed, _place(message_id)).split()), language)
        counted[key] = counted.get(key, 0) + 1
    return [Question(words, language, times) for (words, language), times in counted.items()]


def _place(message_id: int) -> str:
    return f"question:{message_id}"
