"""The agents' side over HTTP: the page, one case, and the verbs that move it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, Field

from bot.conversations.lines import Draft
from bot.conversations.queries import conversation
from bot.effects import ArticleRef
from bot.errors import Invalid
from bot.handoff import held, lines, queries, service
from bot.handoff.cases import Agent, Outcome
from bot.handoff.follow_ups import open_follow_up
from bot.handoff.mentions import named_in
from bot.handoff.snippets import places
from bot.keys import DATABASE, DESK, KEYS, KNOWLEDGE, SETTINGS
from bot.knowledge.suggesting import cited
from bot.outreach import contacts
from bot.privacy import audit
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web.acting import acting, path_id
from bot.web.case_file import add_file
from bot.web.cases import case_json, live_json
from bot.web.colleagues import colleagues
from bot.web.contact import preference_said
from bot.web.moves import page_data
from bot.web.staff import CONSOLE_ROLES, Form, body, language_of, page, person, staff, staff_page
from bot.web.typed import clean
from bot.web.writing import open_questions

TEXT_CHARS = 4000
HANDOFF = r"/api/handoffs/{id:\d{1,9}}"
CONVERSATION = "/api/conversations/{id:[0-9a-f]{32}}"

agents = staff(*CONSOLE_ROLES)
Text = Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=TEXT_CHARS)]


class Inserted(Form):
    """The version of an article whose words were put into a reply."""

    slug: Annotated[str, Field(max_length=120)]
    version_id: int


class Reply(Form):
    """An agent's line. `epoch` says as of when the agent believes to own the conversation."""

    client_id: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
    text: Text
    epoch: Annotated[int, Field(ge=1)]
    article: Inserted | None = None


class NewNote(Form):
    """An internal line."""

    text: Text


class Resolution(Form):
    """How a case ended, and whether the assistant takes the patient back."""

    outcome: Outcome
    to_bot: bool = False
    follow_up_on: date | None = None


class Nothing(Form):
    """A verb that needs no more than its address."""


def routes() -> list[web.RouteDef]:
    """The console's page and its JSON."""
    return [
        web.get("/console", console_page),
        web.post(f"{HANDOFF}/claim", claim),
        web.post(f"{HANDOFF}/release", release),
        web.post(f"{HANDOFF}/resolve", resolve),
        web.get("/api/conversations", list_conversations),
        web.get(CONVERSATION, read_conversation),
        web.post(f"{CONVERSATION}/take-over", take_over),
        web.post(f"{CONVERSATION}/messages", reply),
        web.post(f"{CONVERSATION}/notes", add_note),
    ]


@staff_page(*CONSOLE_ROLES)
async def console_page(request: web.Request, who: SignedIn) -> web.Response:
    """The one screen."""
    me = person(who, request.app[SETTINGS])
    zone = request.app[KNOWLEDGE].profile.zone.key
    clinic = page_data(request.app[KNOWLEDGE].profile, language_of(request))
    return page(
        request,
        "console.html",
        "console",
        "writing",
        "case",
        me=me,
        here="console",
        time_zone=zone,
        **clinic,
    )


@agents
async def list_conversations(request: web.Request, who: SignedIn) -> web.Response:
    """What the bot holds now."""
    if request.query.get("owner") != "bot":
        raise Invalid("only owner=bot can be listed", field="owner", remedy="Ask for owner=bot.")
    within = timedelta(minutes=request.app[SETTINGS].conversation_idle_minutes)
    async with request.app[DATABASE].reading() as session:
        found = await queries.live_bot_conversations(session, request.app[KEYS], within=within)
    desk = request.app[DESK]
    # Fifty lines are redacted while others are answered.
    lines = await asyncio.to_thread(lambda: [live_json(one, desk) for one in found])
    return web.json_response(lines)


@agents
async def read_conversation(request: web.Request, who: SignedIn) -> web.Response:
    """A transcript with its case. That it was read is written down first."""
    conversation_id = request.match_info["id"]
    async with request.app[DATABASE].work() as work:
        case = await queries.case(work.session, request.app[KEYS], conversation_id)
        left = await contacts.views(work.session, request.app[KEYS], conversation_id)
        await audit.record(work, who.account_id, "conversation.read", conversation_id)
        await work.commit()
    desk, language = request.app[DESK], language_of(request)
    shown = case_json(case, who, request.app[KNOWLEDGE], desk, language)
    if shown["packet"]:
        shown["packet"]["contact_preference"] = preference_said(left, language)
    return web.json_response(await add_file(request.app, who, case, shown))


@agents
async def claim(request: web.Request, who: SignedIn) -> web.Response:
    """Take a waiting case; 409 names who was first."""
    await body(request, Nothing)
    async with request.app[DATABASE].work() as work:
        case = await service.claim(work, request.app[KEYS], path_id(request), acting(who))
        await work.commit()
    return web.json_response({"epoch": case.epoch})


@agents
async def take_over(request: web.Request, who: SignedIn) -> web.Response:
    """Step into a conversation the bot holds."""
    await body(request, Nothing)
    conversation_id, keys = request.match_info["id"], request.app[KEYS]
    async with request.app[DATABASE].work() as work:
        packet = await queries.packet_so_far(
            work.session, keys, conversation_id, request.app[DESK].copied
        )
        case = await service.take_over(work, keys, conversation_id, acting(who), packet)
        await work.commit()
    return web.json_response({"epoch": case.epoch, "handoff_id": case.id})


@agents
async def release(request: web.Request, who: SignedIn) -> web.Response:
    """Put one's case back into the queue; a supervisor may put back anyone's."""
    await body(request, Nothing)
    async with request.app[DATABASE].work() as work:
        await service.release(
            work,
            request.app[KEYS],
            path_id(request),
            acting(who),
            promise=request.app[DESK].again,
            excuse=request.app[DESK].put_back_notices,
            any_agent=who.may(Role.SUPERVISOR),
        )
        await work.commit()
    return web.json_response({})


@agents
async def resolve(request: web.Request, who: SignedIn) -> web.Response:
    """End one's case."""
    asked = await body(request, Resolution)
    desk = request.app[DESK]
    today = desk.now().astimezone(request.app[KNOWLEDGE].profile.zone).date()
    if asked.follow_up_on and asked.follow_up_on < today:
        raise Invalid("that day is over", field="follow_up_on", remedy="Pick today or later.")
    async with request.app[DATABASE].work() as work:
        case = await service.resolve(
            work,
            request.app[KEYS],
            path_id(request),
            acting(who),
            asked.outcome,
            to_bot=asked.to_bot,
            follow_up_on=asked.follow_up_on,
        )
        if asked.follow_up_on:
            await open_follow_up(
                work,
                request.app[KEYS],
                conversation_id=case.conversation_id,
                handoff_id=case.id,
                kind="follow_up",
                due_at=desk.on_day(asked.follow_up_on),
                owner_id=who.account_id,
                note=None,
                created_by=who.account_id,
                now=desk.now(),
            )
        await work.commit()
    return web.json_response({})


@agents
async def reply(request: web.Request, who: SignedIn) -> web.Response:
    """A line to the patient, from whoever has the case; the same client id counts once."""
    sent = await body(request, Reply)
    if places(sent.text):
        raise Invalid("a place is not filled in", field="text", remedy="Fill it in or remove it.")
    conversation_id, keys = request.match_info["id"], request.app[KEYS]
    async with request.app[DATABASE].work() as work:
        current = await conversation(work.session, conversation_id)
        packet, said = await held.read(work.session, keys, conversation_id)
        asked = open_questions(packet, said)
        draft = _draft(sent, who, current.language, _cited(request, sent, asked))
        seq = await lines.reply(work, keys, conversation_id, who.account_id, draft, sent.epoch)
        await work.commit()
    return web.json_response({"seq": seq})


@agents
async def add_note(request: web.Request, who: SignedIn) -> web.Response:
    """A line that only staff see."""
    written = await body(request, NewNote)
    conversation_id, keys = request.match_info["id"], request.app[KEYS]
    everyone = [Agent(one.id, one.name) for one in (await colleagues(request.app)).values()]
    others = [one for one in named_in(written.text, everyone) if one.id != who.account_id]
    async with request.app[DATABASE].work() as work:
        note_id = await lines.add_note(
            work, keys, conversation_id, acting(who), written.text, others
        )
        await work.commit()
    return web.json_response({"id": note_id})


def _cited(request: web.Request, sent: Reply, asked: list[str]) -> tuple[ArticleRef, bool] | None:
    """The article whose words were inserted, and whether the agent changed them."""
    if sent.article is None:
        return None
    slug, version_id = sent.article.slug, sent.article.version_id
    return cited(request.app[KNOWLEDGE], slug, version_id, sent.text, asked)


def _draft(
    sent: Reply, who: SignedIn, language: str, source: tuple[ArticleRef, bool] | None
) -> Draft:
    article, adapted = source or (None, False)
    return Draft(
        author="agent",
        text=sent.text,
        language=article.language if article and not adapted else language,
        article=article,
        adapted=adapted,
        client_id=sent.client_id,
        agent_id=who.account_id,
        agent_name=who.display_name,
    )
