"""The editors' side over HTTP: articles, drafts, publishing, and the way back."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field

from bot import texts
from bot.keys import DATABASE, KNOWLEDGE
from bot.knowledge import going_back, publishing, saving, steps, studio
from bot.knowledge.drafting import Seen
from bot.knowledge.saving import DraftText
from bot.staff.sessions import SignedIn
from bot.web import studio_pages
from bot.web.acting import editing, path_id, way_of
from bot.web.article_list import owners
from bot.web.staff import STUDIO_ROLES, Form, body, staff, staff_page

ARTICLE = "/api/articles/{slug:[a-z0-9-]{1,120}}"
DRAFT = f"{ARTICLE}/{{language:[a-z]{{2}}}}/draft"
VERSION = r"/api/versions/{id:\d{1,9}}"

editors = staff(*STUDIO_ROLES)


class Before(Form):
    """The draft that the editor had before their eyes: none, or this one after so many saves."""

    draft: int | None = None
    saves: Annotated[int, Field(ge=0)] = 0


class Draft(DraftText):
    """A text as typed, and what the editor had before their eyes: the live version, the draft, and
    for a translation the source version that they say it translates."""

    base_version_id: int | None = None
    seen: Before | None = None
    translates: int | None = None


class Change(Form):
    """Why a version goes live, for colleagues."""

    note: Annotated[str, Field(max_length=400)] = ""


class Shown(Form):
    """A text to look at."""

    language: Annotated[str, Field(pattern="^(en|es)$")]
    title: Annotated[str, Field(max_length=200)] = ""
    lead: Annotated[str, Field(max_length=5_000)] = ""
    more: Annotated[str | None, Field(max_length=20_000)] = None


def routes() -> list[web.RouteDef]:
    """The studio's page and its JSON."""
    return [
        web.get("/studio", studio_page),
        web.get("/api/articles", list_articles),
        web.get(ARTICLE, read_article),
        web.put(DRAFT, save_draft),
        web.delete(DRAFT, discard_draft),
        web.post(f"{VERSION}/publish", publish),
        web.get(f"{VERSION}/restore", way_back),
        web.post(f"{VERSION}/restore", restore),
        web.post("/api/preview", preview),
    ]


@staff_page(*STUDIO_ROLES)
async def studio_page(request: web.Request, who: SignedIn) -> web.Response:
    """The one screen. The preview is drawn by the widget, so it gets the widget's words."""
    people = await owners(request)
    return studio_pages.studio_page(
        request,
        who,
        "articles",
        "studio.html",
        *("editor", "findings", "gate", "life"),
        widget_texts=texts.starting("widget."),
        people=people,
    )


@editors
async def list_articles(request: web.Request, who: SignedIn) -> web.Response:
    """The articles that the search and the filters leave."""
    knowledge = request.app[KNOWLEDGE]
    wishes = {name: request.query.get(name, "") for name in ("q", "topic", "language")}
    async with request.app[DATABASE].reading() as session:
        today = knowledge.today(knowledge.content)
        found = await studio.list_articles(session, today, **wishes)
    return web.json_response(found)


@editors
async def read_article(request: web.Request, who: SignedIn) -> web.Response:
    """One article in all its languages, with drafts and history."""
    async with request.app[DATABASE].reading() as session:
        found = await studio.article_detail(session, request.match_info["slug"])
    return web.json_response(found)


@editors
async def save_draft(request: web.Request, who: SignedIn) -> web.Response:
    """Keep a text that patients do not see yet; 409 when somebody saved or published meanwhile."""
    text = await body(request, Draft)
    slug, language = request.match_info["slug"], request.match_info["language"]
    async with request.app[DATABASE].work() as work:
        draft = await saving.save_draft(
            work,
            editing(request, who),
            slug,
            language,
            text,
            text.base_version_id,
            seen=Seen(text.seen.draft, text.seen.saves) if text.seen else None,
            translates=text.translates,
        )
        await work.commit()
    return web.json_response(studio.version_json(draft))


@editors
async def discard_draft(request: web.Request, who: SignedIn) -> web.Response:
    """Forget the draft; 409 when it is not the one that the address names."""
    slug, language = request.match_info["slug"], request.match_info["language"]
    async with request.app[DATABASE].work() as work:
        await saving.discard_draft(
            work, editing(request, who), slug, language, seen=_named(request)
        )
        await work.commit()
    return web.json_response({})


@editors
async def publish(request: web.Request, who: SignedIn) -> web.Response:
    """Put a draft before patients; 422 lists what the checks found."""
    change = await body(request, Change)
    database, knowledge = request.app[DATABASE], request.app[KNOWLEDGE]
    version, revision = await publishing.publish(
        database, knowledge, editing(request, who), path_id(request), change.note
    )
    # The page says that patients read it now: so they do, here before it says so.
    await knowledge.refresh(database)
    return web.json_response({"version": studio.version_json(version), "revision": revision})


@editors
async def way_back(request: web.Request, who: SignedIn) -> web.Response:
    """Whether an older version may be live again at once; else the code of what keeps it."""
    way, editor = way_of(request), editing(request, who)
    async with request.app[DATABASE].reading() as session:
        old = await going_back.older(session, path_id(request))
        try:
            await going_back.check(session, editor, old, way)
        except (going_back.TimeIsOver, steps.NeedsSecond) as held:
            return web.json_response({"held": held.code})
    return web.json_response({"held": None})


@editors
async def restore(request: web.Request, who: SignedIn) -> web.Response:
    """Publish a copy of an older version."""
    change = await body(request, Change)
    database, knowledge = request.app[DATABASE], request.app[KNOWLEDGE]
    version, revision = await publishing.restore(
        database, editing(request, who), path_id(request), way_of(request), change.note
    )
    await knowledge.refresh(database)
    return web.json_response({"version": studio.version_json(version), "revision": revision})


@editors
async def preview(request: web.Request, who: SignedIn) -> web.Response:
    """A text as patients would see it today. Nothing is stored."""
    shown = await body(request, Shown)
    return web.json_response(
        studio.preview(request.app[KNOWLEDGE], shown.language, shown.title, shown.lead, shown.more)
    )


def _named(request: web.Request) -> Seen | None:
    """The draft in the query, after so many saves; None when it names none."""
    numbers = [request.query.get(name, "") for name in ("draft", "saves")]
    if not all(one.isascii() and one.isdigit() and len(one) < 10 for one in numbers):
        return None
    return Seen(int(numbers[0]), int(numbers[1]))
