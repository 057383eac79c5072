"""Who may write over a draft, what was written over, and what a translation was made from.

A draft counts its saves. Whoever saves names the count they had before their eyes; the save of
somebody who has not seen the last one is refused, and nothing is lost on either side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.errors import Conflict, Invalid
from bot.knowledge.draft_models import DraftSave
from bot.knowledge.files import SOURCE_LANGUAGE
from bot.knowledge.finding import article_of, in_state
from bot.knowledge.models import Article, State, Version
from bot.privacy import audit

# Saves of one person within this time are one entry: the last of them.
ONE_SITTING = timedelta(minutes=5)
KEPT = 60
KEPT_WORDS = (
    *("title", "lead", "more", "variants", "golden", "sources"),
    *("verified_on", "expires_on"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The draft an editor had before their eyes; without one there was none."""

    draft_id: int | None = None
    saves: int = 0


def seen_of(draft: Version | None) -> Seen:
    """What whoever reads this draft has seen of it."""
    return Seen(draft.id, draft.saves) if draft is not None else Seen()


def guard(draft: Version | None, account_id: str, seen: Seen | None) -> None:
    """Raise `Conflict` with a name when saving would write over what the editor has not seen.

    An editor who does not say what they saw may go on with their own draft only.
    """
    if seen is None:
        if draft is not None and draft.saved_by not in ("", account_id):
            raise _overtaken(draft.created_by)
        return
    if seen_of(draft) == seen:
        return
    if draft is None:
        raise _overtaken(None, "somebody discarded this draft meanwhile")
    raise _overtaken(draft.created_by)


def _overtaken(winner: str | None, what: str = "somebody saved this draft meanwhile") -> Conflict:
    remedy = "Put the two texts together, then save again."
    return Conflict(what, winner=winner, remedy=remedy)


async def origin(
    session: AsyncSession, article: Article, language: str, translates: int | None
) -> int | None:
    """The source version that a translation says it was made from; 0 is a person's word that none
    is known.

    Only a person can say that a text is up to date again. Where nobody does, what the text said
    last stays, also when that was nothing; the first text in a language is made from what is live.
    """
    if language == SOURCE_LANGUAGE or translates == 0:
        return None
    if (named := await named_source(session, article, language, translates)) is not None:
        return named.id
    for state in (State.DRAFT, State.PUBLISHED):
        if (own := await in_state(session, article.id, language, state)) is not None:
            return own.based_on
    if (last := await _last_published(session, article.id, language)) is not None:
        return last.based_on
    source = await in_state(session, article.id, SOURCE_LANGUAGE, State.PUBLISHED)
    return source.id if source is not None else None


async def _last_published(session: AsyncSession, article_id: int, language: str) -> Version | None:
    """What patients read last of a text that is off the air."""
    found: Version | None = await session.scalar(
        select(Version)
        .where(
            Version.article_id == article_id,
            Version.language == language,
            Version.published_at.is_not(None),
        )
        .order_by(Version.id.desc())
        .limit(1)
    )
    return found


async def named_source(
    session: AsyncSession, article: Article, language: str, version_id: int | None
) -> Version | None:
    """The source version that an editor says they translated. Raises `Invalid`."""
    if version_id is None or language == SOURCE_LANGUAGE:
        return None
    version = await session.get(Version, version_id)
    wrong = (
        version is None
        or version.article_id != article.id
        or version.language != SOURCE_LANGUAGE
        or version.published_at is None
    )
    if wrong:
        raise Invalid(
            "this is no published text of the article's first language",
            field="translates",
            remedy="Open the article again.",
        )
    return version


class Behind(Conflict):
    """The draft is older than what patients read: its author has to put the two together."""

    code = "draft_behind"


def is_behind(draft: Version, live: Version | None) -> bool:
    """Whether another text went live since the draft was last written."""
    return bool(live and live.published_at and live.published_at > draft.created_at)


def to_add_to(draft: Version | None, live: Version | None) -> Seen:
    """What somebody has seen who only adds to the draft, whoever wrote it. Needs `hold` from before
    they were read.

    Raises `Behind`: saving would say that the draft was put together with what is live.
    """
    if draft is not None and is_behind(draft, live):
        raise Behind(
            "the draft is older than what patients read",
            winner=draft.created_by,
            remedy="Open the article, put the two texts together, then add to it.",
        )
    return seen_of(draft)


def says_already(
    draft: Version, live: Version | None, content_hash: str, based_on: int | None
) -> bool:
    """Whether saving would change nothing: also not that the draft is newer than what is live."""
    same = (draft.content_hash, draft.based_on) == (content_hash, based_on)
    return same and not is_behind(draft, live)


async def mark(work: UnitOfWork, draft: Version, account_id: str, name: str, slug: str) -> None:
    """Count a save and keep what it said.

    The count goes on where the draft before had ended: ids of rows that are gone come again.
    Saves of one sitting are one entry and one event of the log.
    """
    last = await _last_save(work.session, draft)
    draft.saves = last.number + 1 if last else 1
    draft.saved_by = account_id
    now, words = utc_now(), words_json(draft)
    if last and last.account_id == account_id and now - last.began_at < ONE_SITTING:
        last.number, last.words, last.saved_at = draft.saves, words, now
        await work.session.flush()
        return
    entry = DraftSave(
        article_id=draft.article_id,
        language=draft.language,
        number=draft.saves,
        words=words,
        account_id=account_id,
        name=name,
        began_at=now,
        saved_at=now,
    )
    work.session.add(entry)
    await work.session.flush()
    await _forget_oldest(work.session, draft)
    subject, language = f"article:{slug}", draft.language
    await audit.record(
        work, account_id, "draft.saved", subject, language=language, version=draft.id
    )


async def _last_save(session: AsyncSession, draft: Version) -> DraftSave | None:
    found: DraftSave | None = await session.scalar(
        select(DraftSave)
        .where(DraftSave.article_id == draft.article_id, DraftSave.language == draft.language)
        .order_by(DraftSave.id.desc())
        .limit(1)
    )
    return found


async def _forget_oldest(session: AsyncSession, draft: Version) -> None:
    place = (DraftSave.article_id == draft.article_id, DraftSave.language == draft.language)
    oldest_kept = await session.scalar(
        select(DraftSave.id).where(*place).order_by(DraftSave.id.desc()).offset(KEPT - 1).limit(1)
    )
    if oldest_kept is not None:
        await session.execute(delete(DraftSave).where(*place, DraftSave.id < oldest_kept))


async def saves_of(session: AsyncSession, slug: str, language: str) -> list[dict[str, Any]]:
    """What was saved of a text's drafts, the newest first, discarded drafts included."""
    article = await article_of(session, slug)
    found = await session.scalars(
        select(DraftSave)
        .where(DraftSave.article_id == article.id, DraftSave.language == language)
        .order_by(DraftSave.id.desc())
    )
    return [
        {"id": one.id, "name": one.name, "saved_at": one.saved_at.isoformat(), "words": one.words}
        for one in found
    ]


def words_json(version: Version) -> dict[str, Any]:
    """What a version says, as an editor's form holds it."""
    words = {name: getattr(version, name) for name in KEPT_WORDS}
    for name in ("verified_on", "expires_on"):
        words[name] = words[name].isoformat() if words[name] else None
    return words
