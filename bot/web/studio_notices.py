"""The notices page over HTTP: what patients are told for a time, in both languages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import AfterValidator, Field, NaiveDatetime

from bot import texts
from bot.db import UnitOfWork
from bot.handoff.on_topic import TopicCase, open_cases_on
from bot.keys import DATABASE, DESK, KEYS, KNOWLEDGE, SETTINGS
from bot.knowledge import notice_list, notice_writing
from bot.knowledge import topics as topic_map
from bot.knowledge.markdown import blocks
from bot.knowledge.notice_checks import Known, findings
from bot.knowledge.notice_list import NoticeView
from bot.knowledge.notice_models import Notice, NoticeKind, NoticeVersion
from bot.knowledge.notice_writing import NoticeText, Writer
from bot.knowledge.notices import as_live
from bot.knowledge.sites import site_name
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web import studio_pages
from bot.web.acting import path_id
from bot.web.staff import CONSOLE_ROLES, STUDIO_ROLES, Form, body, language_of, staff, staff_page
from bot.web.typed import clean

NOTICE = r"/api/notices/{id:\d{1,9}}"

CASES_SHOWN = 200

editors = staff(*STUDIO_ROLES)

Words = Annotated[str, AfterValidator(clean), Field(max_length=2_000)]
Ids = Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=200)]
Step = Callable[[UnitOfWork, Writer, int], Awaitable[Notice]]


class Written(Form):
    """A notice as typed, and the version that was before the editor's eyes.

    Times are those of the clinic's wall clock.
    """

    kind: NoticeKind
    en: Words = ""
    es: Words = ""
    sites: Ids = Field(default_factory=list)
    topics: Ids = Field(default_factory=list)
    at_start: bool = True
    starts_at: NaiveDatetime | None = None
    ends_at: NaiveDatetime | None = None
    seen_id: int | None = None

    def text(self, zone: ZoneInfo) -> NoticeText:
        """The notice as a value, without stray order."""
        return NoticeText(
            kind=self.kind,
            en=self.en,
            es=self.es,
            sites=tuple(dict.fromkeys(self.sites)),
            topics=tuple(dict.fromkeys(self.topics)),
            at_start=self.at_start,
            starts_at=self.starts_at.replace(tzinfo=zone) if self.starts_at else None,
            ends_at=self.ends_at.replace(tzinfo=zone) if self.ends_at else None,
        )


class Seen(Form):
    """The version that is meant."""

    seen_id: int


class Nothing(Form):
    """No more than the address says."""


class Shown(Form):
    """Texts to look at."""

    en: Words = ""
    es: Words = ""


def routes() -> list[web.RouteDef]:
    """The page and its JSON."""
    return [
        web.get("/studio/notices", page),
        web.get("/api/notices", list_notices),
        web.post("/api/notices", create),
        web.post("/api/notices/preview", preview),
        web.get(NOTICE, read),
        web.put(NOTICE, save),
        web.delete(NOTICE, discard),
        web.post(f"{NOTICE}/submit", submit),
        web.post(f"{NOTICE}/publish", publish),
        web.post(f"{NOTICE}/take-back", take_back),
        web.post(f"{NOTICE}/put-back", put_back),
        web.get(f"{NOTICE}/cases", cases),
    ]


@staff_page(*STUDIO_ROLES)
async def page(request: web.Request, who: SignedIn) -> web.Response:
    """The page, with the clinic's sites and the topics to choose from."""
    language = language_of(request)
    profile = request.app[KNOWLEDGE].profile
    known = topic_map.standard().root.items()
    return studio_pages.studio_page(
        request,
        who,
        "notices",
        "studio_notices.html",
        *("notices", "console"),
        sites=[{"id": place.id, "name": place.name} for place in profile.locations],
        topics=[{"id": topic_id, "title": topic.title(language)} for topic_id, topic in known],
        publishes=_writer(request, who).publishes,
        widget_texts=texts.starting("widget."),
    )


@editors
async def list_notices(request: web.Request, who: SignedIn) -> web.Response:
    """Every notice and where it stands."""
    async with request.app[DATABASE].reading() as session:
        found = await notice_list.all_notices(session)
    return web.json_response([_view_json(request, view) for view in found])


@editors
async def read(request: web.Request, who: SignedIn) -> web.Response:
    """One notice with every version it had."""
    async with request.app[DATABASE].reading() as session:
        view = await notice_list.one_notice(session, path_id(request))
        versions = await notice_list.versions_of(session, path_id(request))
    history = [{**_version_json(request, row), "told": told} for row, told in versions]
    return web.json_response({**_view_json(request, view), "history": history})


@editors
async def create(request: web.Request, who: SignedIn) -> web.Response:
    """A new notice, as a draft."""
    return await _save(request, who, None)


@editors
async def save(request: web.Request, who: SignedIn) -> web.Response:
    """The next version of a notice; 409 when somebody wrote one meanwhile."""
    return await _save(request, who, path_id(request))


@editors
async def preview(request: web.Request, who: SignedIn) -> web.Response:
    """Both texts as patients would see them. Nothing is stored."""
    shown = await body(request, Shown)
    return web.json_response({"en": blocks(shown.en), "es": blocks(shown.es)})


@editors
async def submit(request: web.Request, who: SignedIn) -> web.Response:
    """Ask a reviewer."""
    seen = await body(request, Seen)
    step = partial(notice_writing.submit, seen_id=seen.seen_id, now=_now(request))
    return await _stepped(request, who, step)


@editors
async def publish(request: web.Request, who: SignedIn) -> web.Response:
    """Tell patients; 422 lists what the notice lacks."""
    seen = await body(request, Seen)
    step = partial(notice_writing.publish, seen_id=seen.seen_id, known=_known(request))
    return await _stepped(request, who, step)


@editors
async def take_back(request: web.Request, who: SignedIn) -> web.Response:
    """Tell nobody from now on."""
    await body(request, Nothing)
    return await _stepped(request, who, partial(notice_writing.take_back, now=_now(request)))


@editors
async def put_back(request: web.Request, who: SignedIn) -> web.Response:
    """Undo that."""
    await body(request, Nothing)
    return await _stepped(request, who, partial(notice_writing.put_back, now=_now(request)))


@editors
async def discard(request: web.Request, who: SignedIn) -> web.Response:
    """Forget a notice that nobody was told."""
    async with request.app[DATABASE].work() as work:
        await notice_writing.discard(work, _writer(request, who), path_id(request))
        await work.commit()
    return web.json_response({})


@editors
async def cases(request: web.Request, who: SignedIn) -> web.Response:
    """The open cases that the notice concerns, those that wait longest, and how many there are.

    Who may open them gets the way there.
    """
    app = request.app
    async with app[DATABASE].reading() as session:
        view = await notice_list.one_notice(session, path_id(request))
        topics = set(view.head.topics or topic_map.standard().root)
        articles = app[KNOWLEDGE].content.articles
        slugs = [one.slug for one in articles if not topics.isdisjoint(one.topics)]
        found = await open_cases_on(session, app[KEYS], topics, slugs, view.head.sites)
    shown = [_case_json(request, one) for one in found[:CASES_SHOWN]]
    return web.json_response(
        {"cases": shown, "total": len(found), "may_open": who.may(*CONSOLE_ROLES)}
    )


async def _save(request: web.Request, who: SignedIn, notice_id: int | None) -> web.Response:
    written = await body(request, Written)
    text = written.text(request.app[KNOWLEDGE].profile.zone)
    async with request.app[DATABASE].work() as work:
        notice = await notice_writing.save(
            work, _writer(request, who), text, _now(request), notice_id, written.seen_id
        )
        await work.commit()
    return await _answer(request, notice)


async def _stepped(request: web.Request, who: SignedIn, step: Step) -> web.Response:
    """Take the notice a step on, and answer how it stands then."""
    async with request.app[DATABASE].work() as work:
        notice = await step(work, _writer(request, who), path_id(request))
        await work.commit()
    return await _answer(request, notice)


async def _answer(request: web.Request, notice: Notice) -> web.Response:
    """How the notice stands now, served by this process before it says so."""
    database, knowledge = request.app[DATABASE], request.app[KNOWLEDGE]
    await knowledge.refresh_notices(database)
    async with database.reading() as session:
        view = await notice_list.one_notice(session, notice.id)
    return web.json_response(_view_json(request, view))


def _writer(request: web.Request, who: SignedIn) -> Writer:
    anyone = request.app[SETTINGS].notice_publishers == "editor"
    # Named, not implied: an admin is not a reviewer.
    return Writer(who.account_id, who.display_name, anyone or Role.REVIEWER in who.roles)


def _now(request: web.Request) -> datetime:
    return request.app[DESK].now()


def _known(request: web.Request) -> Known:
    sites = {place.id for place in request.app[KNOWLEDGE].profile.locations}
    return Known(sites, topic_map.standard().root.keys(), _now(request))


def _view_json(request: web.Request, view: NoticeView) -> dict[str, Any]:
    live = as_live(view.live) if view.live else None
    now = _now(request)
    over = live is not None and live.ends_at is not None and live.ends_at <= now
    return {
        "id": view.notice.id,
        "stage": view.notice.stage,
        "changed_at": view.notice.changed_at.isoformat(),
        "changed_by": view.notice.changed_by,
        "head": _version_json(request, view.head),
        "live": _version_json(request, view.live) if view.live else None,
        "told_now": live is not None and live.holds(now),
        "over": over,
        "told": view.told,
        "findings": [one.as_dict() for one in findings(view.head, _known(request))],
    }


def _version_json(request: web.Request, row: NoticeVersion) -> dict[str, Any]:
    zone = request.app[KNOWLEDGE].profile.zone
    return {
        "id": row.id,
        "number": row.number,
        "kind": row.kind,
        "en": row.en,
        "es": row.es,
        "sites": row.sites,
        "topics": row.topics,
        "at_start": row.at_start,
        "starts_at": _wall(row.starts_at, zone),
        "ends_at": _wall(row.ends_at, zone),
        "created_at": row.created_at.isoformat(),
        "created_by": row.created_by,
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "published_by": row.published_by,
    }


def _wall(at: datetime | None, zone: ZoneInfo) -> str | None:
    """The time on the clinic's wall, as a form's field holds it."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at else None


def _case_json(request: web.Request, case: TopicCase) -> dict[str, Any]:
    return {
        "id": case.handoff_id,
        "conversation_id": case.conversation_id,
        "reason": case.reason,
        "state": case.state,
        "agent_name": case.agent_name,
        "language": case.language,
        "site": site_name(case.site, request.app[KNOWLEDGE].profile),
        "requested_at": case.requested_at.isoformat(),
    }
