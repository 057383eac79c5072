"""The list of articles over HTTP: a page of what fits, and what is done to many at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any, cast, get_args

from aiohttp import web
from pydantic import Field

from bot.errors import CarelineError, Invalid
from bot.insights import article_ratings
from bot.keys import DATABASE, DESK, KNOWLEDGE
from bot.knowledge import article_list, undoing
from bot.knowledge.article_list import Sort, Wish
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.outcomes import Answer, Clarify, Context, NeedsFact, NeedsPerson
from bot.knowledge.topics import standard
from bot.knowledge.undoing import Act, Result
from bot.staff import service
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web.acting import editing, way_of
from bot.web.staff import STUDIO_ROLES, Form, body, language_of, staff

PAGE = 50
MOST_AT_ONCE = 500
RATED_WITHIN = timedelta(days=90)
NOBODY, ME = "none", "me"
# Fewer words are no question: they are looked for, not understood.
QUESTION_WORDS = 3

Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,120}$")]
Batch = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]

editors = staff(*STUDIO_ROLES)


class Many(Form):
    """What to do to which articles. The page makes up the number of the click, so that a long
    list can be sent in pieces and undone as one."""

    act: Act
    slugs: Annotated[list[Slug], Field(min_length=1, max_length=MOST_AT_ONCE)]
    batch: Batch
    owner: Annotated[str, Field(max_length=32, pattern="^[0-9a-f]*$")] = ""


class Undone(Form):
    """The number of a click."""

    batch: Batch


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get("/api/article-list", read_list),
        web.get("/api/article-slugs", read_slugs),
        web.post("/api/article-acts", act),
        web.post("/api/article-acts/undo", undo),
    ]


@editors
async def read_list(request: web.Request, who: SignedIn) -> web.Response:
    """One page of what fits, with how many there are and what can be chosen from."""
    start = _number(request.query.get("start", "0"))
    found = await _found(request, who)
    async with request.app[DATABASE].reading() as session:
        topics = await article_list.topics(session) if start == 0 else []
    return web.json_response(
        {
            "total": len(found),
            "start": start,
            "rows": found[start : start + PAGE],
            "topics": _titled(topics, language_of(request)),
        }
    )


def _titled(topics: Iterable[str], language: str) -> list[dict[str, str]]:
    known = {one: standard().get(one) for one in topics}
    named = [
        {"id": one, "title": topic.title(language) if topic else one}
        for one, topic in known.items()
    ]
    return sorted(named, key=lambda one: one["title"].casefold())


@editors
async def read_slugs(request: web.Request, who: SignedIn) -> web.Response:
    """Everything that fits, by name: what "select all" means."""
    found = await _found(request, who)
    return web.json_response({"slugs": [one["slug"] for one in found]})


@editors
async def act(request: web.Request, who: SignedIn) -> web.Response:
    """Do one thing to many articles; what it does not fit is left, and why."""
    asked = await body(request, Many)
    database, knowledge = request.app[DATABASE], request.app[KNOWLEDGE]
    if asked.act == "owner" and asked.owner:
        await _check_owner(request, asked.owner)
    async with database.work() as work:
        result = await undoing.act(
            work,
            editing(request, who),
            asked.act,
            asked.slugs,
            asked.batch,
            today=knowledge.today(knowledge.content),
            owner=asked.owner,
        )
        await work.commit()
    await _served_here(request, result)
    return web.json_response(_result(result))


@editors
async def undo(request: web.Request, who: SignedIn) -> web.Response:
    """Take back what one click did, where nobody has gone on with it."""
    asked = await body(request, Undone)
    async with request.app[DATABASE].work() as work:
        result = await undoing.undo(work, editing(request, who), asked.batch, way_of(request))
        await work.commit()
    await _served_here(request, result)
    return web.json_response(_result(result))


async def owners(request: web.Request) -> list[dict[str, str]]:
    """Who may own an article, by name."""
    async with request.app[DATABASE].reading() as session:
        accounts = await service.list_accounts(session)
    able = {*STUDIO_ROLES, Role.ADMIN}
    return [
        {"id": one.id, "name": one.display_name}
        for one in accounts
        if one.disabled_at is None and not one.role_set.isdisjoint(able)
    ]


async def _found(request: web.Request, who: SignedIn) -> list[dict[str, Any]]:
    knowledge = request.app[KNOWLEDGE]
    wish = _wish(request, who)
    async with request.app[DATABASE].reading() as session:
        ratings = await article_ratings.by_article(session, request.app[DESK].now() - RATED_WITHIN)
        return await article_list.list_articles(
            session,
            knowledge.today(knowledge.content),
            wish,
            ratings,
            _meant(knowledge, wish.q, wish.language or language_of(request)),
        )


def _wish(request: web.Request, who: SignedIn) -> Wish:
    asked = request.query
    sort = asked.get("sort", "title")
    if sort not in get_args(Sort):
        raise Invalid("there is no such order", field="sort", remedy="Choose one of the list.")
    owner = asked.get("owner") or None
    return Wish(
        q=asked.get("q", "")[:400],
        topic=asked.get("topic", ""),
        language=asked.get("language", ""),
        state=asked.get("state", ""),
        owner={ME: who.account_id, NOBODY: ""}.get(owner, owner) if owner else None,
        needs=asked.get("needs", ""),
        sort=cast(Sort, sort),
    )


def _meant(knowledge: KnowledgeBase, question: str, language: str) -> list[str]:
    """The articles that a patient would get, or could choose from, who asks this."""
    if len(question.split()) < QUESTION_WORDS:
        return []
    try:
        outcome = knowledge.answer(question, Context(language))
    except CarelineError:
        return []
    if isinstance(outcome, Clarify):
        return [one.slug for one in outcome.options]
    if isinstance(outcome, Answer | NeedsFact | NeedsPerson) and outcome.article:
        return [outcome.article.slug]
    return []


async def _check_owner(request: web.Request, owner: str) -> None:
    if owner not in {one["id"] for one in await owners(request)}:
        raise Invalid("nobody like that writes here", field="owner", remedy="Choose from the list.")


async def _served_here(request: web.Request, result: Result) -> None:
    """What the page says of one article is true here before it says so; many follow in a second."""
    if len(result.done) == 1:
        await request.app[KNOWLEDGE].refresh(request.app[DATABASE])


def _result(result: Result) -> dict[str, Any]:
    return {"done": result.done, "left": result.left}


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise Invalid("this is no place in the list", field="start", remedy="Start at 0.")
    return int(text)
