"""Who was given a version: how often, in which conversations, and what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import CLOSED, Conversation, Gap, Message
from bot.corrections.came_next import Came, Life, Line, came_next
from bot.errors import NotFound
from bot.handoff.models import Handoff, Rating
from bot.knowledge.models import Article, State, Version

# What came next is looked up for the latest of them; the counts are of all.
MOST = 2_000
AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Which:
    """The version that is asked about, and where it stands."""

    id: int
    slug: str
    language: str
    title: str
    state: str
    published_at: datetime
    live_id: int | None
    lead: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How often it was shown: by the assistant, by people as it is or changed, by a correction."""

    assistant: int
    people: int
    adapted: int
    corrections: int
    conversations: int
    first_at: datetime | None
    last_at: datetime | None
    # Of the conversations it was shown in: score → how many gave it to the assistant.
    ratings: dict[int, int]

    @property
    def shown(self) -> int:
        """All together."""
        return self.assistant + self.people + self.adapted + self.corrections


@dataclass(frozen=True, slots=True)
class Reader:
    """One conversation in which it was shown; what came next is of the last time."""

    conversation_id: str
    times: int
    shown_at: datetime
    author: str
    adapted: bool
    language: str
    open: bool
    score: int | None
    came: Came


@dataclass(frozen=True, slots=True)
class Readers:
    """The latest conversations, and what came after each time it was shown in them."""

    readers: Sequence[Reader]
    came: Counter[Came]


async def which(session: AsyncSession, version_id: int) -> Which:
    """The version. Raises `NotFound` for one that patients never could read."""
    row = (
        await session.execute(
            select(Version, Article.slug)
            .join(Article, Article.id == Version.article_id)
            .where(Version.id == version_id, Version.published_at.is_not(None))
        )
    ).one_or_none()
    if row is None or row[0].published_at is None:
        raise NotFound(f"there is no published version {version_id}")
    version, slug = row
    live_id = await session.scalar(
        select(Version.id).where(
            Version.article_id == version.article_id,
            Version.language == version.language,
            Version.state == State.PUBLISHED.value,
        )
    )
    return Which(
        id=version.id,
        slug=slug,
        language=version.language,
        title=version.title,
        state=version.state,
        published_at=version.published_at,
        live_id=live_id,
        lead=version.lead,
    )


async def counts(session: AsyncSession, version_id: int) -> Counts:
    """How often the version was shown, exactly."""
    shown: Counter[str] = Counter()
    rows = await session.execute(
        select(Message.author, Message.adapted, func.count())
        .where(Message.version_id == version_id)
        .group_by(Message.author, Message.adapted)
    )
    for author, adapted, count in rows:
        by = {"agent": "people", "system": "corrections"}.get(author, "assistant")
        shown["adapted" if adapted else by] += count
    total, first, last = (
        await session.execute(
            select(
                func.count(Message.conversation_id.distinct()),
                func.min(Message.created_at),
                func.max(Message.created_at),
            ).where(Message.version_id == version_id)
        )
    ).one()
    given_in = select(Message.conversation_id).where(Message.version_id == version_id)
    ratings = await session.execute(
        select(Rating.score, func.count())
        .where(Rating.about == "assistant", Rating.conversation_id.in_(given_in))
        .group_by(Rating.score)
    )
    return Counts(
        assistant=shown["assistant"],
        people=shown["people"],
        adapted=shown["adapted"],
        corrections=shown["corrections"],
        conversations=total,
        first_at=first,
        last_at=last,
        ratings={score: count for score, count in ratings},
    )


async def readers(session: AsyncSession, version_id: int) -> Readers:
    """The latest `MOST` conversations it was shown in, the latest first."""
    last = func.max(Message.created_at)
    rows = await session.scalars(
        select(Message.conversation_id)
        .where(Message.version_id == version_id)
        .group_by(Message.conversation_id)
        .order_by(last.desc(), Message.conversation_id)
        .limit(MOST)
    )
    ids, found, came = rows.all(), list[Reader](), Counter[Came]()
    for some in _batches(ids):
        for reader, after in await _read(session, version_id, some):
            found.append(reader)
            came.update(after)
    return Readers(found, came)


async def _read(
    session: AsyncSession, version_id: int, ids: Sequence[str]
) -> list[tuple[Reader, list[Came]]]:
    held = {
        one.id: one
        for one in await session.execute(
            select(Conversation.id, Conversation.owner, Conversation.language).where(
                Conversation.id.in_(ids)
            )
        )
    }
    lives, adapted = await _lives(session, ids, {key for key in ids if held[key].owner == CLOSED})
    scores = {
        key: score
        for key, score in await session.execute(
            select(Rating.conversation_id, Rating.score).where(
                Rating.about == "assistant", Rating.conversation_id.in_(ids)
            )
        )
    }
    found = []
    for key in ids:
        life = lives[key]
        shown = [one for one in life.lines if one.version_id == version_id]
        after = [came_next(one, life) for one in shown]
        reader = Reader(
            conversation_id=key,
            times=len(shown),
            shown_at=shown[-1].at,
            author=shown[-1].author,
            adapted=(key, shown[-1].seq) in adapted,
            language=held[key].language,
            open=not life.closed,
            score=scores.get(key),
            came=after[-1],
        )
        found.append((reader, after))
    return found


async def _lives(
    session: AsyncSession, ids: Sequence[str], closed: set[str]
) -> tuple[dict[str, Life], set[tuple[str, int]]]:
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    adapted: set[tuple[str, int]] = set()
    columns = (
        *(Message.conversation_id, Message.seq, Message.author),
        *(Message.version_id, Message.created_at, Message.adapted),
    )
    said = select(*columns).where(Message.conversation_id.in_(ids))
    for key, seq, author, version_id, at, changed in await session.execute(
        said.order_by(Message.conversation_id, Message.seq)
    ):
        lines[key].append(Line(seq, author, version_id, at))
        if changed:
            adapted.add((key, seq))
    missed: defaultdict[str, list[int]] = defaultdict(list)
    for key, seq in await session.execute(
        select(Gap.conversation_id, Gap.seq).where(
            Gap.conversation_id.in_(ids), Gap.outcome == "not_what_i_asked"
        )
    ):
        missed[key].append(seq)
    asked: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for key, at, reason in await session.execute(
        select(Handoff.conversation_id, Handoff.requested_at, Handoff.reason).where(
            Handoff.conversation_id.in_(ids)
        )
    ):
        asked[key].append((at, reason))
    lives = {key: Life(lines[key], missed[key], asked[key], key in closed) for key in ids}
    return lives, adapted


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for begins in range(0, len(ids), AT_ONCE):
        yield ids[begins : begins + AT_ONCE]


def tally(came: Counter[Came]) -> Iterable[tuple[Came, int]]:
    """What came next, the most frequent first."""
    return sorted(came.items(), key=lambda one: (-one[1], one[0].next, one[0].reason or ""))
