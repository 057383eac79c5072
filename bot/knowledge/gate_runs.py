"""Looks at a text that take seconds: begun by a page, worked on here, read by any process.

How far a look is stands in a row, so that a page that lost its connection, or was reloaded, or is
answered by another process, asks for the same look and goes on. The report is sealed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import tasks
from bot.clock import Clock, utc_now
from bot.db import Database
from bot.errors import CarelineError, NotFound
from bot.knowledge import gate, publishing, queries
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.checks import Finding, Reference
from bot.knowledge.content import Content
from bot.knowledge.gate_models import GateCheck
from bot.knowledge.golden import Loss
from bot.knowledge.moved import Asked, Moves, moves
from bot.knowledge.places import places
from bot.knowledge.proposal import Proposal
from bot.privacy.encryption import KeyRing

BEAT_SECONDS = 0.4
LOST = timedelta(seconds=15)
KEPT = timedelta(days=1)
SHOWN = 100  # questions that end differently
RUNNING, DONE, FAILED = "running", "done", "failed"

Json = dict[str, Any]
Recent = Callable[[], Awaitable[Sequence[Asked]]]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Progress:
    """Written by the thread that works, read by the loop."""

    stage: str = "begun"
    done: int = 0
    total: int = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.stage, self.done, self.total = stage, done, total


class GateRuns:
    """The looks of one process. `recent` brings the questions of the last weeks, redacted."""

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        knowledge: KnowledgeBase,
        recent: Recent,
        clock: Clock = utc_now,
    ):
        self._database = database
        self._keys = keys
        self._knowledge = knowledge
        self._recent = recent
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, version_id: int) -> int:
        """The look at this text as it is now: one that runs or is done, or a new one."""
        async with self._database.reading() as session:
            draft, article = await queries.unpublished(session, version_id)
            current = await queries.current_content(session, self._knowledge.known)
            known = await self._known(session, draft.id, draft.content_hash, current.revision)
            wanted = await publishing.proposal(session, article, draft)
        if known is not None:
            return known
        now = self._clock()
        row = {
            "version_id": version_id,
            "content_hash": draft.content_hash,
            "revision": current.revision,
            "state": RUNNING,
            "started_at": now,
            "beat_at": now,
        }
        async with self._database.work() as work:
            await work.session.execute(delete(GateCheck).where(GateCheck.started_at < now - KEPT))
            made = await work.session.execute(insert(GateCheck).values(row).returning(GateCheck.id))
            check_id = int(made.scalar_one())
            await work.commit()
        task = asyncio.create_task(self._run(check_id, current, wanted), name=f"gate-{check_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return check_id

    async def read(self, check_id: int) -> Json:
        """How far a look is; with `report` once it is done. `lost`: nobody works on it."""
        async with self._database.reading() as session:
            row = await session.get(GateCheck, check_id)
        if row is None:
            raise NotFound(f"there is no check {check_id}")
        lost = row.state == RUNNING and row.beat_at < self._clock() - LOST
        return {
            "id": row.id,
            "version_id": row.version_id,
            "content_hash": row.content_hash,
            "state": "lost" if lost else row.state,
            "stage": row.stage,
            "done": row.done,
            "total": row.total,
            "report": self._keys.open(row.report, _place(row.id)) if row.report else None,
        }

    async def stop(self) -> None:
        """Work on none of them any more."""
        await tasks.end(self._tasks)

    async def _known(
        self, session: AsyncSession, version_id: int, content_hash: str, revision: int
    ) -> int | None:
        row = await session.scalar(
            select(GateCheck)
            .where(
                GateCheck.version_id == version_id,
                GateCheck.content_hash == content_hash,
                GateCheck.revision == revision,
                GateCheck.state != FAILED,
                GateCheck.started_at > self._clock() - KEPT,
            )
            .order_by(GateCheck.id.desc())
            .limit(1)
        )
        alive = row and (row.state == DONE or row.beat_at > self._clock() - LOST)
        return row.id if row and alive else None

    async def _run(self, check_id: int, current: Content, wanted: Proposal) -> None:
        progress = _Progress()
        working = asyncio.create_task(self._work(current, wanted, progress))
        try:
            while not working.done():
                await asyncio.wait([working], timeout=BEAT_SECONDS)
                if not working.done():
                    await self._note(check_id, **_where(progress))
            report = self._keys.seal(working.result(), _place(check_id))
            await self._note(check_id, **_where(progress), state=DONE, report=report)
        except CarelineError as error:
            log.warning("a text could not be checked: %s", error.code)
            await self._note(check_id, state=FAILED)
        except Exception:
            log.exception("a text could not be checked")
            await self._note(check_id, state=FAILED)
        finally:
            await tasks.end([working])

    async def _work(self, current: Content, wanted: Proposal, progress: _Progress) -> Json:
        recent = await self._recent()
        return await asyncio.to_thread(self._report, current, wanted, recent, progress)

    def _report(
        self, current: Content, wanted: Proposal, recent: Sequence[Asked], progress: _Progress
    ) -> Json:
        knowledge = self._knowledge
        judged = gate.judge(knowledge, current, wanted, progress)
        readable = all(map(gate.overridable, judged.blocking))
        progress("asked", 0, len(recent))
        found = moves(
            knowledge.trial_desk(current),
            knowledge.trial_desk(wanted.applied(current)),
            wanted.slug,
            # A text that cannot be shown answers nothing.
            recent if readable else (),
            progress,
        )
        reference = Reference(current.profile, current.figures, knowledge.today(current))
        return {
            "findings": [finding_json(one) for one in judged.findings],
            "losses": [_loss_json(one, current) for one in judged.losses],
            "golden": judged.asked,
            "places": [asdict(one) for one in places(wanted.words, wanted.language, reference)],
            "blocks": len(judged.blocking),
            "overridable": readable,
            **_moves_json(found),
        }

    async def _note(self, check_id: int, **values: Any) -> None:
        async with self._database.work() as work:
            await work.session.execute(
                update(GateCheck)
                .where(GateCheck.id == check_id)
                .values(beat_at=self._clock(), **values)
            )
            await work.commit()


def finding_json(finding: Finding) -> Json:
    """A finding as a page shows it."""
    return {
        "key": gate.key_of(finding),
        "rule": finding.rule,
        "field": finding.field,
        **finding.as_words(),
        "blocks": finding.blocks,
    }


def _loss_json(loss: Loss, current: Content) -> Json:
    titles = {
        article.slug: article.versions[loss.golden.language].words.title
        for article in current.articles
        if article.slug in (loss.golden.slug, loss.after.first)
        and loss.golden.language in article.versions
    }
    return {
        **finding_json(gate.loss_finding(loss)),
        "slug": loss.golden.slug,
        "title": titles.get(loss.golden.slug, loss.golden.slug),
        "language": loss.golden.language,
        "question": loss.golden.question,
        "before": loss.before.reach.name.lower(),
        "after": loss.after.reach.name.lower(),
        "instead": loss.after.first,
        "instead_title": titles.get(loss.after.first or "", loss.after.first),
    }


def _moves_json(found: Moves) -> Json:
    return {
        "moved": [
            {
                "question": one.asked.question,
                "language": one.asked.language,
                "times": one.asked.times,
                "before": asdict(one.before),
                "after": asdict(one.after),
            }
            for one in found.moved[:SHOWN]
        ],
        "moved_count": len(found.moved),
        "reworded": found.reworded,
        "asked": found.asked,
    }


def _where(progress: _Progress) -> Json:
    return {"stage": progress.stage, "done": progress.done, "total": progress.total}


def _place(check_id: int) -> str:
    return f"gate:{check_id}"
