"""How a waiting patient may be reached: asked for in the chat, changed and withdrawn there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from itertools import islice
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field

from bot import texts
from bot.conversations.queries import ConversationView
from bot.errors import Invalid, StorageUnavailable, Unauthorized
from bot.handoff.state import patient_state
from bot.keys import DATABASE, DESK, GATEWAY, HUB, KEYS, OUTREACH, SETTINGS
from bot.outreach import call_queries, contacts, replies
from bot.outreach.contacts import ContactView, Left
from bot.tasks import end
from bot.web.security import RATES, client_address
from bot.web.staff import Form, body, require_same_origin

log = logging.getLogger(__name__)

PRESENT_SECONDS = 20.0
AT_ONCE = 500
Channel = Literal["email", "phone"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class LeaveContact(Form):
    """What the form holds. `wording` is the hash of the consent that was on the screen."""

    channel: Channel
    address: Annotated[str, Field(max_length=300)]
    best_time: Literal["any", "morning", "afternoon"] = "any"
    days: Annotated[tuple[Day, ...], Field(max_length=7)] = ()
    consent: bool = False
    wording: Annotated[str, Field(max_length=32)]
    language: Literal["en", "es"]


class Withdraw(Form):
    """Which way we may no longer use."""

    channel: Channel


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get("/api/contact", read),
        web.put("/api/contact", save),
        web.post("/api/contact/withdraw", withdraw),
    ]


async def read(request: web.Request) -> web.Response:
    """What is offered, in which words, and what this patient left already."""
    conversation = await _conversation(request)
    return web.json_response(await _state(request, conversation, _language(request)))


async def save(request: web.Request) -> web.Response:
    """Keep an address with consent, or change it."""
    require_same_origin(request)
    conversation = await _conversation(request)
    sent = await body(request, LeaveContact)
    left = Left(sent.channel, sent.address, sent.best_time, sent.days, sent.consent, sent.wording)
    async with request.app[DATABASE].work() as work:
        await request.app[OUTREACH].save(work, conversation.id, left, sent.language)
        await work.commit()
    return web.json_response(await _state(request, conversation, sent.language))


async def withdraw(request: web.Request) -> web.Response:
    """Take consent back; again is fine."""
    require_same_origin(request)
    conversation = await _conversation(request)
    asked = await body(request, Withdraw)
    async with request.app[DATABASE].work() as work:
        await request.app[OUTREACH].withdraw(work, conversation.id, (asked.channel,), "form")
        await work.commit()
    return web.json_response(await _state(request, conversation, _language(request)))


async def _conversation(request: web.Request) -> ConversationView:
    """Whose token this is. Every request counts: nobody may try tokens one by one."""
    address = client_address(request, request.app[SETTINGS])
    await request.app[RATES].hit("frame", f"{address}/contact")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise Unauthorized("no conversation is named", remedy="Open the chat again.")
    return (await request.app[GATEWAY].open(token)).conversation


def _language(request: web.Request) -> str:
    asked = request.query.get("lang", "en")
    if asked not in texts.LANGUAGES:
        raise Invalid("no such language", field="lang", remedy="Ask for en or es.")
    return asked


async def _state(
    request: web.Request, conversation: ConversationView, language: str
) -> dict[str, Any]:
    outreach = request.app[OUTREACH]
    async with request.app[DATABASE].reading() as session:
        found = await contacts.views(session, request.app[KEYS], conversation.id)
        due = await call_queries.due_at(session, conversation.id)
        owner = (await patient_state(session, conversation.id)).owner
    offered = outreach.channels() if owner in ("queue", "agent") else ()
    return {
        "offered": list(offered),
        "days": list(outreach.call_days()),
        "consent": {channel: _consent(request, channel, language) for channel in offered},
        "saved": [_contact_json(one) for one in found],
        "call_said": request.app[DESK].said(due, language) if due else None,
    }


def _consent(request: web.Request, channel: str, language: str) -> dict[str, str]:
    words = request.app[OUTREACH].wording(channel, language)
    return {"text": words.text, "hash": words.hash}


def preference_said(found: Sequence[ContactView], language: str) -> str | None:
    """How the patient wants to be reached, as the packet shows it to an agent. Masked."""
    return "; ".join(_said(one, language) for one in found) or None


def _said(view: ContactView, language: str) -> str:
    def say(key: str, **values: str) -> str:
        return texts.get(f"console.{key}", language, **values).text

    how = say(f"contact_{view.channel}", shown=view.shown)
    if view.channel == "email":
        return how
    days = ", ".join(say(f"calls_day_{day}") for day in view.days)
    wish = ", ".join(filter(None, (say(f"calls_times_{view.best_time}"), days)))
    return f"{how} ({wish})"


def _contact_json(view: ContactView) -> dict[str, Any]:
    return {
        "channel": view.channel,
        "shown": view.shown,
        "best_time": view.best_time,
        "days": list(view.days),
    }


async def tell_who_is_present(app: web.Application) -> AsyncIterator[None]:
    """While the application runs, write down now and then which patients have a chat open."""
    task = asyncio.create_task(_report_forever(app))
    yield
    await end([task])


async def _report_forever(app: web.Application) -> None:
    while True:
        await asyncio.sleep(PRESENT_SECONDS)
        try:
            await report_present(app)
        except StorageUnavailable:
            log.warning("who is present waits: the database does not answer")
        except Exception:
            log.exception("who is present could not be written down")


async def report_present(app: web.Application) -> None:
    """Write down which conversations are open on a screen of this process."""
    shown = iter(app[HUB].shown().items())
    while batch := dict(islice(shown, AT_ONCE)):
        async with app[DATABASE].work() as work:
            await replies.present(work, batch, app[OUTREACH].now())
            await work.commit()
