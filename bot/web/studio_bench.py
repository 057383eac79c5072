"""The test bench: what would be said to a question, why, and by how much.

Nothing that is typed here is stored or logged, but a question that is kept as a test question.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from bot import texts
from bot.assistant.turn import AssistantFailed, TurnInput
from bot.keys import ASSISTANT, DATABASE, KNOWLEDGE, SETTINGS
from bot.knowledge import queries, studio, trying
from bot.knowledge.content import Content
from bot.knowledge.moved import Ended, ended
from bot.knowledge.outcomes import Answer, Context
from bot.knowledge.proposal import Proposal
from bot.knowledge.trying import Bench
from bot.language.identify import Reading
from bot.language.identify import read as read_language
from bot.safety import Tier
from bot.safety.reasons import Reasons, reasons
from bot.staff.sessions import SignedIn
from bot.web import bench_words, studio_pages
from bot.web.acting import editing
from bot.web.staff import STUDIO_ROLES, Form, body, staff, staff_page

BENCH = web.AppKey("bench", Bench)
MOST_CHARACTERS = 2000
CLINICAL_INTENT = "ask_clinical"
GUESSES = 3

Language = Annotated[str, Field(pattern="^(en|es)$")]
Question = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
Json = dict[str, Any]

editors = staff(*STUDIO_ROLES)


class Wish(Form):
    """A question in the language of the chat, perhaps after another, against a version or, with
    none, against what is live. `scope` are words for whom it is about; `article` is one whose place
    is to be told besides."""

    question: Question
    language: Language = "en"
    previous: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    scope: Annotated[str, Field(max_length=120)] = ""
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    article: Annotated[str, Field(pattern="^[a-z0-9-]{1,120}$")] | None = None


class Kept(Form):
    """A question to keep as a test question, or to drop again."""

    question: Annotated[str, Field(min_length=1, max_length=300)]
    article: Annotated[str, Field(pattern="^[a-z0-9-]{1,120}$")]
    language: Language


def routes() -> list[web.RouteDef]:
    """The page and what it asks."""
    return [
        web.get("/studio/bench", bench_page),
        web.post("/api/bench", ask),
        web.post("/api/bench/golden", keep),
        web.post("/api/bench/golden/drop", drop),
    ]


def set_up(app: web.Application) -> None:
    """Give the app what keeps the indexes that were tried last."""
    app[BENCH] = Bench(app[KNOWLEDGE])


@staff_page(*STUDIO_ROLES)
async def bench_page(request: web.Request, who: SignedIn) -> web.Response:
    """The page. What is said is drawn by the widget, so it gets the widget's words."""
    knowledge = request.app[KNOWLEDGE]
    articles = [
        {"slug": one.slug, "titles": {name: v.words.title for name, v in one.versions.items()}}
        for one in knowledge.content.articles
    ]
    return studio_pages.studio_page(
        request,
        who,
        "bench",
        "studio_bench.html",
        "bench",
        widget_texts=texts.starting("widget."),
        articles=articles,
    )


@editors
async def ask(request: web.Request, who: SignedIn) -> web.Response:
    """How the question would end, and why. Nothing is stored."""
    wish = await body(request, Wish)
    async with request.app[DATABASE].reading() as session:
        current = await queries.current_content(session, request.app[KNOWLEDGE].known)
        wanted = await trying.tried(session, wish.version) if wish.version else None
    found = await asyncio.to_thread(_tried, request.app, wish, current, wanted)
    assistant = None if wanted else await _assistant(request.app, wish, current)
    return web.json_response({**found, "assistant": assistant})


@editors
async def keep(request: web.Request, who: SignedIn) -> web.Response:
    """Keep a question as a test question of an article, in its draft."""
    wish = await body(request, Kept)
    async with request.app[DATABASE].work() as work:
        draft = await trying.keep_golden(
            work, editing(request, who), wish.article, wish.language, wish.question
        )
        await work.commit()
    return web.json_response(studio.version_json(draft))


@editors
async def drop(request: web.Request, who: SignedIn) -> web.Response:
    """Take it out of the draft again."""
    wish = await body(request, Kept)
    async with request.app[DATABASE].work() as work:
        await trying.drop_golden(
            work, editing(request, who), wish.article, wish.language, wish.question
        )
        await work.commit()
    return web.json_response({})


def _tried(app: web.Application, wish: Wish, current: Content, wanted: Proposal | None) -> Json:
    desk = app[BENCH].desk(current, wanted)
    reading = read_language(wish.question, wish.language)
    spoken = wish.language if reading.language == "other" else reading.language
    context = Context(spoken, scope=(wish.scope,) if wish.scope else ())
    if wish.previous:
        before = desk.answer(wish.previous, context)
        if isinstance(before, Answer):
            slug = before.article.slug
            context = replace(context, last_article=slug, last_question=wish.previous)
    outcome = desk.answer(wish.question, context)
    content = desk.index.content
    danger = reasons(wish.question, [wish.previous] if wish.previous else [], spoken)
    instead = list(bench_words.safety_lines(danger.assessment, spoken, content))
    said = instead or list(bench_words.outcome_lines(outcome, spoken, content))
    why = app[KNOWLEDGE].explain(wish.question, context, wish.article, desk)
    end = asdict(ended(outcome))
    if instead:
        end |= asdict(Ended(instead[0]["kind"]))
    return {
        "spoken": spoken,
        "language": _reading(reading),
        "safety": _safety(danger),
        "outcome": end,
        "says": [*said, *bench_words.soft_line(danger.assessment, spoken)],
        "why": asdict(why),
        "follows": context.last_article,
    }


async def _assistant(app: web.Application, wish: Wish, current: Content) -> Json | None:
    """The whole assistant as it is now, with the kind of turn it takes the question for. It is not
    asked where safety comes first."""
    if wish.previous:
        return None
    reading = read_language(wish.question, wish.language)
    danger = await asyncio.to_thread(reasons, wish.question, (), wish.language)
    intent = CLINICAL_INTENT if danger.assessment.clinical else None
    turn = TurnInput(*("bench", wish.question, reading.language, None, None, intent, wish.language))
    seconds = app[SETTINGS].answer_seconds
    says: list[Json] | None = None
    handoff = None
    try:
        if danger.assessment.tier is not Tier.FULL:
            output = await app[ASSISTANT].respond(turn, seconds)
            soft = bench_words.soft_line(danger.assessment, wish.language)
            says = [*bench_words.assistant_lines(output, current), *soft]
            handoff = bench_words.handoff_of(output)
        guesses = await app[ASSISTANT].guesses(turn, seconds)
    except AssistantFailed as failed:
        return {"failed": failed.cause}
    return {
        "failed": None,
        "says": says,
        "handoff": handoff,
        "guesses": [asdict(one) for one in guesses[:GUESSES]],
    }


def _reading(reading: Reading) -> Json:
    return {"language": reading.third or reading.language, "by": reading.by}


def _safety(found: Reasons) -> Json:
    return {
        "tier": found.assessment.tier.value,
        "category": found.assessment.category,
        "clinical": found.assessment.clinical,
        "patterns": [asdict(one) for one in found.patterns],
        "opinion": asdict(found.opinion) if found.opinion else None,
    }
