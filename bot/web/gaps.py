"""What patients asked and found no answer to, for editors: the list, its verbs, the grouping."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import AwareDatetime, Field

from bot.errors import Invalid
from bot.gaps import deciding, reading
from bot.gaps.deciding import Acting
from bot.gaps.gathering import KINDS
from bot.gaps.running import KEPT_FOR
from bot.keys import DATABASE, DESK, GAPS, KEYS
from bot.knowledge.files import Domain
from bot.knowledge.starting import Beginning, NewArticle, slug_of
from bot.knowledge.topics import Ends, standard
from bot.staff.sessions import SignedIn
from bot.texts import LANGUAGES
from bot.web import studio_pages
from bot.web.acting import editing, path_id
from bot.web.gaps_views import gap_json, nearest, question_json, run_json
from bot.web.staff import STUDIO_ROLES, Form, body, language_of, staff, staff_page

GAP = r"/api/gaps/{id:\d{1,9}}"
# Every fifth question tries out, after the others have taught the search.
HELD_OUT = 5
MOST_HELD_OUT = 5
MOST_QUESTIONS = 5000

editors = staff(*STUDIO_ROLES)
Slug = Annotated[str, Field(max_length=120)]


class Write(Form):
    """The article to begin."""

    slug: Slug
    domain: str
    topic: str
    title_en: Annotated[str, Field(max_length=200)] = ""
    title_es: Annotated[str, Field(max_length=200)] = ""


class AddTo(Form):
    """The article that answers it already."""

    slug: Slug


class Dismiss(Form):
    """Why a gap is not ours."""

    reason: str
    note: Annotated[str, Field(max_length=400)] = ""


class Merge(Form):
    """The gap that asks for the same."""

    into: Annotated[int, Field(ge=1)]


class Split(Form):
    """The questions that ask for something else."""

    entries: Annotated[list[int], Field(min_length=1, max_length=500)]


class Look(Form):
    """A gap that was in sight, with what came into it up to a time: the `upto` that was shown."""

    id: int
    upto: AwareDatetime


class Looked(Form):
    """The gaps that were in sight."""

    looks: Annotated[list[Look], Field(max_length=2000)]


class Nothing(Form):
    """No more to say."""


def routes() -> list[web.RouteDef]:
    """The page and its JSON."""
    return [
        web.get("/studio/gaps", gaps_page),
        web.get("/api/gaps", list_gaps),
        web.get("/api/gaps/run", read_run),
        web.post("/api/gaps/run", start_run),
        web.post("/api/gaps/looks", look),
        web.get(GAP, read_gap),
        web.post(f"{GAP}/write", write),
        web.post(f"{GAP}/add", add_to),
        web.post(f"{GAP}/dismiss", dismiss),
        web.post(f"{GAP}/reopen", reopen),
        web.post(f"{GAP}/merge", merge),
        web.post(f"{GAP}/split", split),
    ]


@staff_page(*STUDIO_ROLES)
async def gaps_page(request: web.Request, who: SignedIn) -> web.Response:
    """The page; the list comes by itself."""
    language = language_of(request)
    topics = [
        {"id": one, "title": topic.title(language)}
        for one in standard().ending(Ends.ARTICLE)
        if (topic := standard().get(one))
    ]
    return studio_pages.studio_page(
        request,
        who,
        "gaps",
        "studio_gaps.html",
        "gaps",
        topics=topics,
        domains=[one.value for one in Domain],
        reasons=deciding.REASONS,
        kinds=KINDS,
        kept_days=KEPT_FOR.days,
    )


@editors
async def list_gaps(request: web.Request, who: SignedIn) -> web.Response:
    """All gaps, most asked first, and how far the grouping is."""
    async with request.app[DATABASE].reading() as session:
        found = await reading.all_gaps(session, request.app[KEYS], who.account_id, _now(request))
    progress = await request.app[GAPS].progress()
    return web.json_response({"gaps": [gap_json(one) for one in found], "run": run_json(progress)})


@editors
async def read_gap(request: web.Request, who: SignedIn) -> web.Response:
    """A gap's questions, `?limit=` of them, what an article of them would begin with, and the
    nearest articles."""
    gap_id, keys, limit = path_id(request), request.app[KEYS], _limit(request)
    async with request.app[DATABASE].reading() as session:
        questions = await reading.questions_of(session, keys, gap_id, who.account_id, limit=limit)
        ways = await reading.ways_to_ask(session, keys, gap_id)
    titles = {language: own[0][:200] for language, own in ways.items() if own}
    first = titles.get("en") or titles.get("es") or ""
    return web.json_response(
        {
            "id": gap_id,
            "questions": [question_json(one) for one in questions.shown],
            "upto": questions.upto.isoformat() if questions.upto else None,
            "more": questions.more,
            "titles": titles,
            "slug": slug_of(first),
            "ways": {language: len(own) for language, own in ways.items()},
            "nearest": nearest(request, titles),
        }
    )


@editors
async def look(request: web.Request, who: SignedIn) -> web.Response:
    """Remember that these gaps were in sight."""
    asked = await body(request, Looked)
    looks = {one.id: one.upto for one in asked.looks}
    async with request.app[DATABASE].work() as work:
        await deciding.look(work, who.account_id, looks, _now(request))
        await work.commit()
    return web.json_response({})


@editors
async def write(request: web.Request, who: SignedIn) -> web.Response:
    """Begin an article with the gap's questions as variants, in both languages."""
    asked, gap_id = await body(request, Write), path_id(request)
    titles = {"en": asked.title_en, "es": asked.title_es}
    async with request.app[DATABASE].work() as work:
        ways = await reading.ways_to_ask(work.session, request.app[KEYS], gap_id)
        texts = {
            language: _beginning(titles[language], ways.get(language, []))
            for language in LANGUAGES
            if titles[language] or ways.get(language)
        }
        article = NewArticle(asked.slug, asked.domain, [asked.topic], texts)
        await deciding.write(work, _acting(request, who), gap_id, article)
        await work.commit()
    language = "en" if "en" in texts else "es"
    return web.json_response({"slug": asked.slug, "language": language})


@editors
async def add_to(request: web.Request, who: SignedIn) -> web.Response:
    """Put the gap's questions into an article's drafts."""
    asked, gap_id = await body(request, AddTo), path_id(request)
    async with request.app[DATABASE].work() as work:
        ways = await reading.ways_to_ask(work.session, request.app[KEYS], gap_id)
        acting = _acting(request, who)
        changed = await deciding.add_to(work, acting, gap_id, asked.slug, dict(ways))
        await work.commit()
    language = "en" if "en" in changed or not changed else changed[0]
    return web.json_response({"slug": asked.slug, "language": language, "changed": changed})


@editors
async def dismiss(request: web.Request, who: SignedIn) -> web.Response:
    """Not ours, and why."""
    asked = await body(request, Dismiss)
    async with request.app[DATABASE].work() as work:
        acting = _acting(request, who)
        await deciding.dismiss(work, acting, path_id(request), asked.reason, asked.note)
        await work.commit()
    return web.json_response({})


@editors
async def reopen(request: web.Request, who: SignedIn) -> web.Response:
    """Take a decision back."""
    await body(request, Nothing)
    async with request.app[DATABASE].work() as work:
        await deciding.reopen(work, _acting(request, who), path_id(request))
        await work.commit()
    return web.json_response({})


@editors
async def merge(request: web.Request, who: SignedIn) -> web.Response:
    """Two gaps ask for the same; the answer names the questions that moved."""
    asked = await body(request, Merge)
    async with request.app[DATABASE].work() as work:
        acting = _acting(request, who)
        moved = await deciding.merge(work, acting, path_id(request), asked.into)
        await work.commit()
    return web.json_response({"id": asked.into, "moved": moved})


@editors
async def split(request: web.Request, who: SignedIn) -> web.Response:
    """Some of its questions are a gap of their own."""
    asked = await body(request, Split)
    async with request.app[DATABASE].work() as work:
        made = await deciding.split(work, _acting(request, who), path_id(request), asked.entries)
        await work.commit()
    return web.json_response({"id": made})


@editors
async def read_run(request: web.Request, who: SignedIn) -> web.Response:
    """How far the grouping is."""
    return web.json_response(run_json(await request.app[GAPS].progress()))


@editors
async def start_run(request: web.Request, who: SignedIn) -> web.Response:
    """Group now. When a process works on it already, its progress is shown."""
    await body(request, Nothing)
    await request.app[GAPS].start()
    return web.json_response(run_json(await request.app[GAPS].progress()))


def _limit(request: web.Request) -> int:
    asked = request.query.get("limit", str(reading.EXAMPLES))
    if not asked.isdecimal() or not 1 <= int(asked) <= MOST_QUESTIONS:
        raise Invalid(
            "limit is not a number of questions",
            field="limit",
            remedy=f"Ask for 1 to {MOST_QUESTIONS} questions.",
        )
    return int(asked)


def _now(request: web.Request) -> datetime:
    return request.app[DESK].now()


def _acting(request: web.Request, who: SignedIn) -> Acting:
    return Acting(editing(request, who), _now(request))


def _beginning(title: str, ways: list[str]) -> Beginning:
    tried = ways[HELD_OUT - 1 :: HELD_OUT][:MOST_HELD_OUT]
    return Beginning(title or ways[0], [one for one in ways if one not in tried], tried)
