"""Gaps as the page gets them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.gaps.reading import GapView, Question
from bot.gaps.running import Progress
from bot.keys import KNOWLEDGE
from bot.knowledge.outcomes import Context
from bot.knowledge.ranking import NotTrained
from bot.language.weights import EncoderUnavailable
from bot.web.staff import language_of

NEAREST = 5


def nearest(request: web.Request, titles: dict[str, str]) -> list[dict[str, Any]]:
    """The articles that the live search finds likeliest, whatever it would say of them."""
    knowledge, found = request.app[KNOWLEDGE], dict[str, dict[str, Any]]()
    by_slug = {one.slug: one for one in knowledge.content.articles}
    shown = language_of(request)
    for language, title in titles.items():
        try:
            best = knowledge.explain(title, Context(language)).best
        except (NotTrained, EncoderUnavailable):
            return []
        for standing in best[:NEAREST]:
            article = by_slug[standing.slug]
            version = article.versions.get(shown) or next(iter(article.versions.values()))
            found.setdefault(
                standing.slug,
                {
                    "slug": standing.slug,
                    "title": version.words.title,
                    "language": version.language,
                    "topic": article.topics[0] if article.topics else "",
                    "domain": article.domain,
                },
            )
    return list(found.values())[:NEAREST]


def gap_json(view: GapView) -> dict[str, Any]:
    """A gap as the list shows it."""
    shown: dict[str, Any] = {
        name: getattr(view, name)
        for name in (
            *("id", "name", "language", "state", "conversations", "questions", "new", "seen"),
            *("reason", "note", "article_slug", "decided_by"),
        )
    }
    effect = view.effect
    return {
        **shown,
        "weeks": list(view.weeks),
        "languages": dict(view.languages),
        "kinds": dict(view.kinds),
        "last_at": view.last_at.isoformat(),
        "upto": view.upto.isoformat(),
        "decided_at": view.decided_at.isoformat() if view.decided_at else None,
        "effect": {
            "published_at": effect.published_at.isoformat(),
            "verdict": effect.verdict,
            "before": [effect.before.count, effect.before.total],
            "since": [effect.since.count, effect.since.total],
        }
        if effect
        else None,
    }


def question_json(one: Question) -> dict[str, Any]:
    """One of its questions."""
    return {
        **{name: getattr(one, name) for name in ("id", "text", "language", "kind", "new")},
        "article_slug": one.article_slug,
        "at": one.at.isoformat(),
    }


def run_json(progress: Progress) -> dict[str, Any]:
    """How far the grouping is."""
    at = progress.finished_at
    return {
        "stage": progress.stage,
        "done": progress.done,
        "total": progress.total,
        "added": progress.added,
        "finished_at": at.isoformat() if at else None,
    }
