"""What helps an agent to write: snippets, suggested articles, a look at the draft, mentions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from aiohttp import web
from pydantic import AfterValidator, Field

from bot import texts
from bot.clock import utc_now
from bot.conversations.models import agent_owner
from bot.conversations.queries import ConversationView, conversation
from bot.errors import Forbidden, Invalid
from bot.handoff import held, mentions, snippets
from bot.handoff.asked_again import asked_again
from bot.keys import DATABASE, KEYS, KNOWLEDGE, SETTINGS
from bot.knowledge.markdown import blocks, plain
from bot.knowledge.suggesting import Suggestion, suggest
from bot.privacy.masking import masked
from bot.staff.sessions import SignedIn
from bot.web.staff import CONSOLE_ROLES, Form, body, language_of, staff
from bot.web.typed import clean

TEXT_CHARS = 4000
LOOKED_AT = 3
CONVERSATION = "/api/conversations/{id:[0-9a-f]{32}}"

agents = staff(*CONSOLE_ROLES)


class DraftText(Form):
    """What stands in the reply box."""

    text: Annotated[str, AfterValidator(clean), Field(max_length=TEXT_CHARS)]


class Nothing(Form):
    """A verb that needs no more than its address."""


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get(f"{CONVERSATION}/snippets", list_snippets),
        web.get(f"{CONVERSATION}/suggestions", list_suggestions),
        web.post(f"{CONVERSATION}/draft", look_at_draft),
        web.post(f"{CONVERSATION}/mentions-seen", mentions_seen),
        web.get("/api/mentions", list_mentions),
    ]


@agents
async def list_snippets(request: web.Request, who: SignedIn) -> web.Response:
    """Every snippet in both languages, filled for this case; what is missing is named."""
    file = snippets.load(request.app[SETTINGS].data_dir / snippets.FILE)
    _, packet, lines = await _read(request, who)
    said = {
        language: await asyncio.to_thread(_held, request, packet, lines, language)
        for language in texts.LANGUAGES
    }
    shown = language_of(request)
    found = []
    for one in file.snippets:
        words = {}
        for language in texts.LANGUAGES:
            known = _known(request, who, packet, said[language], language)
            filled = snippets.fill(one.text(language), known)
            missing = [_place_name(place, shown) for place in filled.missing]
            words[language] = {
                "title": one.name(language),
                "text": filled.text,
                "missing": list(dict.fromkeys(missing)),
            }
        found.append({"id": one.id, "words": words})
    return web.json_response({"reviewed": bool(file.reviewed_by), "snippets": found})


@agents
async def list_suggestions(request: web.Request, who: SignedIn) -> web.Response:
    """Up to three articles for what the patient asked last."""
    current, packet, lines = await _read(request, who)
    language = request.query.get("language") or current.language
    if language not in texts.LANGUAGES:
        raise Invalid("no such language", field="language", remedy="Ask for en or es.")
    found = await asyncio.to_thread(
        suggest, request.app[KNOWLEDGE], open_questions(packet, lines), language
    )
    return web.json_response(
        {
            "question": masked(found.question, current.language),
            "articles": [_suggestion_json(one) for one in found.articles],
        }
    )


@agents
async def look_at_draft(request: web.Request, who: SignedIn) -> web.Response:
    """The draft as the patient would see it, and what it asks for that is known already."""
    draft = await body(request, DraftText)
    current, packet, lines = await _read(request, who)
    known = await asyncio.to_thread(_held, request, packet, lines, current.language)
    return web.json_response(
        {
            "blocks": blocks(draft.text, breaks=True),
            "unfilled": list(snippets.places(draft.text)),
            "asked_again": [
                {"item": one.item.value, "value": masked(one.value, current.language)}
                for one in asked_again(plain(draft.text), known)
            ],
        }
    )


@agents
async def list_mentions(request: web.Request, who: SignedIn) -> web.Response:
    """The notes that name this agent, the latest first. Their words stay in the case."""
    async with request.app[DATABASE].reading() as session:
        found = await mentions.of_agent(session, who.account_id)
    return web.json_response(
        [
            {
                "id": one.id,
                "conversation_id": one.conversation_id,
                "by": one.by,
                "at": one.at.isoformat(),
                "seen": one.seen,
            }
            for one in found
        ]
    )


@agents
async def mentions_seen(request: web.Request, who: SignedIn) -> web.Response:
    """The agent opened the case that they are named in."""
    await body(request, Nothing)
    async with request.app[DATABASE].work() as work:
        await mentions.seen(work, who.account_id, request.match_info["id"])
        await work.commit()
    return web.json_response({})


def open_questions(packet: dict[str, Any], lines: list[str]) -> list[str]:
    """What the patient may want to know, the latest last. Wanting a person is no question."""
    pressed = {texts.get("desk.person_button", one).text for one in texts.LANGUAGES}
    asked = [line for line in lines if line not in pressed][-LOOKED_AT:]
    return [line for line in (packet.get("question"), *asked) if line and line not in pressed]


async def _read(
    request: web.Request, who: SignedIn
) -> tuple[ConversationView, dict[str, Any], list[str]]:
    """The agent's own case, whose claim was written down: nobody reads others' by this way."""
    async with request.app[DATABASE].reading() as session:
        current = await conversation(session, request.match_info["id"])
        if current.owner != agent_owner(who.account_id):
            raise Forbidden("this case is not yours", remedy="Claim it first.")
        packet, lines = await held.read(session, request.app[KEYS], current.id)
    return current, packet, lines


def _held(
    request: web.Request, packet: dict[str, Any], lines: list[str], language: str
) -> dict[held.Item, str]:
    names = request.app[KNOWLEDGE].facts(language).plans.names
    now = utc_now()
    return held.held(
        packet, lines, language, lambda line: ((e.kind, e.value) for e in names.find(line, now))
    )


def _known(
    request: web.Request,
    who: SignedIn,
    packet: dict[str, Any],
    said: dict[held.Item, str],
    language: str,
) -> Callable[[str, str], str | None]:
    facts = request.app[KNOWLEDGE].facts(language)

    def known(kind: str, key: str) -> str | None:
        if kind == "clinic":
            return facts.clinic(key)
        if kind == "agent":
            return who.display_name if key == "name" else None
        value = packet.get("details", {}).get(key)
        return str(value) if value else said.get(held.Item(key)) if key in _ITEMS else None

    return known


_ITEMS = frozenset(item.value for item in held.Item)


def _place_name(place: str, language: str) -> str:
    """What a place stands for, in the words of the console."""
    kind, key = place.split(".")
    words = texts.catalogue(language)
    label = words.get(f"writing.item_{key}") if kind == "packet" else None
    return label or words["writing.place_clinic"].replace("{key}", key.replace("_", " "))


def _suggestion_json(one: Suggestion) -> dict[str, Any]:
    return {
        "slug": one.article.slug,
        "version_id": one.article.version_id,
        "title": one.article.title,
        "language": one.article.language,
        "other_language": one.other_language,
        "lead": one.lead,
        "blocks": blocks(one.lead, breaks=True),
        "full": f"{one.lead}\n\n{one.more}" if one.more else None,
    }
