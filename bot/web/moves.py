"""Moving a case over HTTP: transfer, take from a colleague, reopen; and the identity check."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import AfterValidator, Field, model_validator

from bot.errors import Invalid
from bot.handoff import identity, moves, reopening
from bot.handoff.cases import Agent
from bot.handoff.moves import Move
from bot.handoff.skills import DOMAINS
from bot.keys import DATABASE, DESK, KEYS, KNOWLEDGE
from bot.knowledge.profile import ClinicProfile
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web.acting import acting, path_id
from bot.web.case_file import token_valid
from bot.web.colleagues import agents, colleagues
from bot.web.staff import Form, body
from bot.web.typed import clean

HANDOFF = r"/api/handoffs/{id:\d{1,9}}"
NEED = r"^(privacy|(language|topic|site):[a-z][a-z0-9_]*)$"

Words = Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=4000)]
Short = Annotated[str, AfterValidator(clean), Field(max_length=200)]


class Transfer(Form):
    """To whom, and what they should know. `epoch` is the one the agent saw."""

    to: Literal["agent", "queue"]
    agent_id: Annotated[str, Field(max_length=32)] | None = None
    need: Annotated[str, Field(max_length=60, pattern=NEED)] | None = None
    note: Words
    epoch: Annotated[int, Field(ge=1)]


class TakeFrom(Form):
    """A colleague's case, as of `epoch`."""

    epoch: Annotated[int, Field(ge=1)]


class Reopen(Form):
    """Needs no more than its address."""


class IdentityForm(Form):
    """Whom the agent speaks with; for another person, for whom and by what right."""

    who: Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=200)]
    concerns: identity.Concerns
    patient: Short = ""
    authority: Short = ""
    method: Annotated[str, Field(max_length=40)]
    verified: bool

    @model_validator(mode="after")
    def _by_what_right(self) -> IdentityForm:
        if self.verified and self.concerns != "self" and not (self.patient and self.authority):
            raise ValueError("say for whom, and by what authority")
        return self


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.post(f"{HANDOFF}/transfer", transfer),
        web.post(f"{HANDOFF}/take-over", take_from),
        web.post(f"{HANDOFF}/reopen", reopen),
        web.post(f"{HANDOFF}/identity", check_identity),
    ]


def needs(profile: ClinicProfile) -> list[str]:
    """What a case can wait for, as codes."""
    sites = [place.id for place in profile.locations] if len(profile.locations) > 1 else []
    return [
        *("language:en", "language:es"),
        *(f"topic:{subject}" for subject in DOMAINS),
        *(f"site:{site}" for site in sites),
        "privacy",
    ]


def page_data(profile: ClinicProfile, language: str) -> dict[str, Any]:
    """What the console knows of the clinic: its sites, needs, and ways to check identity."""
    methods = profile.identity.methods if profile.identity else ()
    return {
        "sites": [{"id": place.id, "name": place.name} for place in profile.locations],
        "needs": needs(profile),
        "identity_methods": [{"id": one.id, "name": one.name[language]} for one in methods],
    }


@agents
async def transfer(request: web.Request, who: SignedIn) -> web.Response:
    """Hand a case on with a note; 409 names who has it when it has moved since."""
    asked = await body(request, Transfer)
    receiver = await _receiver(request, asked)
    app, move = request.app, _move(request, who, asked.epoch)
    async with app[DATABASE].work() as work:
        if receiver:
            await moves.to_agent(work, app[KEYS], move, receiver, asked.note)
        else:
            await moves.to_queue(
                work,
                app[KEYS],
                move,
                asked.note,
                need=asked.need,
                promise=app[DESK].again,
                said=app[DESK].said,
            )
        await work.commit()
    return web.json_response({})


async def _receiver(request: web.Request, asked: Transfer) -> Agent | None:
    if asked.to == "queue":
        known = needs(request.app[KNOWLEDGE].profile)
        if asked.agent_id is not None or (asked.need and asked.need not in known):
            raise Invalid("the queue knows no such need", field="need", remedy="Pick another.")
        return None
    found = (await colleagues(request.app)).get(asked.agent_id or "")
    if found is None or found.away or asked.need is not None:
        raise Invalid(
            "nobody like that is here now", field="agent_id", remedy="Pick another, or the queue."
        )
    return Agent(found.id, found.name)


@agents
async def take_from(request: web.Request, who: SignedIn) -> web.Response:
    """Take a colleague's case: a supervisor, or anyone while the colleague is away."""
    asked = await body(request, TakeFrom)
    app, move = request.app, _move(request, who, asked.epoch)
    present = {one.id for one in (await colleagues(app)).values() if not one.away}
    async with app[DATABASE].work() as work:
        case = await moves.take_from(work, app[KEYS], move, present=present)
        await work.commit()
    return web.json_response({"epoch": case.epoch})


@agents
async def reopen(request: web.Request, who: SignedIn) -> web.Response:
    """Take a resolved case up again, as one's own."""
    await body(request, Reopen)
    app = request.app
    async with app[DATABASE].work() as work:
        case = await reopening.reopen(
            work, app[KEYS], path_id(request), acting(who), token_valid=token_valid(app)
        )
        await work.commit()
    return web.json_response({"epoch": case.epoch, "handoff_id": case.id})


@agents
async def check_identity(request: web.Request, who: SignedIn) -> web.Response:
    """Write down whom the agent speaks with, in one's own case."""
    asked = await body(request, IdentityForm)
    known = page_data(request.app[KNOWLEDGE].profile, "en")["identity_methods"]
    if asked.method not in [one["id"] for one in known]:
        raise Invalid("the clinic has no such method", field="method", remedy="Pick one of its.")
    async with request.app[DATABASE].work() as work:
        made = await identity.record_check(
            work,
            request.app[KEYS],
            path_id(request),
            acting(who),
            identity.Asked(**asked.model_dump()),
        )
        await work.commit()
    return web.json_response({"id": made})


def _move(request: web.Request, who: SignedIn, epoch: int) -> Move:
    any_case = who.may(Role.SUPERVISOR)
    return Move(path_id(request), acting(who), epoch, any_case)
