"""From what the log holds to questions that found no answer, each copied once and redacted.

The sources are stored already, in the transaction of the turn, the case or the rating: effects of
turns, cases for want of content, bad ratings of the assistant. Which line was the question depends
on the source: "none of these" is an answer to a choice, and the question stands before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Gap, Message
from bot.conversations.queries import opened
from bot.db import Database, UnitOfWork
from bot.effects import Reason
from bot.gaps.models import Unanswered
from bot.handoff.models import Handoff, Rating
from bot.handoff.ratings import ASSISTANT, BAD
from bot.privacy.encryption import KeyRing
from bot.privacy.redaction import Copied, copies

WANT_OF_CONTENT = (Reason.NO_ANSWER, Reason.MISSING_FACT, Reason.REPEATED_FAILURE)
BAD_RATING = "bad_rating"
KINDS = ("no_answer", "clarify", "not_what_i_asked", BAD_RATING, "missing_fact", "handoff")
# Longer replies to a choice say anew what is wanted.
OWN_WORDS = 4
NONE_OF_THESE = "none_of_these"
# Rows may be committed later than they are dated.
OVERLAP = timedelta(hours=1)
BATCH = 50


@dataclass(frozen=True, slots=True)
class Missed:
    """Something in the log that says: a question of this conversation was not answered."""

    conversation_id: str
    kind: str
    at: datetime
    seq: int | None = None
    article_slug: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The line that asked."""

    missed: Missed
    seq: int
    language: str
    at: datetime
    text: str = field(repr=False)


def text_context(conversation_id: str, seq: int) -> str:
    """The place a copy is sealed for."""
    return f"gap:{conversation_id}:{seq}"


async def gather(
    database: Database,
    keys: KeyRing,
    copied: Copied,
    *,
    since: datetime | None,
    oldest: datetime,
) -> int:
    """Copy what came since then; returns how many questions are new. Doing it twice adds none.

    Questions asked before `oldest` are kept no longer, and so not copied again.
    """
    async with database.reading() as session:
        missed = await _missed(session, since - OVERLAP if since else None)
    added = 0
    for start in range(0, len(missed), BATCH):
        batch = missed[start : start + BATCH]
        async with database.reading() as session:
            asked = [await question_of(session, keys, each) for each in batch]
        found = [one for one in asked if one and one.at >= oldest]
        texts = await copies([(one.text, one.language) for one in found], copied)
        async with database.work() as work:
            for one, text in zip(found, texts, strict=True):
                added += await _store(work, keys, one, text)
            await work.commit()
    return added


async def _missed(session: AsyncSession, after: datetime | None) -> list[Missed]:
    """Effects first: they know the line, so that a case or a rating of the same adds nothing."""
    effects = select(Gap).order_by(Gap.id)
    cases = select(Handoff).where(Handoff.reason.in_([one.value for one in WANT_OF_CONTENT]))
    ratings = select(Rating).where(Rating.about == ASSISTANT, Rating.score <= BAD)
    if after:
        effects = effects.where(Gap.at > after)
        cases = cases.where(Handoff.requested_at > after)
        ratings = ratings.where(Rating.changed_at > after)
    found = [
        Missed(one.conversation_id, one.outcome, one.at, one.seq, one.article_slug)
        for one in await session.scalars(effects)
    ]
    known = set(await session.scalars(select(Gap.conversation_id)))
    for case in await session.scalars(cases.order_by(Handoff.id)):
        fact = case.reason == Reason.MISSING_FACT
        if fact or case.conversation_id not in known:
            kind = "missing_fact" if fact else "handoff"
            found.append(Missed(case.conversation_id, kind, case.requested_at))
    for rated in await session.scalars(ratings.order_by(Rating.id)):
        found.append(Missed(rated.conversation_id, BAD_RATING, rated.changed_at))
    return found


async def question_of(session: AsyncSession, keys: KeyRing, missed: Missed) -> Question | None:
    """The line that asked what was missed; None where there is none, or where it was danger."""
    rows = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == missed.conversation_id,
            Message.author.in_(("patient", "bot")),
        )
        .order_by(Message.seq)
    )
    lines = rows.all()
    place, slug = _place(lines, keys, missed)
    if place is None or lines[place].safety_tier:
        return None
    line = lines[place]
    view = opened(keys, line)
    told = Missed(missed.conversation_id, missed.kind, missed.at, missed.seq, slug)
    return Question(told, line.seq, line.language, line.created_at, view.text)


def _place(
    lines: Sequence[Message], keys: KeyRing, missed: Missed
) -> tuple[int | None, str | None]:
    slug = missed.article_slug
    if missed.kind in ("missing_fact", "handoff"):
        last = [at for at, one in enumerate(lines) if one.created_at <= missed.at]
        return _asked_before(lines, keys, len(last)), slug
    if missed.kind == BAD_RATING:
        answers = [at for at, one in enumerate(lines) if one.author == "bot" and one.article_slug]
        if not answers:
            return None, None
        return _asked_before(lines, keys, answers[-1]), lines[answers[-1]].article_slug
    own = next((at for at, one in enumerate(lines) if one.seq == missed.seq), None)
    if own is None or missed.kind == "no_answer":
        return own, slug
    if missed.kind == "clarify" and _says_anew(lines, keys, own):
        return own, slug
    kinds = ("clarify",) if missed.kind == "clarify" else ("answer", "clarify")
    said = [at for at in range(own) if lines[at].author == "bot" and lines[at].kind in kinds]
    before = _asked_before(lines, keys, said[-1]) if said else None
    return (own if before is None else before), slug


def _says_anew(lines: Sequence[Message], keys: KeyRing, own: int) -> bool:
    after = lines[own + 1] if own + 1 < len(lines) else None
    if after is not None and (after.fixed_id or "").endswith(NONE_OF_THESE):
        return False
    return len(opened(keys, lines[own]).text.split()) >= OWN_WORDS


def _asked_before(lines: Sequence[Message], keys: KeyRing, place: int) -> int | None:
    """The patient's last own line before `place`: a pressed choice has no words of theirs."""
    for at in range(place - 1, -1, -1):
        if lines[at].author == "patient" and not opened(keys, lines[at]).choice:
            return at
    return None


async def _store(work: UnitOfWork, keys: KeyRing, one: Question, text: str) -> int:
    conversation_id = one.missed.conversation_id
    done = await work.run(
        work.insert(Unanswered)
        .values(
            conversation_id=conversation_id,
            seq=one.seq,
            kind=one.missed.kind,
            article_slug=one.missed.article_slug,
            language="es" if one.language == "es" else "en",
            text=keys.seal(text, text_context(conversation_id, one.seq)),
            at=one.at,
        )
        .on_conflict_do_nothing(index_elements=["conversation_id", "seq"])
    )
    return max(0, done.rowcount)
