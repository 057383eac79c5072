"""The supervisors' page: how things stand now, how they went, and the numbers as files."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot import texts
from bot.clock import utc_now
from bot.effects import Reason
from bot.errors import Invalid, NotFound
from bot.insights import queries, tables
from bot.insights.board import board
from bot.insights.definitions import MEASURES
from bot.insights.export import as_csv
from bot.insights.facts import Facts
from bot.insights.periods import Period, period_of, today_in
from bot.insights.queries import Wanted
from bot.keys import DATABASE, DESK, KNOWLEDGE, SETTINGS
from bot.privacy import audit
from bot.staff.sessions import SignedIn
from bot.web import insights_views as views
from bot.web.insights_words import Words
from bot.web.staff import INSIGHTS_ROLES, language_of, page, person, staff, staff_page

PRESETS = (7, 28, 91)
EXPORT = r"/insights/export/{table:[a-z]{1,20}}.csv"
supervisors = staff(*INSIGHTS_ROLES)


@dataclass(frozen=True, slots=True)
class Asked:
    """A period and which facts of it. `problem` is the field of a filter that did not work."""

    period: Period
    wanted: Wanted
    problem: str = ""


def routes() -> list[web.RouteDef]:
    """The page, the board and the exports."""
    return [
        web.get("/insights", insights_page),
        web.get("/api/insights/live", live),
        web.get(EXPORT, export),
    ]


@staff_page(*INSIGHTS_ROLES)
async def insights_page(request: web.Request, who: SignedIn) -> web.Response:
    """The whole page; without scripts too."""
    try:
        asked = await _asked(request)
    except Invalid as error:
        usual = period_of("", "", _today(request), request.app[KNOWLEDGE].profile.zone)
        asked = Asked(usual, Wanted(), error.field or "filter")
    now, before = await _facts(request, asked)
    words = _words(request, now)
    found = await asyncio.to_thread(tables.tables, now, before, asked.period)
    shown = await asyncio.to_thread(_shown, found, now, before, words, asked.period)
    me = person(who, request.app[SETTINGS])
    zone = request.app[KNOWLEDGE].profile.zone.key
    first = await _board(request, words)
    return page(
        request,
        "insights.html",
        me=me,
        here="insights",
        time_zone=zone,
        board=first,
        view={**shown, **_filter_view(request, asked, words, now), "words": words},
    )


@supervisors
async def live(request: web.Request, who: SignedIn) -> web.Response:
    """The board in words, for the page that draws it again."""
    return web.json_response(await _board(request, _words(request, Facts(utc_now()))))


@supervisors
async def export(request: web.Request, who: SignedIn) -> web.Response:
    """One table or all as CSV. That numbers left the product is written down first."""
    asked = await _asked(request)
    name = request.match_info["table"]
    now, before = await _facts(request, asked)
    found = await asyncio.to_thread(tables.tables, now, before, asked.period)
    chosen = [one for one in found if name in (one.id, "all")]
    if not chosen:
        raise NotFound("no such table", field="table")
    first, last = asked.period.first.isoformat(), asked.period.last.isoformat()
    async with request.app[DATABASE].work() as work:
        await audit.record(
            work,
            who.account_id,
            "insights.exported",
            name,
            first=first,
            last=last,
            rows=_rows(chosen),
        )
        await work.commit()
    words = _words(request, now)
    text = as_csv(chosen, words.t, words.label, titles=name == "all")
    file = f"careline-{name}-{first}-{last}.csv"
    return web.Response(
        body=text.encode(),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{file}"',
        },
    )


def _rows(chosen: list[tables.Table]) -> int:
    return sum(len(one.rows) for one in chosen)


def _today(request: web.Request) -> Any:
    return today_in(request.app[KNOWLEDGE].profile.zone, utc_now())


async def _asked(request: web.Request) -> Asked:
    """What the address asks for. Raises `Invalid`."""
    query, clinic = request.query, request.app[KNOWLEDGE].profile
    period = period_of(query.get("from", ""), query.get("to", ""), _today(request), clinic.zone)
    wanted = Wanted(
        **{name: query.get(name, "") for name in ("reason", "site", "language", "agent")}
    )
    async with request.app[DATABASE].reading() as session:
        agents = await queries.agent_names(session)
    known = {
        "reason": {reason.value for reason in Reason},
        "site": {place.id for place in clinic.locations} | {tables.UNKNOWN},
        "language": set(texts.LANGUAGES),
        "agent": set(agents),
    }
    for name, values in known.items():
        if (value := getattr(wanted, name)) and value not in values:
            raise Invalid("this is not a choice", field=name, remedy="Pick one from the list.")
    return Asked(period, wanted)


async def _facts(request: web.Request, asked: Asked) -> tuple[Facts, Facts]:
    """The facts of the period and of the one before."""
    silence = timedelta(minutes=request.app[SETTINGS].conversation_idle_minutes)
    now = utc_now()
    found = []
    async with request.app[DATABASE].reading() as session:
        for period in (asked.period, asked.period.before()):
            facts = await queries.facts(session, period, now=now, silence=silence)
            found.append(asked.wanted.narrow(facts))
    return found[0], found[1]


async def _board(request: web.Request, words: Words) -> dict[str, Any]:
    now = utc_now()
    async with request.app[DATABASE].reading() as session:
        found = await board(session, now)
    return views.board_view(found, words, request.app[DESK].said(now, words.language))


def _words(request: web.Request, facts: Facts) -> Words:
    return Words(language_of(request), facts.names, request.app[KNOWLEDGE].profile)


def _shown(
    found: list[tables.Table], now: Facts, before: Facts, words: Words, period: Period
) -> dict[str, Any]:
    by_id = {one.id: one for one in found}
    shown = {
        one.id: views.table_view(one, words, by_week=one.id == "step" and period.by_week)
        for one in found
    }
    return {
        "cards": {
            name: views.cards(name, now, before, words)
            for name in ("people", "assistant", "safety")
        },
        "tables": shown,
        "charts": {
            "step": views.step_charts(by_id["step"], words),
            "reason": views.reason_charts(by_id["reason"], words),
            "outcome": views.outcome_chart(by_id["outcome"], words),
        },
        "measures": MEASURES,
    }


def _filter_view(request: web.Request, asked: Asked, words: Words, now: Facts) -> dict[str, Any]:
    """The filter as it stands, its choices, and the address of the same filter elsewhere."""
    clinic, period, wanted = request.app[KNOWLEDGE].profile, asked.period, asked.wanted
    before = period.before()
    choices = {
        "language": [(one, words.label("language", one)) for one in texts.LANGUAGES],
        "reason": [(one.value, words.label("reason", one.value)) for one in Reason],
        "site": [(one.id, one.name) for one in clinic.locations]
        + [(tables.UNKNOWN, words.t("unknown"))],
        "agent": sorted(now.names.items(), key=lambda one: one[1].casefold()),
    }
    chosen = {name: getattr(wanted, name) for name in choices}
    return {
        "period": period,
        "days": [
            words.day(one, year=True)
            for one in (period.first, period.last, before.first, before.last)
        ],
        "choices": choices,
        "chosen": chosen,
        "filters": ", ".join(words.label(name, code) for name, code in chosen.items() if code),
        "of_cases": any(chosen[name] for name in ("reason", "site", "agent")),
        "presets": [(days, period.last - timedelta(days=days - 1)) for days in PRESETS],
        "today_runs": period.last >= _today(request),
        "today": _today(request).isoformat(),
        "query": {
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            **{name: code for name, code in chosen.items() if code},
        },
        "problem": asked.problem,
        "silence": request.app[SETTINGS].conversation_idle_minutes,
    }
