"""“Who saw this?”: what became of a version that patients were given.

Whoever writes answers sees how often and what came next. Which conversations those were is for
people who may open conversations; for the others the list names none and links to none. Every
look is an audit event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.corrections import progress, seen
from bot.corrections.came_next import Came, Next
from bot.corrections.recipients import Candidate, candidates
from bot.corrections.seen import Counts, Reader, Readers, Which
from bot.errors import Invalid
from bot.keys import CORRECTIONS, DATABASE, KNOWLEDGE
from bot.privacy import audit
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web import studio_pages
from bot.web.acting import path_id
from bot.web.corrections import correction_json, rules_json
from bot.web.staff import CONSOLE_ROLES, STUDIO_ROLES, staff, staff_page

SEEN_ROLES = (*STUDIO_ROLES, Role.SUPERVISOR)
VERSION = r"/api/versions/{id:\d{1,9}}/seen"
PAGE = 25
# Which conversations are asked for: by where they stand, or by how else the patient is reached.
WHOSE: Mapping[str, Callable[[Candidate], bool]] = {
    "open": lambda one: one.open,
    "closed": lambda one: not one.open,
    "email": lambda one: one.contact_id is not None,
    "phone": lambda one: one.phone,
}

readers_of = staff(*SEEN_ROLES)


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get(r"/studio/seen/{id:\d{1,9}}", seen_page),
        web.get(VERSION, read_seen),
        web.get(f"{VERSION}/conversations", list_conversations),
    ]


@staff_page(*SEEN_ROLES)
async def seen_page(request: web.Request, who: SignedIn) -> web.Response:
    """The page of one version; its numbers are asked for by its script."""
    return studio_pages.studio_page(
        request,
        who,
        "seen",
        "studio_seen.html",
        "seen",
        "findings",
        "console",
        version_id=path_id(request),
    )


@readers_of
async def read_seen(request: web.Request, who: SignedIn) -> web.Response:
    """How often the version was shown, what came of it, and its corrections."""
    version_id, sending = path_id(request), request.app[CORRECTIONS]
    async with request.app[DATABASE].reading() as session:
        version = await seen.which(session, version_id)
        counts = await seen.counts(session, version_id)
        found = await seen.readers(session, version_id)
        to = await candidates(session, version_id, sending.now(), sending.token_valid)
        made = await progress.of_version(session, version_id)
    # Written down before anything is shown; no write waits for the reading.
    async with request.app[DATABASE].work() as work:
        subject = f"article:{version.slug}"
        await audit.record(work, who.account_id, "version.looked_up", subject, version=version_id)
        await work.commit()
    return web.json_response(
        {
            "version": _version_json(request, version),
            "counts": _counts_json(counts, found),
            "reach": reach_json(to),
            "corrections": [correction_json(request, who, one) for one in made],
            "rules": rules_json(request, who),
        }
    )


@readers_of
async def list_conversations(request: web.Request, who: SignedIn) -> web.Response:
    """A page of the conversations it was shown in; without ids for whoever may not open them."""
    version_id, after = path_id(request), _number(request.query.get("from", "0"))
    wanted = _one_of(request, "next", tuple(Next))
    whose = _one_of(request, "whose", tuple(WHOSE))
    sending = request.app[CORRECTIONS]
    opens = who.may(*CONSOLE_ROLES)
    async with request.app[DATABASE].reading() as session:
        version = await seen.which(session, version_id)
        found = (await seen.readers(session, version_id)).readers
        to = await candidates(session, version_id, sending.now(), sending.token_valid)
    reached = {one.conversation_id: one for one in to}
    chosen = [one for one in found if not wanted or one.came.next == wanted]
    if whose:
        fitting = {one.conversation_id for one in to if WHOSE[whose](one)}
        chosen = [one for one in chosen if one.conversation_id in fitting]
    shown = chosen[after : after + PAGE]
    await _listed(request, who, version, [one.conversation_id for one in shown], opens)
    return web.json_response(
        {
            "conversations": [
                _reader_json(one, reached.get(one.conversation_id), opens) for one in shown
            ],
            "all": len(chosen),
            "from": after,
            "page": PAGE,
            "may_open": opens,
        }
    )


async def _listed(
    request: web.Request, who: SignedIn, version: Which, ids: Sequence[str], opens: bool
) -> None:
    """Write down who learned that these conversations read it."""
    async with request.app[DATABASE].work() as work:
        await audit.record(
            work,
            who.account_id,
            "version.readers_listed",
            f"article:{version.slug}",
            version=version.id,
            listed=len(ids),
            named=int(opens),
        )
        # To be found from the conversation too.
        for conversation_id in ids if opens else ():
            await audit.record(
                work, who.account_id, "conversation.listed", conversation_id, version=version.id
            )
        await work.commit()


def reach_json(to: Sequence[Candidate]) -> dict[str, int]:
    """How many a correction reaches, and how."""
    return {
        "conversations": len(to),
        "told": sum(one.reached for one in to),
        "open": sum(one.open and one.readable for one in to),
        "readable": sum(one.readable for one in to),
        "email": sum(one.contact_id is not None for one in to),
        "phone": sum(one.phone for one in to),
        "nobody": sum(not one.reached and not one.phone for one in to),
    }


def _version_json(request: web.Request, version: Which) -> dict[str, Any]:
    answer = request.app[CORRECTIONS].answer_now(version.slug, version.language)
    return {
        "id": version.id,
        "slug": version.slug,
        "language": version.language,
        "title": version.title,
        "state": version.state,
        "lead": version.lead,
        "published_at": version.published_at.isoformat(),
        "live_id": version.live_id,
        "is_live": version.live_id == version.id,
        "served": answer.article.version_id if answer else None,
        "demo": request.app[KNOWLEDGE].profile.demo,
    }


def _counts_json(counts: Counts, found: Readers) -> dict[str, Any]:
    rated = sum(counts.ratings.values())
    total = sum(score * count for score, count in counts.ratings.items())
    return {
        "shown": counts.shown,
        "assistant": counts.assistant,
        "people": counts.people,
        "adapted": counts.adapted,
        "corrections": counts.corrections,
        "conversations": counts.conversations,
        "first_at": counts.first_at.isoformat() if counts.first_at else None,
        "last_at": counts.last_at.isoformat() if counts.last_at else None,
        "ratings": {str(score): counts.ratings.get(score, 0) for score in range(1, 6)},
        "rated": rated,
        "rating": round(total / rated, 1) if rated else None,
        "came": [{**_came_json(came), "count": count} for came, count in seen.tally(found.came)],
        "looked_at": len(found.readers),
        "most": seen.MOST,
    }


def _came_json(came: Came) -> dict[str, Any]:
    return {"next": came.next.value, "reason": came.reason}


def _reader_json(one: Reader, to: Candidate | None, opens: bool) -> dict[str, Any]:
    return {
        "conversation_id": one.conversation_id if opens else None,
        "times": one.times,
        "shown_at": one.shown_at.isoformat(),
        "by": "adapted" if one.adapted else "person" if one.author == "agent" else one.author,
        "language": one.language,
        "open": one.open,
        "email": to is not None and to.contact_id is not None,
        "phone": to is not None and to.phone,
        "score": one.score,
        **_came_json(one.came),
    }


def _one_of(request: web.Request, field: str, known: Sequence[str]) -> str:
    """What the query names, or nothing. Raises `Invalid`."""
    wanted = request.query.get(field, "")
    if wanted and wanted not in known:
        remedy = f"One of: {', '.join(known)}."
        raise Invalid("the list has no such filter", field=field, remedy=remedy)
    return wanted


def _number(typed: str) -> int:
    if not typed.isdigit() or len(typed) > 6:
        raise Invalid("this is no number", field="from", remedy="Begin at 0.")
    return int(typed)
