"""The clinic profile over HTTP: typed parts, what patients asked and it lacks, history, preview."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from bot.errors import CarelineError
from bot.keys import DATABASE, DESK, KNOWLEDGE
from bot.knowledge import profile_changes, profile_editing, profile_form, queries, wording
from bot.knowledge.models import Document, Kind
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.profile_changes import Step, parsed, plain
from bot.knowledge.profile_preview import affected
from bot.knowledge.queries import Missing
from bot.staff.sessions import SignedIn
from bot.web import studio_pages
from bot.web.acting import editing, path_id
from bot.web.staff import STUDIO_ROLES, Form, body, language_of, staff, staff_page

PART = "/api/clinic/parts/{part:[a-z_]{1,40}}"
DOCUMENT = r"/api/clinic/documents/{id:\d{1,9}}"
LANGUAGES = ("en", "es")

editors = staff(*STUDIO_ROLES)

PartName = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
Note = Annotated[str, Field(max_length=profile_editing.LONGEST_NOTE)]


class Sent(Form):
    """A part as the form has it, and the profile that it was made from. None takes it out."""

    base_id: int
    value: dict[str, Any] | list[dict[str, Any]] | None
    note: Note = ""


class Shown(Form):
    """A part to look at. Nothing is stored."""

    value: dict[str, Any] | list[dict[str, Any]] | None


class Earlier(Form):
    """What would be as it was: one part, or everything. Nothing is stored."""

    part: PartName | None = None


class Back(Form):
    """What is to be as it was: one part, or everything."""

    base_id: int
    part: PartName | None = None
    note: Note = ""


def routes() -> list[web.RouteDef]:
    """The page and its JSON."""
    return [
        web.get("/studio/clinic", page),
        web.get("/api/clinic", read),
        web.get("/api/clinic/history", history),
        web.put(PART, save),
        web.post(f"{PART}/preview", preview),
        web.post(f"{DOCUMENT}/preview", preview_earlier),
        web.post(f"{DOCUMENT}/restore", restore),
    ]


@staff_page(*STUDIO_ROLES)
async def page(request: web.Request, who: SignedIn) -> web.Response:
    """The page, with the forms that the profile's models ask for."""
    spoken = language_of(request)
    return studio_pages.studio_page(
        request,
        who,
        "clinic",
        "studio_clinic.html",
        *("clinic", "clinic_fields", "console"),
        forms=profile_form.forms(),
        spoken={code: names[spoken] for code, names in wording.LANGUAGES.items()},
    )


@editors
async def read(request: web.Request, who: SignedIn) -> web.Response:
    """The profile in force, and what patients asked that it does not say."""
    async with request.app[DATABASE].reading() as session:
        live = await queries.document(session, Kind.CLINIC)
        missing = await queries.missing_facts(session)
    if live is None:
        raise CarelineError("there is no clinic profile yet", remedy="Run: careline kb import")
    return web.json_response({**_profile_json(live), "missing": _missing_json(request, missing)})


@editors
async def save(request: web.Request, who: SignedIn) -> web.Response:
    """Say one part anew; 409 names who was first and what they changed."""
    sent = await body(request, Sent)
    database = request.app[DATABASE]
    async with database.work() as work:
        part = request.match_info["part"]
        made = await profile_editing.save_part(
            work, editing(request, who), part, sent.value, sent.base_id, sent.note
        )
        await work.commit()
    # The page says that it is served: so it is, here before it says so.
    await request.app[KNOWLEDGE].refresh(database)
    return web.json_response(_profile_json(made))


@editors
async def preview(request: web.Request, who: SignedIn) -> web.Response:
    """Every answer that would read differently, before and after."""
    shown = await body(request, Shown)
    async with request.app[DATABASE].reading() as session:
        live = await queries.document(session, Kind.CLINIC)
    part = request.match_info["part"]
    _, profile = profile_editing.with_part(live.body if live else "", part, shown.value)
    return await _answers_with(request, profile)


@editors
async def preview_earlier(request: web.Request, who: SignedIn) -> web.Response:
    """Every answer that would read differently if the profile said again what it said then."""
    asked = await body(request, Earlier)
    async with request.app[DATABASE].reading() as session:
        profile = await profile_editing.profile_as_it_was(session, path_id(request), asked.part)
    return await _answers_with(request, profile)


async def _answers_with(request: web.Request, profile: ClinicProfile) -> web.Response:
    content, now = request.app[KNOWLEDGE].content, request.app[DESK].now()
    found = await asyncio.to_thread(affected, content, profile, now)
    return web.json_response({"answers": [one.as_dict() for one in found]})


@editors
async def history(request: web.Request, who: SignedIn) -> web.Response:
    """Every change: who, when, why, and what, newest first; of one part when one is named."""
    part = request.query.get("part", "")
    async with request.app[DATABASE].reading() as session:
        documents = await profile_changes.clinic_documents(session)
    steps = await asyncio.to_thread(profile_changes.steps, documents)
    shown = [_step_json(step, part) for step in steps]
    if part:
        shown = [one for one in shown if one["changes"]]
    return web.json_response(shown)


@editors
async def restore(request: web.Request, who: SignedIn) -> web.Response:
    """Say again what the profile said then."""
    back = await body(request, Back)
    database = request.app[DATABASE]
    async with database.work() as work:
        made = await profile_editing.restore(
            work, editing(request, who), path_id(request), back.part, back.base_id, back.note
        )
        await work.commit()
    await request.app[KNOWLEDGE].refresh(database)
    return web.json_response(_profile_json(made))


def _profile_json(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "changed_by": document.created_by,
        "changed_at": document.created_at.isoformat(),
        "origin": document.origin,
        "parts": plain(dict(parsed(document.body))),
    }


def _missing_json(request: web.Request, missing: list[Missing]) -> list[dict[str, Any]]:
    """What is still missing: a fact that was stated since is no longer asked for."""
    profile = request.app[KNOWLEDGE].profile
    found = []
    for one in missing:
        if all(profile.display(one.key, language) for language in LANGUAGES):
            continue
        place = profile_form.place_of(one.key)
        found.append(
            {
                "key": one.key,
                "part": place[0] if place else None,
                "field": place[1] if place else None,
                "conversations": one.conversations,
                "articles": list(one.articles),
            }
        )
    return found


def _step_json(step: Step, part: str) -> dict[str, Any]:
    return {
        "id": step.document_id,
        "at": step.at,
        "by": step.by,
        "origin": step.origin,
        "note": step.note,
        "changes": [one.as_dict() for one in step.changes if part in ("", one.part)],
    }
