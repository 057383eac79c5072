"""The list of articles: searched, filtered and sorted over all of them, shown a page at a time.

The words that a search looks through are folded once for each text and kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge import article_entries
from bot.knowledge.article_entries import WORKING, Entry, Text
from bot.knowledge.files import SOURCE_LANGUAGE
from bot.knowledge.models import Article, Version
from bot.knowledge.plans import normal
from bot.texts import LANGUAGES

Json = dict[str, Any]
Sort = Literal["title", "expires", "verified", "changed", "rating"]
SOON = timedelta(days=30)
MOST_FOLDED = 60_000

_folded: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Wish:
    """What to list. `state` is a state of a text, or `stale`, `expired`, `missing`; `needs` is
    what an article lacks: `expiring`, `unreviewed`, `low_rating`, `stale`, `missing`."""

    q: str = ""
    topic: str = ""
    language: str = ""
    state: str = ""
    owner: str | None = None
    needs: str = ""
    sort: Sort = "title"


@dataclass(frozen=True, slots=True)
class Rated:
    """What patients gave conversations in which an article was the answer."""

    mean: float
    count: int

    @property
    def low(self) -> bool:
        """Under 3 of 5, from at least three patients: one bad day is no pattern."""
        return self.count >= 3 and self.mean < 3


async def list_articles(
    session: AsyncSession,
    today: date,
    wish: Wish,
    ratings: Mapping[str, Rated] | None = None,
    meant: Sequence[str] = (),
) -> list[Json]:
    """Everything that fits, in order. `ratings` are by slug; `meant` are the articles that a
    patient who asks `wish.q` would get: they come first, whatever their words."""
    every = await article_entries.entries(session)
    rated = ratings or {}
    words = normal(wish.q)
    if words:
        await _fold(session, [one for entry in every for one in entry.texts()])
    found = [
        entry
        for entry in every
        if _fits(entry, wish, today, rated)
        and (not words or entry.slug in meant or _holds(entry, words, wish.language))
    ]
    found.sort(key=lambda one: _order(one, wish, rated))
    if words:
        found.sort(key=lambda one: (_place(one.slug, meant), not _titled(one, words)))
    return [_json(entry, today, rated.get(entry.slug), meant) for entry in found]


async def topics(session: AsyncSession) -> list[str]:
    """Every topic that an article has."""
    found = await session.scalars(select(Article.topics))
    return sorted({topic for one in found for topic in one})


# --- choosing


def _fits(entry: Entry, wish: Wish, today: date, rated: Mapping[str, Rated]) -> bool:
    languages: Collection[str] = (wish.language,) if wish.language else LANGUAGES
    if wish.topic and wish.topic not in entry.topics:
        return False
    if wish.owner is not None and entry.owner != wish.owner:
        return False
    if (
        wish.language
        and not entry.texts(wish.language)
        and "missing" not in (*(wish.state, wish.needs),)
    ):
        return False
    if wish.state and not any(wish.state in entry.states(one, today) for one in languages):
        return False
    return not wish.needs or _needs(entry, wish.needs, languages, today, rated.get(entry.slug))


def _needs(
    entry: Entry, what: str, languages: Collection[str], today: date, rated: Rated | None
) -> bool:
    live = [text for one, text in entry.live.items() if one in languages]
    if what == "expiring":
        return any(one.expires_on and one.expires_on <= today + SOON for one in live)
    if what == "unreviewed":
        return any(not one.reviewed for one in live)
    if what == "low_rating":
        return bool(rated and rated.low)
    return any(what in entry.states(one, today) for one in languages)


def _holds(entry: Entry, words: Sequence[str], language: str) -> bool:
    slug = " ".join(normal(entry.slug))
    held = " ".join([slug, *(_folded.get(one.hash, "") for one in entry.texts(language))])
    return all(word in held for word in words)


def _titled(entry: Entry, words: Sequence[str]) -> bool:
    return any(
        all(word in title for word in words)
        for one in entry.texts()
        if (title := " ".join(normal(one.title)))
    )


def _place(slug: str, meant: Sequence[str]) -> int:
    return meant.index(slug) if slug in meant else len(meant)


def _order(entry: Entry, wish: Wish, rated: Mapping[str, Rated]) -> tuple[Any, ...]:
    title = _title(entry).get(SOURCE_LANGUAGE) or next(iter(_title(entry).values()), "")
    by_title = (title.casefold(), entry.slug)
    if wish.sort == "expires":
        return (entry.first("expires_on") or date.max, *by_title)
    if wish.sort == "verified":
        return (entry.first("verified_on") or date.min, *by_title)
    if wish.sort == "changed":
        return (-max(one.at.timestamp() for one in entry.texts()), *by_title)
    if wish.sort == "rating":
        one = rated.get(entry.slug)
        return (one.mean if one else 6.0, *by_title)
    return by_title


async def _fold(session: AsyncSession, texts: Sequence[Text]) -> None:
    """Make the words of these texts ready to be looked through."""
    missing = {one.id: one.hash for one in texts if one.hash not in _folded}
    if len(_folded) + len(missing) > MOST_FOLDED:
        _folded.clear()
        missing = {one.id: one.hash for one in texts}
    for ids in article_entries.batches(list(missing)):
        rows = await session.execute(
            select(Version.id, Version.title, Version.variants, Version.golden).where(
                Version.id.in_(ids)
            )
        )
        said = [(missing[row.id], [row.title, *row.variants, *row.golden]) for row in rows]
        _folded.update(await asyncio.to_thread(_folds, said))


def _folds(said: Sequence[tuple[str, list[str]]]) -> dict[str, str]:
    return {key: " ".join(" ".join(normal(text)) for text in texts) for key, texts in said}


# --- showing


def _title(entry: Entry) -> dict[str, str]:
    return {
        language: text.title
        for language in LANGUAGES
        if (
            text := entry.live.get(language)
            or entry.working.get(language)
            or entry.archived.get(language)
        )
    }


def _json(entry: Entry, today: date, rated: Rated | None, meant: Sequence[str]) -> Json:
    states = {language: entry.states(language, today) for language in LANGUAGES}
    order = ("stale", "expired", "published", "archived", *WORKING)
    return {
        "slug": entry.slug,
        "title": _title(entry),
        "topics": entry.topics,
        "owner": entry.owner,
        "state": {
            language: next((one for one in order if one in found), "missing")
            for language, found in states.items()
        },
        "drafts": sorted(one for one, text in entry.working.items() if text.state == "draft"),
        "working": {one: text.state for one, text in entry.working.items()},
        "verified_on": _day(entry.first("verified_on")),
        "expires_on": _day(entry.first("expires_on")),
        "reviewed": bool(entry.live) and all(one.reviewed for one in entry.live.values()),
        "rating": {"mean": round(rated.mean, 1), "count": rated.count, "low": rated.low}
        if rated
        else None,
        "meant": entry.slug in meant,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
