"""Corrections over HTTP: written by an editor, released by a second person, watched by both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

from aiohttp import web
from pydantic import AfterValidator, Field

from bot.corrections import drafting, progress, seen
from bot.corrections.drafting import Text
from bot.corrections.models import DRAFT, RELEASED, STOPPED, Correction
from bot.corrections.recipients import candidates
from bot.corrections.sending import GRACE
from bot.db import UnitOfWork
from bot.errors import NotFound
from bot.keys import CORRECTIONS, DATABASE, KNOWLEDGE, SETTINGS
from bot.knowledge.checks import Finding
from bot.knowledge.editors import Editor
from bot.knowledge.markdown import blocks
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web import studio_pages
from bot.web.acting import editing, path_id
from bot.web.staff import STUDIO_ROLES, Form, body, staff, staff_page
from bot.web.typed import clean

CORRECTION = r"/api/corrections/{id:\d{1,9}}"
WORDS = 1_500
SEEN_ROLES = (*STUDIO_ROLES, Role.SUPERVISOR)

Step = Callable[[UnitOfWork, Editor, int], Awaitable[Correction]]

editors = staff(*STUDIO_ROLES)
onlookers = staff(*SEEN_ROLES)


class Written(Form):
    """A correction as typed."""

    text: Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=WORDS)]
    with_answer: bool = True


class Changed(Written):
    """The same, over the text whose hash is `seen`."""

    seen: Annotated[str, Field(max_length=16)]


class Released(Form):
    """Which text is released, and to how many the person expects it to go."""

    seen: Annotated[str, Field(max_length=16)]


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get("/studio/corrections", corrections_page),
        web.get("/api/corrections", list_corrections),
        web.get(CORRECTION, read_correction),
        web.post(r"/api/versions/{id:\d{1,9}}/corrections", draft),
        web.put(CORRECTION, change),
        web.post(f"{CORRECTION}/discard", discard),
        web.post(f"{CORRECTION}/bring-back", bring_back),
        web.post(f"{CORRECTION}/release", release),
        web.post(f"{CORRECTION}/stop", stop),
        web.post(f"{CORRECTION}/resume", resume),
        web.post("/api/corrections/preview", preview),
    ]


@staff_page(*SEEN_ROLES)
async def corrections_page(request: web.Request, who: SignedIn) -> web.Response:
    """All corrections: what waits for a second person comes first."""
    return studio_pages.studio_page(request, who, "corrections", "studio_corrections.html", "seen")


@onlookers
async def list_corrections(request: web.Request, who: SignedIn) -> web.Response:
    """The latest corrections of all articles."""
    async with request.app[DATABASE].reading() as session:
        found = await progress.latest(session)
    return web.json_response([correction_json(request, who, one) for one in found])


@onlookers
async def read_correction(request: web.Request, who: SignedIn) -> web.Response:
    """One correction and how far it is."""
    return await _shown(request, who, path_id(request))


@editors
async def draft(request: web.Request, who: SignedIn) -> web.Response:
    """Begin a correction of a version."""
    written, now = await body(request, Written), request.app[CORRECTIONS].now()
    text = Text(written.text, written.with_answer)
    async with request.app[DATABASE].work() as work:
        version = await seen.which(work.session, path_id(request))
        made = await drafting.draft(work, editing(request, who), version, text, now)
        await work.commit()
    return await _shown(request, who, made.id)


@editors
async def change(request: web.Request, who: SignedIn) -> web.Response:
    """Save another text; 409 when somebody else changed or released it meanwhile."""
    written, now = await body(request, Changed), request.app[CORRECTIONS].now()
    text = Text(written.text, written.with_answer)
    step = partial(drafting.change, text=text, seen=written.seen, now=now)
    return await _stepped(request, who, step)


@editors
async def discard(request: web.Request, who: SignedIn) -> web.Response:
    """Put a draft away."""
    return await _stepped(request, who, drafting.discard)


@editors
async def bring_back(request: web.Request, who: SignedIn) -> web.Response:
    """Take a discarded draft out again."""
    return await _stepped(request, who, drafting.bring_back)


@editors
async def release(request: web.Request, who: SignedIn) -> web.Response:
    """Let it go out; 422 lists what the checks found, 403 when a second person is needed."""
    asked, app = await body(request, Released), request.app
    sending = app[CORRECTIONS]
    # Whoever is gone by the time it is their turn is left out then; no write waits for this.
    async with app[DATABASE].reading() as session:
        version_id = await drafting.version_of(session, path_id(request))
        to = await candidates(session, version_id, sending.now(), sending.token_valid)
    async with app[DATABASE].work() as work:
        held = await drafting.by_id(work, path_id(request))
        if held.with_answer and sending.answer(held) is None:
            raise drafting.AnswerNotServed
        await drafting.release(
            work,
            editing(request, who),
            held.id,
            asked.seen,
            to=to,
            second_person=app[SETTINGS].corrections_need_second,
            problems=drafting.findings(app[KNOWLEDGE], held.language, held.text),
            now=sending.now(),
        )
        await work.commit()
    return await _shown(request, who, held.id)


@editors
async def stop(request: web.Request, who: SignedIn) -> web.Response:
    """Send it to nobody else for now."""
    step = partial(drafting.stop, now=request.app[CORRECTIONS].now())
    return await _stepped(request, who, step)


@editors
async def resume(request: web.Request, who: SignedIn) -> web.Response:
    """Go on with a correction that was stopped."""
    return await _stepped(request, who, drafting.resume)


class Shown(Written):
    """A correction to look at."""

    version_id: Annotated[int, Field(ge=1)]


@editors
async def preview(request: web.Request, who: SignedIn) -> web.Response:
    """A correction as patients would read it now, and what the checks say. Nothing is stored."""
    shown, app = await body(request, Shown), request.app
    async with app[DATABASE].reading() as session:
        version = await seen.which(session, shown.version_id)
    trial = Correction(
        id=0,
        slug=version.slug,
        language=version.language,
        title=version.title,
        text=shown.text,
        text_hash="",
        with_answer=shown.with_answer,
    )
    found = drafting.findings(app[KNOWLEDGE], version.language, shown.text)
    return web.json_response(
        {"lines": _lines_json(request, trial), "findings": [_finding_json(one) for one in found]}
    )


def correction_json(request: web.Request, who: SignedIn, view: progress.View) -> dict[str, Any]:
    """A correction with what this person may do with it now."""
    one, done = view.correction, view.progress
    second = request.app[SETTINGS].corrections_need_second
    allowed = not second or (one.author_id != who.account_id and Role.REVIEWER in who.roles)
    writes = who.may(*STUDIO_ROLES)
    starts = one.released_at + GRACE if one.released_at else None
    return {
        "id": one.id,
        "version_id": one.version_id,
        "slug": one.slug,
        "language": one.language,
        "title": one.title,
        "text": one.text,
        "with_answer": one.with_answer,
        "hash": one.text_hash,
        "state": one.state,
        "author": view.author,
        "mine": one.author_id == who.account_id,
        "changed_at": one.changed_at.isoformat(),
        "released_by": view.released_by,
        "released_at": one.released_at.isoformat() if one.released_at else None,
        "starts_at": starts.isoformat() if starts else None,
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        "may": {
            "change": writes and one.state == DRAFT,
            "release": writes and one.state == DRAFT and allowed,
            "stop": writes and one.state == RELEASED,
            "resume": writes and one.state == STOPPED,
        },
        "progress": {
            "all": done.all,
            "due": done.due,
            "told": done.told,
            "gone": done.gone,
            "failed": done.failed,
            "read": done.read,
            "mails": done.mails,
        },
    }


def rules_json(request: web.Request, who: SignedIn) -> dict[str, bool]:
    """What holds for every correction here."""
    return {
        "second_person": request.app[SETTINGS].corrections_need_second,
        "reviewer": Role.REVIEWER in who.roles,
        "writes": who.may(*STUDIO_ROLES),
    }


async def _stepped(request: web.Request, who: SignedIn, step: Step) -> web.Response:
    """Take the correction a step on, and show where it stands then."""
    async with request.app[DATABASE].work() as work:
        await step(work, editing(request, who), path_id(request))
        await work.commit()
    return await _shown(request, who, path_id(request))


async def _shown(request: web.Request, who: SignedIn, correction_id: int) -> web.Response:
    async with request.app[DATABASE].reading() as session:
        found = await progress.one(session, correction_id)
    if found is None:
        raise NotFound(f"there is no correction {correction_id}")
    return web.json_response(correction_json(request, who, found))


def _lines_json(request: web.Request, correction: Correction) -> list[dict[str, Any]]:
    lines = []
    for line in request.app[CORRECTIONS].lines(correction):
        article = line.article
        version = request.app[KNOWLEDGE].version(article.version_id) if article else None
        lines.append(
            {
                "kind": line.kind,
                "language": line.language,
                "blocks": blocks(line.text),
                "more": blocks(line.more) if line.more else None,
                "title": version.title if version else None,
            }
        )
    return lines


def _finding_json(one: Finding) -> dict[str, Any]:
    return {**one.as_words(), "blocks": one.blocks}
