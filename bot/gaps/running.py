"""Grouping as background work: one process at a time, with progress that every page can read.

The lease is one conditional update by the database's clock; whoever holds it names its token in
every later write. What a person decides meanwhile wins: the grouping is then made again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import delete, insert, select, update

from bot.clock import Clock
from bot.db import Database, UnitOfWork, db_epoch, table_of
from bot.gaps import likeness
from bot.gaps.gathering import gather, text_context
from bot.gaps.grouping import Entry, Group, counts, regrouped
from bot.gaps.likeness import Likeness
from bot.gaps.models import ONLY_ROW, OPEN, GapLook, GapRun, KnownGap, Unanswered
from bot.knowledge.vectors import Floats
from bot.language.weights import EncoderUnavailable
from bot.privacy.encryption import KeyRing
from bot.privacy.redaction import Copied
from bot.settings import Settings

EVERY = timedelta(minutes=15)
# A process that has just begun has patients to answer first.
SETTLED_AFTER = timedelta(minutes=2)
LEASE_SECONDS = 120.0
CHUNK = 100
ATTEMPTS = 3
# A question stays this long after it was asked, and longer while nobody has looked at its gap.
KEPT_FOR = timedelta(days=180)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the grouping is. `stage` is empty when none runs."""

    stage: str
    done: int
    total: int
    added: int
    finished_at: datetime | None

    @property
    def running(self) -> bool:
        """Whether some process works on it."""
        return bool(self.stage)


@dataclass(frozen=True, slots=True)
class _State:
    entries: Sequence[Entry]
    texts: Sequence[str]
    decided: frozenset[int]
    decisions: int


class LostLease(Exception):
    """Another process took over; what this one made is not kept."""


class Grouping:
    """Keeps the gaps up to date."""

    def __init__(
        self, database: Database, keys: KeyRing, settings: Settings, copied: Copied, clock: Clock
    ):
        self._database = database
        self._keys = keys
        self._settings = settings
        self._copied = copied
        self._clock = clock
        self._made_at = clock()
        self._likeness: Likeness | None = None
        self._started: set[asyncio.Task[bool]] = set()

    async def progress(self) -> Progress:
        """How far the process that works is."""
        async with self._database.reading() as session:
            found = await session.execute(
                select(GapRun, (GapRun.until > db_epoch()).label("works"))
            )
            row = found.first()
        if row is None:
            return Progress("", 0, 0, 0, None)
        run, works = row
        stage = run.stage if works else ""
        return Progress(stage, run.done, run.total, run.added, run.finished_at)

    async def start(self) -> bool:
        """Begin now, in the background; False when a process works on it already."""
        token = await self._lease(every=None)
        if token is None:
            return False
        self._begin(token)
        return True

    def _begin(self, token: int) -> None:
        task = asyncio.create_task(self._whole(token))
        self._started.add(task)
        task.add_done_callback(self._ended)

    async def job(self) -> bool:
        """For the background: begin when the last time is long enough ago.

        Waits for nothing: other background work must not stand behind minutes of measuring.
        """
        if self._clock() < self._made_at + SETTLED_AFTER:
            return False
        token = await self._lease(every=EVERY)
        if token is not None:
            self._begin(token)
        return token is not None

    async def settled(self) -> None:
        """Wait for what this process works on."""
        await asyncio.gather(*self._started, return_exceptions=True)

    async def stop(self) -> None:
        """End what `start` began; another process takes it up when the lease is over."""
        for task in list(self._started):
            task.cancel()
        await asyncio.gather(*self._started, return_exceptions=True)

    def _ended(self, task: asyncio.Task[bool]) -> None:
        self._started.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("grouping of gaps failed: %s", type(error).__name__)

    async def _lease(self, *, every: timedelta | None) -> int | None:
        async with self._database.work() as work:
            await ensure_run(work)
            taking = update(GapRun).where(GapRun.until < db_epoch())
            if every is not None:
                old = GapRun.finished_at < self._clock() - every
                taking = taking.where(GapRun.finished_at.is_(None) | old)
            token = await work.session.scalar(
                taking.values(
                    token=GapRun.token + 1,
                    until=db_epoch() + LEASE_SECONDS,
                    stage="reading",
                    done=0,
                    total=0,
                    started_at=self._clock(),
                ).returning(GapRun.token)
            )
            await work.commit()
        return token

    async def _whole(self, token: int) -> bool:
        try:
            await self._gather(token)
            await self._forget(token)
            for _ in range(ATTEMPTS):
                state = await self._state()
                vectors = await self._measured(token, state.texts)
                await self._tell(token, stage="grouping")
                groups = await asyncio.to_thread(
                    regrouped, state.entries, vectors, state.texts, state.decided
                )
                if await self._keep(token, state, groups):
                    log.info("questions grouped: %s", counts(groups))
                    return True
        except LostLease:
            log.info("grouping of gaps was taken over by another process")
        except EncoderUnavailable:
            log.warning("gaps are not grouped: no encoder, run `careline train`")
        finally:
            await asyncio.shield(self._release(token))
        return False

    async def _gather(self, token: int) -> None:
        async with self._database.reading() as session:
            since = await session.scalar(select(GapRun.gathered_at))
        now = self._clock()
        oldest = now - KEPT_FOR
        added = await gather(self._database, self._keys, self._copied, since=since, oldest=oldest)
        await self._tell(token, stage="measuring", added=added, gathered_at=now)

    async def _forget(self, token: int) -> None:
        """What is old goes, once somebody has looked at its gap since it came."""
        seen = (
            select(GapLook.gap_id)
            .where(
                GapLook.gap_id == Unanswered.gap_id,
                GapLook.seen_at >= Unanswered.came_at,
            )
            .exists()
        )
        async with self._database.work() as work:
            await work.session.execute(
                delete(Unanswered).where(Unanswered.at < self._clock() - KEPT_FOR, seen)
            )
            await work.commit()

    async def _state(self) -> _State:
        async with self._database.reading() as session:
            decisions = await session.scalar(select(GapRun.decisions)) or 0
            rows = (await session.scalars(select(Unanswered).order_by(Unanswered.id))).all()
            decided = await session.scalars(
                select(KnownGap.id).where((KnownGap.state != OPEN) | KnownGap.by_hand)
            )
            held = frozenset(decided)
        texts = [
            self._keys.open(row.text, text_context(row.conversation_id, row.seq)) for row in rows
        ]
        return _State([Entry(row.id, row.gap_id) for row in rows], texts, held, decisions)

    async def _measured(self, token: int, texts: Sequence[str]) -> Floats:
        if not texts:
            return np.zeros((0, 1), np.float32)
        if self._likeness is None:
            await self._tell(token, stage="learning")
            settings = self._settings
            self._likeness = await asyncio.to_thread(
                likeness.load, settings.model_dir, settings.data_dir
            )
        for start in range(0, len(texts), CHUNK):
            await self._tell(token, stage="measuring", done=start, total=len(texts))
            await asyncio.to_thread(likeness.features, self._likeness.cache, texts[: start + CHUNK])
        return await asyncio.to_thread(self._likeness.vectors, texts)

    async def _tell(self, token: int, **values: Any) -> None:
        async with self._database.work() as work:
            done = await work.run(
                update(table_of(GapRun))
                .where(GapRun.id == ONLY_ROW, GapRun.token == token)
                .values(until=db_epoch() + LEASE_SECONDS, **values)
            )
            if not done.rowcount:
                raise LostLease
            await work.commit()

    async def _keep(self, token: int, state: _State, groups: Sequence[Group]) -> bool:
        """Write it all, unless a person decided something since `state` was read."""
        now = self._clock()
        async with self._database.work() as work:
            mine = await work.run(
                update(table_of(GapRun))
                .where(
                    GapRun.id == ONLY_ROW,
                    GapRun.token == token,
                    GapRun.decisions == state.decisions,
                )
                .values(finished_at=now)
            )
            if not mine.rowcount:
                return False
            before = {one.id: one.gap_id for one in state.entries}
            for group in groups:
                await _write(work, group, before, now)
            await drop_empty(work)
            await work.commit()
        return True

    async def _release(self, token: int) -> None:
        async with self._database.work() as work:
            await work.run(
                update(table_of(GapRun))
                .where(GapRun.id == ONLY_ROW, GapRun.token == token)
                .values(until=0.0, stage="")
            )
            await work.commit()


async def _write(
    work: UnitOfWork, group: Group, before: dict[int, int | None], now: datetime
) -> None:
    gap_id = group.gap_id
    if gap_id is None:
        gap_id = await work.session.scalar(
            insert(KnownGap).values(created_at=now, typical_id=group.typical).returning(KnownGap.id)
        )
    else:
        await work.run(
            update(table_of(KnownGap)).where(KnownGap.id == gap_id).values(typical_id=group.typical)
        )
    moved = [one for one in group.entries if before[one] != gap_id]
    if moved:
        await work.run(
            update(table_of(Unanswered))
            .where(Unanswered.id.in_(moved))
            .values(gap_id=gap_id, moved_at=now)
        )


async def drop_empty(work: UnitOfWork) -> None:
    """Open gaps whose questions all went elsewhere are no gaps any more."""
    used = select(Unanswered.id).where(Unanswered.gap_id == KnownGap.id).exists()
    empty = select(KnownGap.id).where(KnownGap.state == OPEN, ~used)
    ids = list(await work.session.scalars(empty))
    if ids:
        await work.session.execute(delete(GapLook).where(GapLook.gap_id.in_(ids)))
        await work.session.execute(delete(KnownGap).where(KnownGap.id.in_(ids)))


async def ensure_run(work: UnitOfWork) -> None:
    """The one row is there."""
    await work.run(
        work.insert(GapRun)
        .values(id=ONLY_ROW, token=0, until=0.0, decisions=0, stage="", done=0, total=0, added=0)
        .on_conflict_do_nothing(index_elements=["id"])
    )
