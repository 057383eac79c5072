"""Contacts: when a patient came, when that visit was over, and whether they came again.

A contact begins with a patient's line after silence; while a case is open, silence is waiting and
not an end. Contacts of one person are known by the conversation (the token in the browser) and by
the address a patient left, where there is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message
from bot.db import UtcDateTime
from bot.handoff.history import Happened
from bot.handoff.models import Handoff, HandoffEvent
from bot.insights.dialect import seconds_between
from bot.insights.facts import REPEAT_WITHIN, Contact, later
from bot.insights.periods import Period
from bot.knowledge.models import Article
from bot.outreach.models import Contact as Address


@dataclass(frozen=True, slots=True)
class Began:
    """A patient's line after silence, and the last line before it."""

    at: datetime
    language: str
    before: datetime | None


@dataclass(slots=True)
class Thread:
    """What is known of one conversation in the time that is looked at."""

    begun: list[Began] = field(default_factory=list)
    last_line: datetime | None = None
    cases: list[tuple[datetime, datetime | None, tuple[str, ...]]] = field(default_factory=list)
    answers: list[tuple[datetime, tuple[str, ...]]] = field(default_factory=list)
    browser: bool = True
    addresses: set[str] = field(default_factory=set)


async def contacts(
    session: AsyncSession, period: Period, *, now: datetime, silence: timedelta
) -> list[Contact]:
    """The contacts that began in the period, and who came back within a week of them."""
    until = period.end + REPEAT_WITHIN + silence
    threads = await _threads(session, period.start - silence, until, silence)
    found = {
        conversation_id: split(conversation_id, thread, now=now, silence=silence)
        for conversation_id, thread in threads.items()
    }
    return [
        one
        for one in linked(found, {key: thread.addresses for key, thread in threads.items()})
        if period.has(one.began_at)
    ]


def split(
    conversation_id: str, thread: Thread, *, now: datetime, silence: timedelta
) -> list[Contact]:
    """The contacts of one conversation, in order."""
    begun = [one for one in thread.begun if not _waiting(thread, one)]
    made = []
    for place, one in enumerate(begun):
        following = begun[place + 1] if place + 1 < len(begun) else None
        end = following.before if following else thread.last_line
        until = following.at if following else None
        cases = [case for case in thread.cases if _in(case[0], one.at, until)]
        closings = [closed for _, closed, _ in cases if closed is not None]
        open_case = any(closed is None for _, closed, _ in cases)
        end = max([end or one.at, *closings])
        shown = [topics for at, topics in thread.answers if _in(at, one.at, until)]
        named = [topics for _, _, topics in cases]
        made.append(
            Contact(
                conversation_id,
                one.language,
                one.at,
                end,
                over=following is not None or (not open_case and end + silence < now),
                to_person=bool(cases),
                topics=tuple(dict.fromkeys(code for topics in named + shown for code in topics)),
                linkable="contact" if thread.addresses else "browser" if thread.browser else None,
            )
        )
    return made


def linked(
    found: Mapping[str, Sequence[Contact]], addresses: Mapping[str, Collection[str]]
) -> list[Contact]:
    """All contacts, each with the next one of the same person and what told so."""
    by_address: dict[str, list[datetime]] = defaultdict(list)
    for conversation_id, made in found.items():
        for address in addresses[conversation_id]:
            by_address[address].extend(one.began_at for one in made)
    for starts in by_address.values():
        starts.sort()
    joined = []
    for conversation_id, made in found.items():
        own = {"browser": [[one.began_at for one in made]]}
        ways = own | {"contact": [by_address[one] for one in addresses[conversation_id]]}
        for one in made:
            again = [
                (at, way)
                for way, lists in ways.items()
                for starts in lists
                if (at := later(starts, one.ended_at)) is not None
            ]
            at, way = min(again, default=(None, None))
            joined.append(replace(one, again_at=at, again_by=way))
    return joined


def _waiting(thread: Thread, one: Began) -> bool:
    """Whether a case was open all through the silence before this line."""
    return one.before is not None and any(
        opened <= one.before + timedelta(seconds=1) and (closed is None or closed > one.at)
        for opened, closed, _ in thread.cases
    )


def _in(at: datetime, since: datetime, until: datetime | None) -> bool:
    return at >= since and (until is None or at < until)


async def _threads(
    session: AsyncSession, since: datetime, until: datetime, silence: timedelta
) -> dict[str, Thread]:
    threads: dict[str, Thread] = defaultdict(Thread)
    await _read_lines(session, threads, since, until, silence)
    await _read_cases(session, threads, since, until)
    await _read_answers(session, threads, since, until)
    await _read_addresses(session, threads, since)
    gone = await session.scalars(
        select(Conversation.id).where(
            Conversation.active_at >= since, Conversation.token_hash.is_(None)
        )
    )
    for conversation_id in gone:
        if conversation_id in threads:
            threads[conversation_id].browser = False
    return {key: thread for key, thread in threads.items() if thread.begun}


async def _read_lines(
    session: AsyncSession,
    threads: dict[str, Thread],
    since: datetime,
    until: datetime,
    silence: timedelta,
) -> None:
    """Every patient's line after silence. A line whose predecessor lies before `since` is one."""
    within = (Message.created_at >= since) & (Message.created_at < until)
    lines = (
        select(
            Message.conversation_id,
            Message.author,
            Message.language,
            Message.created_at,
            func.lag(Message.created_at, type_=UtcDateTime())
            .over(partition_by=Message.conversation_id, order_by=Message.seq)
            .label("before"),
        )
        .where(within)
        .subquery()
    )
    c = lines.c
    silent = seconds_between(c.before, c.created_at) > silence.total_seconds()
    begun = await session.execute(
        select(c.conversation_id, c.created_at, c.language, c.before)
        .where(c.author == "patient", or_(c.before.is_(None), silent))
        .order_by(c.conversation_id, c.created_at)
    )
    for conversation_id, *one in begun:
        threads[conversation_id].begun.append(Began(*one))
    last = await session.execute(
        select(Message.conversation_id, func.max(Message.created_at, type_=UtcDateTime()))
        .where(within)
        .group_by(Message.conversation_id)
    )
    for conversation_id, at in last:
        if conversation_id in threads:
            threads[conversation_id].last_line = at


async def _read_cases(
    session: AsyncSession, threads: dict[str, Thread], since: datetime, until: datetime
) -> None:
    """When a case was open in a conversation, and its topics."""
    touching = (Handoff.requested_at < until) & or_(
        Handoff.resolved_at.is_(None), Handoff.resolved_at >= since
    )
    details = await session.execute(
        select(HandoffEvent.handoff_id, HandoffEvent.detail)
        .join(Handoff, Handoff.id == HandoffEvent.handoff_id)
        .where(touching, HandoffEvent.kind == Happened.REQUESTED.value)
    )
    topics = {
        handoff_id: tuple(code for code in str(detail.get("topics") or "").split(",") if code)
        for handoff_id, detail in details
    }
    cases = await session.execute(
        select(Handoff.id, Handoff.conversation_id, Handoff.requested_at, Handoff.resolved_at)
        .where(touching)
        .order_by(Handoff.id)
    )
    for handoff_id, conversation_id, opened, closed in cases:
        if conversation_id in threads:
            case = (opened, closed, topics.get(handoff_id, ()))
            threads[conversation_id].cases.append(case)


async def _read_answers(
    session: AsyncSession, threads: dict[str, Thread], since: datetime, until: datetime
) -> None:
    """The subjects of the articles that were shown."""
    rows = await session.execute(select(Article.slug, Article.topics))
    topics = {slug: tuple(codes) for slug, codes in rows}
    shown = await session.execute(
        select(Message.conversation_id, Message.created_at, Message.article_slug)
        .where(
            Message.created_at >= since,
            Message.created_at < until,
            Message.author == "bot",
            Message.kind == "answer",
            Message.article_slug.is_not(None),
        )
        .order_by(Message.id)
    )
    for conversation_id, at, slug in shown:
        if conversation_id in threads:
            threads[conversation_id].answers.append((at, topics.get(slug, ())))


async def _read_addresses(
    session: AsyncSession, threads: dict[str, Thread], since: datetime
) -> None:
    """What finds the addresses that patients left again, as long as they consent."""
    found = await session.execute(
        select(Address.conversation_id, Address.address_hash)
        .join(Conversation, Conversation.id == Address.conversation_id)
        .where(Conversation.active_at >= since, Address.withdrawn_at.is_(None))
    )
    for conversation_id, address_hash in found:
        if conversation_id in threads:
            threads[conversation_id].addresses.add(address_hash)
