"""What editors do with a notice: write, send for review, publish, take back, put back.

Every verb names the version its author had before their eyes; one that is out of date is refused
with who wrote since. A published text is never changed: writing again makes the next version, and
patients keep reading the old one until the new one is published.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from bot.db import UnitOfWork
from bot.errors import CarelineError, Conflict, Forbidden, Invalid, NotFound
from bot.knowledge.notice_checks import Finding, Known, findings
from bot.knowledge.notice_models import Notice, NoticeKind, NoticeTold, NoticeVersion, Stage
from bot.knowledge.service import hold, revise
from bot.privacy import audit


@dataclass(frozen=True, slots=True)
class Writer:
    """Who acts, and whether they may put a notice before patients."""

    id: str
    name: str
    publishes: bool


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice as written; what it still lacks is found before it is published."""

    kind: NoticeKind
    en: str
    es: str
    sites: tuple[str, ...]
    topics: tuple[str, ...]
    at_start: bool
    starts_at: datetime | None
    ends_at: datetime | None

    @property
    def columns(self) -> dict[str, Any]:
        """The text as columns of a version."""
        return {
            "kind": self.kind.value,
            "en": self.en,
            "es": self.es,
            "sites": list(self.sites),
            "topics": list(self.topics),
            "at_start": self.at_start,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
        }

    @property
    def hash(self) -> str:
        """Equal for equal words."""
        words = json.dumps([self.en, self.es], ensure_ascii=False)
        return hashlib.sha256(words.encode()).hexdigest()


class Unpublishable(Invalid):
    """The notice is not ready for patients; each finding names its field and the remedy."""

    def __init__(self, findings: list[Finding]):
        super().__init__(findings[0].message, field=findings[0].field)
        self.findings = findings

    def as_dict(self) -> dict[str, Any]:
        """The common shape, with everything that was found."""
        return {**super().as_dict(), "findings": [one.as_dict() for one in self.findings]}


async def save(
    work: UnitOfWork,
    writer: Writer,
    text: NoticeText,
    now: datetime,
    notice_id: int | None = None,
    seen_id: int | None = None,
) -> Notice:
    """Keep a text that patients do not read yet; without an id it is a new notice."""
    await hold(work)
    if notice_id is None:
        notice = Notice(created_at=now, changed_at=now, changed_by=writer.name)
        work.session.add(notice)
        await work.session.flush()
        number = 1
    else:
        notice, head = await _seen(work, notice_id, seen_id)
        if {name: getattr(head, name) for name in text.columns} == text.columns:
            return notice
        number = head.number + 1
    version = NoticeVersion(
        notice_id=notice.id,
        number=number,
        content_hash=text.hash,
        created_at=now,
        created_by=writer.name,
        **text.columns,
    )
    work.session.add(version)
    await work.session.flush()
    notice.head_id = version.id
    await _moved(work, writer, notice, Stage.DRAFT, now, "notice.saved", version.number)
    return notice


async def submit(
    work: UnitOfWork, writer: Writer, notice_id: int, seen_id: int, now: datetime
) -> Notice:
    """Ask for somebody who may publish it."""
    await hold(work)
    notice, head = await _seen(work, notice_id, seen_id)
    if notice.stage in (Stage.IN_REVIEW.value, Stage.PUBLISHED.value):
        raise Conflict("it was sent on already", winner=notice.changed_by)
    await _moved(work, writer, notice, Stage.IN_REVIEW, now, "notice.submitted", head.number)
    return notice


async def publish(
    work: UnitOfWork,
    writer: Writer,
    notice_id: int,
    seen_id: int,
    known: Known,
) -> Notice:
    """Put the newest text before patients. Raises `Unpublishable` with all that it lacks."""
    if not writer.publishes:
        raise Forbidden(
            "a reviewer publishes notices",
            remedy="Send it for review; a reviewer sees it at the top of this page.",
        )
    await hold(work)
    notice, head = await _seen(work, notice_id, seen_id)
    if notice.live_id == head.id:
        raise Conflict("it is published already", winner=head.published_by)
    if blocking := [one for one in findings(head, known) if one.blocks]:
        raise Unpublishable(blocking)
    now = known.now
    head.published_at, head.published_by = now, writer.name
    notice.live_id = head.id
    await _moved(work, writer, notice, Stage.PUBLISHED, now, "notice.published", head.number)
    await revise(work)
    return notice


async def take_back(work: UnitOfWork, writer: Writer, notice_id: int, now: datetime) -> Notice:
    """Tell it to nobody from now on. Whoever was told keeps it in the chat."""
    await hold(work)
    notice = await _notice(work, notice_id)
    live = await work.session.get(NoticeVersion, notice.live_id or 0)
    if live is None:
        raise Conflict("patients are not told of it any more", winner=notice.changed_by)
    notice.live_id = None
    # A text that was being written meanwhile stays what it is.
    stage = Stage.TAKEN_BACK if notice.head_id == live.id else Stage(notice.stage)
    await _moved(work, writer, notice, stage, now, "notice.taken_back", live.number)
    await revise(work)
    return notice


async def put_back(work: UnitOfWork, writer: Writer, notice_id: int, now: datetime) -> Notice:
    """Undo `take_back`: the text that was published last is told again.

    Whoever took it back may; anybody else only if they may publish it.
    """
    await hold(work)
    notice = await _notice(work, notice_id)
    if notice.live_id is not None:
        raise Conflict("patients are told of it already", winner=notice.changed_by)
    if not writer.publishes and notice.changed_by != writer.name:
        raise Forbidden("somebody else took it back", remedy="Send it for review again.")
    last = await work.session.scalar(
        select(NoticeVersion)
        .where(NoticeVersion.notice_id == notice_id, NoticeVersion.published_at.is_not(None))
        .order_by(NoticeVersion.id.desc())
        .limit(1)
    )
    if last is None:
        raise NotFound("it was never published")
    notice.live_id = last.id
    stage = Stage.PUBLISHED if notice.head_id == last.id else Stage(notice.stage)
    await _moved(work, writer, notice, stage, now, "notice.put_back", last.number)
    await revise(work)
    return notice


async def discard(work: UnitOfWork, writer: Writer, notice_id: int) -> None:
    """Forget a notice that was never published."""
    await hold(work)
    notice = await _notice(work, notice_id)
    published = await work.session.scalar(
        select(NoticeVersion.id).where(
            NoticeVersion.notice_id == notice_id, NoticeVersion.published_at.is_not(None)
        )
    )
    if published is not None:
        raise CarelineError("patients were told of it", remedy="Take it back; its history stays.")
    await audit.record(work, writer.id, "notice.discarded", f"notice:{notice.id}")
    for table in (NoticeTold, NoticeVersion):
        await work.session.execute(delete(table).where(table.notice_id == notice_id))
    await work.session.delete(notice)


async def _moved(
    work: UnitOfWork,
    writer: Writer,
    notice: Notice,
    stage: Stage,
    now: datetime,
    action: str,
    number: int,
) -> None:
    notice.stage, notice.changed_at, notice.changed_by = stage.value, now, writer.name
    await audit.record(work, writer.id, action, f"notice:{notice.id}", version=number)


async def _notice(work: UnitOfWork, notice_id: int) -> Notice:
    notice = await work.session.get(Notice, notice_id)
    if notice is None:
        raise NotFound(f"there is no notice {notice_id}")
    return notice


async def _seen(
    work: UnitOfWork, notice_id: int, seen_id: int | None
) -> tuple[Notice, NoticeVersion]:
    """The notice with its newest version, when that is the one the writer had seen."""
    notice = await _notice(work, notice_id)
    head = await work.session.get_one(NoticeVersion, notice.head_id)
    if head.id != seen_id:
        raise Conflict(
            "somebody changed this notice meanwhile",
            winner=head.created_by,
            remedy="Your text is still in the form. Compare it with theirs, then save it again.",
        )
    return notice, head
