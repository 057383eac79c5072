"""Writing over HTTP: who else writes here, putting two texts together, starting an article."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from bot.keys import DATABASE, KNOWLEDGE
from bot.knowledge import articles, drafting, insertable, marking, merging, presence, translating
from bot.knowledge.articles import About, NewArticle
from bot.knowledge.saving import DraftText
from bot.staff.sessions import SignedIn
from bot.web.acting import editing
from bot.web.staff import STUDIO_ROLES, Form, body, language_of, staff
from bot.web.studio import ARTICLE

TEXT = f"{ARTICLE}/{{language:[a-z]{{2}}}}"

editors = staff(*STUDIO_ROLES)


class Tab(Form):
    """One open page of a browser."""

    tab: Annotated[str, Field(pattern="^[0-9a-f]{8,32}$")]


class Merging(Form):
    """What the editor started from, what the server has now, and what they made of it."""

    base: DraftText
    theirs: DraftText
    mine: DraftText


class Described(Form):
    """What the article was about when the editor opened it, and what they say it is."""

    base: About
    mine: About


class Starting(NewArticle):
    """A new article, as asked for."""


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.post("/api/articles", start),
        web.put(f"{ARTICLE}/about", describe),
        web.post(f"{TEXT}/presence", here),
        web.delete(f"{TEXT}/presence/{{tab:[0-9a-f]{{8,32}}}}", gone),
        web.get(f"{TEXT}/saves", list_saves),
        web.get(f"{TEXT}/source", source),
        web.post("/api/merge", merge),
        web.get("/api/facts", list_facts),
        web.get("/api/topics", list_topics),
    ]


@editors
async def start(request: web.Request, who: SignedIn) -> web.Response:
    """A new article with an empty draft; 409 for a name that is taken."""
    asked = await body(request, Starting)
    async with request.app[DATABASE].work() as work:
        article, _ = await articles.start(work, editing(request, who), asked)
        await work.commit()
    return web.json_response({"slug": article.slug, "language": asked.language})


@editors
async def describe(request: web.Request, who: SignedIn) -> web.Response:
    """Topics, scope and related articles; they count at once."""
    asked = await body(request, Described)
    slug = request.match_info["slug"]
    database = request.app[DATABASE]
    async with database.work() as work:
        article = await articles.describe(work, editing(request, who), slug, asked.base, asked.mine)
        await work.commit()
    return web.json_response(articles.about_of(article).model_dump())


@editors
async def here(request: web.Request, who: SignedIn) -> web.Response:
    """A tab has the text open; who else has, and what the server holds of it."""
    asked = await body(request, Tab)
    slug, language = _place(request)
    async with request.app[DATABASE].work() as work:
        found = await presence.beat(
            work, slug, language, asked.tab, who.account_id, who.display_name
        )
        await work.commit()
    return web.json_response({**found, "every_seconds": presence.BEAT_SECONDS})


@editors
async def gone(request: web.Request, who: SignedIn) -> web.Response:
    """The tab has closed the text."""
    slug, language = _place(request)
    async with request.app[DATABASE].work() as work:
        await presence.leave(work, slug, language, request.match_info["tab"], who.account_id)
        await work.commit()
    return web.json_response({})


@editors
async def list_saves(request: web.Request, who: SignedIn) -> web.Response:
    """What was saved of the text's drafts, also of those that are gone."""
    slug, language = _place(request)
    async with request.app[DATABASE].reading() as session:
        return web.json_response(await drafting.saves_of(session, slug, language))


@editors
async def source(request: web.Request, who: SignedIn) -> web.Response:
    """The text that this one translates, and what it says differently since."""
    slug, language = _place(request)
    async with request.app[DATABASE].reading() as session:
        found = await translating.beside(session, slug, language)
    shown = found["source"]
    if shown:
        found["terms"] = marked(shown, shown["language"])
    return web.json_response(found)


@editors
async def merge(request: web.Request, who: SignedIn) -> web.Response:
    """Three texts, field by field. Nothing is stored."""
    asked = await body(request, Merging)
    three = (one.model_dump(mode="json") for one in (asked.base, asked.theirs, asked.mine))
    return web.json_response(merging.merge(*three))


@editors
async def list_facts(request: web.Request, who: SignedIn) -> web.Response:
    """What can be put into a text, with its value today."""
    language = request.query.get("language", "")
    wanted = language if language in ("en", "es") else language_of(request)
    return web.json_response(insertable.facts(request.app[KNOWLEDGE], wanted))


@editors
async def list_topics(request: web.Request, who: SignedIn) -> web.Response:
    """The subjects that articles answer."""
    return web.json_response(articles.topic_map(language_of(request)))


def marked(text: dict[str, Any], language: str) -> dict[str, Any]:
    """Agreed words and words to avoid, by field."""
    return {
        name: marking.marks(text.get(name) or "", language) for name in ("title", "lead", "more")
    }


def _place(request: web.Request) -> tuple[str, str]:
    return request.match_info["slug"], request.match_info["language"]
