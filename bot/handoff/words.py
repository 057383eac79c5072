"""What a case can be found by: its redacted words, without accents, in the order they came.

The words are a copy of the patient's lines as the desk copies them, so names, numbers and dates
are gone; the copy is sealed all the same. Whoever searches opens the few thousand copies of open
and recent cases: that takes milliseconds, and no word of a patient lies in clear text. Copies
follow the lines: `catch_up` runs in the background and before a search.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message
from bot.conversations.queries import opened
from bot.db import Database
from bot.handoff.models import RESOLVED, CaseWords, Handoff
from bot.privacy.encryption import CannotOpen, KeyRing
from bot.privacy.redaction import Copied
from bot.privacy.spans import Kind

RECENT = timedelta(days=30)
AT_ONCE = 100
LINES = 200
# A place that was named longer ago than so many lines is not what is spoken of now.
PLACE_LINES = 20
_PLACEHOLDER = re.compile("|".join(re.escape(kind.placeholder) for kind in Kind))
_WORD = re.compile(r"[^\W_]+")
# The site that words speak of, if any.
SiteOf = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class _Due:
    """A case whose copy is behind its lines."""

    handoff_id: int
    conversation_id: str
    language: str
    lines: Sequence[str]
    before: str | None
    from_seq: int
    upto_seq: int
    site: str | None


def words_context(handoff_id: int) -> str:
    """The place a copy is sealed for."""
    return f"words:{handoff_id}"


def plain(text: str) -> str:
    """`¿Cuánto cuesta?` as `cuanto cuesta`; what redaction put in is left out."""
    folded = unicodedata.normalize("NFKD", _PLACEHOLDER.sub(" ", text).casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(bare))


def matches(words: str, asked: str) -> bool:
    """Whether every word of `asked` begins a word of the case. Both are `plain`."""
    padded = f" {words}"
    return all(f" {one}" in padded for one in asked.split())


def recent(now: datetime) -> ColumnElement[bool]:
    """Cases that can be found: open, or resolved not long ago."""
    return (Handoff.state != RESOLVED) | (Handoff.resolved_at > now - RECENT)


async def site_spoken_of(
    session: AsyncSession, keys: KeyRing, conversation_id: str, site_of: SiteOf
) -> str | None:
    """The site that the patient named last in the conversation, within its latest lines."""
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.author == "patient")
        .order_by(Message.seq.desc())
        .limit(PLACE_LINES)
    )
    return next((site for line in _readable(keys, rows) if (site := site_of(line))), None)


def _readable(keys: KeyRing, rows: Iterable[Message]) -> Iterator[str]:
    """What the lines say. One that no longer opens must keep no case from being opened or found."""
    for row in rows:
        with contextlib.suppress(CannotOpen):
            yield opened(keys, row).text


async def catch_up(
    database: Database,
    keys: KeyRing,
    *,
    copied: Copied,
    site_of: SiteOf,
    now: datetime,
    limit: int = AT_ONCE,
) -> int:
    """Bring the copies of up to `limit` cases up to their lines. Returns how many were behind.

    Two processes may do it at once: the second finds the copy further on and writes nothing.
    """
    async with database.reading() as session:
        due = await _due(session, keys, now, limit)
    if not due:
        return 0
    made = await asyncio.to_thread(lambda: [_copy(one, copied, site_of) for one in due])
    for one, (words, site) in zip(due, made, strict=True):
        await _store(database, keys, one, words, site)
    return len(due)


async def _due(session: AsyncSession, keys: KeyRing, now: datetime, limit: int) -> list[_Due]:
    found = await session.execute(
        select(Handoff, Conversation.patient_seq, CaseWords)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .outerjoin(CaseWords, CaseWords.handoff_id == Handoff.id)
        .where(
            recent(now),
            CaseWords.upto_seq.is_(None)
            | ((CaseWords.upto_seq < Conversation.patient_seq) & (Handoff.state != RESOLVED)),
        )
        .order_by(Handoff.id.desc())
        .limit(limit)
    )
    return [await _one(session, keys, *row) for row in found.all()]


async def _one(
    session: AsyncSession, keys: KeyRing, handoff: Handoff, upto: int, known: CaseWords | None
) -> _Due:
    from_seq = known.upto_seq if known else 0
    rows = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == handoff.conversation_id,
            Message.author == "patient",
            Message.seq > from_seq,
            Message.seq <= upto,
        )
        .order_by(Message.seq.desc())
        .limit(LINES)
    )
    return _Due(
        handoff.id,
        handoff.conversation_id,
        handoff.language,
        list(_readable(keys, reversed(rows.all()))),
        keys.open(known.words, words_context(handoff.id)) if known else None,
        from_seq,
        upto,
        known.site if known else None,
    )


def _copy(due: _Due, copied: Copied, site_of: SiteOf) -> tuple[str, str | None]:
    said = [copied(line, due.language) for line in due.lines]
    words = " ".join(dict.fromkeys(f"{due.before or ''} {plain(' '.join(said))}".split()))
    # What was said last of a site holds.
    sites = [site for line in due.lines if (site := site_of(line))]
    return words, sites[-1] if sites else due.site


async def _store(
    database: Database, keys: KeyRing, due: _Due, words: str, site: str | None
) -> None:
    values = {
        "upto_seq": due.upto_seq,
        "site": site,
        "words": keys.seal(words, words_context(due.handoff_id)),
    }
    async with database.work() as work:
        if due.before is not None:
            await work.session.execute(
                update(CaseWords)
                .where(CaseWords.handoff_id == due.handoff_id, CaseWords.upto_seq == due.from_seq)
                .values(**values)
            )
        else:
            try:
                await work.session.execute(
                    insert(CaseWords).values(handoff_id=due.handoff_id, **values)
                )
            except IntegrityError:
                return
        if site and site != due.site:
            # Where the patient goes is what whoever takes the case may have to know.
            await work.session.execute(
                update(Handoff).where(Handoff.id == due.handoff_id).values(site=site)
            )
        await work.commit()
