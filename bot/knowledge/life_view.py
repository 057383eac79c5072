"""Where a text stands, what may be done with it and by whom, and all that was done so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.knowledge import steps
from bot.knowledge.comparing import compare
from bot.knowledge.editors import Editor
from bot.knowledge.finding import article_of
from bot.knowledge.life_models import ArticleStep, PublishPlan, Verb
from bot.knowledge.models import State, Version
from bot.knowledge.queries import words_of
from bot.knowledge.steps import ON_ITS_WAY
from bot.knowledge.studio import Json, version_json

WENT_LIVE = (Verb.PUBLISHED.value, Verb.RESTORED.value, Verb.VERIFIED.value)


async def text_life(session: AsyncSession, editor: Editor, slug: str, language: str) -> Json:
    """The life of an article's text in one language, as this editor may go on with it."""
    article = await article_of(session, slug)
    versions = (
        await session.scalars(
            select(Version)
            .where(Version.article_id == article.id, Version.language == language)
            .order_by(Version.id.desc())
        )
    ).all()
    done = await steps.of_text(session, article.id, language)
    live = _first(versions, State.PUBLISHED.value)
    working = _first(versions, State.DRAFT.value, *ON_ITS_WAY)
    plan = await session.get(PublishPlan, working.id) if working else None
    authors = await steps.authors(session, working.id) if working else {}
    current = working or live
    taken_off = live is None and any(one.verb == Verb.ARCHIVED.value for one in done)
    return {
        "state": current.state if current else State.ARCHIVED.value if taken_off else "missing",
        "version_id": current.id if current else None,
        "pending": version_json(working) if working and working.state in ON_ITS_WAY else None,
        "live_id": live.id if live else None,
        "owner": article.owner,
        "authors": list(authors.values()),
        "own": editor.id in authors,
        "second_person": not editor.alone,
        "plan": _plan(plan),
        "may": _may(editor, working, live, plan, taken_off, editor.id in authors),
        "steps": _steps(done, versions),
        "versions": [_listed(one, done) for one in versions],
    }


async def difference(session: AsyncSession, older_id: int, newer_id: int) -> list[Json]:
    """The fields in which two texts of an article differ, word by word."""
    older, newer = await session.get(Version, older_id), await session.get(Version, newer_id)
    if older is None or newer is None or older.article_id != newer.article_id:
        raise NotFound("there are no two such texts of one article")
    return [
        {
            "field": change.field,
            "parts": [{"kind": part.kind, "text": part.text} for part in change.parts],
        }
        for change in compare(words_of(older), words_of(newer))
    ]


def _may(
    editor: Editor,
    working: Version | None,
    live: Version | None,
    plan: PublishPlan | None,
    taken_off: bool,
    own: bool,
) -> list[str]:
    state = working.state if working else ""
    second = editor.reviewer and (editor.alone or not own)
    possible = {
        "submit": state == State.DRAFT.value,
        "withdraw": state in ON_ITS_WAY,
        "approve": state == State.IN_REVIEW.value and second,
        "send_back": state in ON_ITS_WAY and editor.reviewer,
        "publish": state == State.APPROVED.value or (state == State.DRAFT.value and editor.alone),
        "schedule": state == State.APPROVED.value or (state == State.DRAFT.value and editor.alone),
        "unschedule": plan is not None,
        "verify": live is not None,
        "archive": live is not None,
        "return": taken_off,
    }
    return [verb for verb, may in possible.items() if may]


def _steps(done: Sequence[ArticleStep], versions: Sequence[Version]) -> list[Json]:
    """Newest first, with what was published before steps were kept."""
    known = {one.version_id for one in done if one.verb in WENT_LIVE}
    shown = [
        {
            "id": one.id,
            "verb": one.verb,
            "by": one.actor_name,
            "at": one.at.isoformat(),
            "comment": one.comment,
            "before": one.before,
            "after": one.after,
            "findings": one.findings,
            "planned_at": _iso(one.planned_at),
            "version_id": one.version_id,
            "kept_id": one.kept_id,
        }
        for one in done
    ]
    shown += [
        {
            "id": -one.id,
            "verb": Verb.PUBLISHED.value,
            "by": (one.published_by or "") if one.origin == "editor" else "",
            "at": one.published_at.isoformat(),
            "comment": one.note,
            "before": "",
            "after": State.PUBLISHED.value,
            "findings": [],
            "planned_at": None,
            "version_id": one.id,
            "kept_id": None,
        }
        for one in versions
        if one.published_at and one.id not in known
    ]
    return sorted(shown, key=lambda one: str(one["at"]), reverse=True)


def _listed(version: Version, done: Sequence[ArticleStep]) -> Json:
    """A text to compare with: `state` says more than the column does of an archived one."""
    state = version.state
    if state == State.ARCHIVED.value:
        state = "earlier" if version.published_at else Verb.SENT_BACK.value
    at = version.published_at or version.created_at
    if version.state in (State.DRAFT.value, *ON_ITS_WAY):
        at = version.created_at
    return {"id": version.id, "state": state, "at": at.isoformat()}


def _plan(plan: PublishPlan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    return {"publish_at": plan.publish_at.isoformat(), "by": plan.planned_name, "note": plan.note}


def _first(versions: Sequence[Version], *states: str) -> Version | None:
    return next((one for one in versions if one.state in states), None)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
