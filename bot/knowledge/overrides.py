"""Leave to publish a text although the gate holds it back: one person asks, another grants.

An override names the findings it is about and stands for exactly this text: another word in it,
or another finding, and it holds no longer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.errors import Conflict, Forbidden, Invalid, NotFound
from bot.knowledge.checks import Finding
from bot.knowledge.gate import key_of, overridable
from bot.knowledge.gate_models import GateOverride
from bot.knowledge.models import Article, Version
from bot.knowledge.proposal import text_hash
from bot.knowledge.queries import unpublished, words_of
from bot.knowledge.refusals import Unpublishable
from bot.privacy import audit
from bot.privacy.models import AuditEvent

Json = dict[str, Any]


class Step(StrEnum):
    """Where an override stands."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Person(Protocol):
    """Who acts."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def reviewer(self) -> bool: ...


async def allowed(session: AsyncSession, version: Version) -> set[str]:
    """The keys of the findings that two people let pass for this text."""
    rows = await session.scalars(_of(version).where(GateOverride.state == Step.GRANTED.value))
    return {one["key"] for row in rows for one in row.findings}


async def about(session: AsyncSession, version: Version) -> GateOverride | None:
    """The newest override of this very text that was not taken back."""
    found: GateOverride | None = await session.scalar(
        _of(version)
        .where(GateOverride.state != Step.WITHDRAWN.value)
        .order_by(GateOverride.id.desc())
        .limit(1)
    )
    return found


async def waiting(session: AsyncSession) -> list[GateOverride]:
    """Those that nobody has decided, oldest first, whose text is still as it was."""
    rows = await session.execute(
        select(GateOverride, Version)
        .join(Version, Version.id == GateOverride.version_id)
        .where(GateOverride.state == Step.ASKED.value, Version.published_at.is_(None))
        .order_by(GateOverride.id)
    )
    return [row for row, version in rows if row.text_hash == text_hash(words_of(version))]


async def ask(
    work: UnitOfWork,
    person: Person,
    version_id: int,
    expected_hash: str,
    blocking: Sequence[Finding],
    reason: str,
) -> GateOverride:
    """Ask a second person to let `blocking` pass. Raises `Invalid` without a reason,
    `Unpublishable` for what nobody may let pass; `Conflict` when the text is another by now."""
    version, article = await unpublished(work.session, version_id)
    if version.content_hash != expected_hash:
        raise Conflict("the text has changed since it was checked", remedy="Check it again.")
    if not reason.strip():
        raise Invalid("an override needs a reason", field="reason", remedy="Say why it is right.")
    if not blocking:
        raise Conflict("nothing holds this text back", remedy="Publish it.")
    if never := [one for one in blocking if not overridable(one)]:
        raise Unpublishable(never)
    await _end_earlier(work, version)
    row = GateOverride(
        version_id=version.id,
        slug=article.slug,
        language=version.language,
        text_hash=text_hash(words_of(version)),
        findings=[_kept(one) for one in blocking],
        reason=reason.strip()[:400],
        state=Step.ASKED.value,
        asked_by=person.id,
        asked_name=person.name,
        asked_at=utc_now(),
        remark="",
    )
    work.session.add(row)
    await work.session.flush()
    await _recorded(work, person, row, "asked")
    return row


async def decide(
    work: UnitOfWork, person: Person, override_id: int, grant: bool, remark: str = ""
) -> GateOverride:
    """Grant or decline, as a reviewer who has neither asked nor written the text.

    Raises `Forbidden` for anyone else, `Conflict` when it is decided or the text is another.
    """
    row = await _asked(work.session, override_id)
    version, _ = await unpublished(work.session, row.version_id)
    if not person.reviewer:
        raise Forbidden("only a reviewer lets a text pass", remedy="Ask a reviewer.")
    wrote = await _authors(work.session, version)
    if person.id in {row.asked_by, *wrote} or person.name == version.created_by:
        raise Forbidden("a second person has to decide", remedy="Ask another reviewer.")
    if row.text_hash != text_hash(words_of(version)):
        raise Conflict("the text has changed since it was asked", remedy="Check it again.")
    state = Step.GRANTED if grant else Step.DECLINED
    changed = await work.session.execute(
        update(GateOverride)
        .where(GateOverride.id == row.id, GateOverride.state == Step.ASKED.value)
        .values(
            state=state.value,
            decided_by=person.id,
            decided_name=person.name,
            decided_at=utc_now(),
            remark=remark.strip()[:400],
        )
        .returning(GateOverride.id)
    )
    if changed.scalar_one_or_none() is None:
        raise Conflict("somebody decided this already", remedy="Reload the page.")
    await work.session.refresh(row)
    await _recorded(work, person, row, state.value)
    return row


async def withdraw(work: UnitOfWork, person: Person, override_id: int) -> GateOverride:
    """Take back what one has asked for, as long as nobody has decided."""
    row = await _asked(work.session, override_id)
    if row.asked_by != person.id:
        raise Forbidden("somebody else asked for this")
    row.state = Step.WITHDRAWN.value
    await _recorded(work, person, row, "withdrawn")
    return row


def override_json(row: GateOverride, person_id: str, authors: Collection[str] = ()) -> Json:
    """An override as a page shows it; `mine` says that another person has to decide."""
    return {
        "id": row.id,
        "version_id": row.version_id,
        "slug": row.slug,
        "language": row.language,
        "findings": list(row.findings),
        "reason": row.reason,
        "state": row.state,
        "asked_name": row.asked_name,
        "asked_at": row.asked_at.isoformat(),
        "decided_name": row.decided_name,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "remark": row.remark,
        "asked_by_me": row.asked_by == person_id,
        "mine": person_id in {row.asked_by, *authors},
    }


async def authors_of(session: AsyncSession, version_id: int) -> set[str]:
    """The accounts that saved this draft."""
    version = await session.get(Version, version_id)
    return await _authors(session, version) if version else set()


def _of(version: Version) -> Select[tuple[GateOverride]]:
    return select(GateOverride).where(
        GateOverride.version_id == version.id,
        GateOverride.text_hash == text_hash(words_of(version)),
    )


async def _authors(session: AsyncSession, version: Version) -> set[str]:
    article = await session.get_one(Article, version.article_id)
    saved = await session.execute(
        select(AuditEvent.actor, AuditEvent.detail).where(
            AuditEvent.subject == f"article:{article.slug}",
            AuditEvent.action.like("draft.%"),
        )
    )
    return {actor for actor, detail in saved if detail.get("version") == version.id}


async def _asked(session: AsyncSession, override_id: int) -> GateOverride:
    row = await session.get(GateOverride, override_id)
    if row is None:
        raise NotFound(f"there is no override {override_id}")
    if row.state != Step.ASKED.value:
        raise Conflict("this is decided already", winner=row.decided_name)
    return row


async def _end_earlier(work: UnitOfWork, version: Version) -> None:
    await work.session.execute(
        update(GateOverride)
        .where(GateOverride.version_id == version.id, GateOverride.state == Step.ASKED.value)
        .values(state=Step.WITHDRAWN.value)
    )


def _kept(finding: Finding) -> Json:
    return {
        "key": key_of(finding),
        "rule": finding.rule,
        "field": finding.field,
        **finding.as_words(),
    }


async def _recorded(work: UnitOfWork, person: Person, row: GateOverride, step: str) -> None:
    rules = ",".join(dict.fromkeys(one["rule"] for one in row.findings))
    await audit.record(
        work,
        person.id,
        f"override.{step}",
        f"article:{row.slug}",
        override=row.id,
        version=row.version_id,
        language=row.language,
        text=row.text_hash[:16],
        rules=rules,
    )
