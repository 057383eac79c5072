"""The supervisors' page over real HTTP: who may see it, what it shows, what leaves as a file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bot import keys
from bot.insights import measures, queries
from bot.insights.facts import Facts
from bot.insights.periods import period_of, today_in
from bot.intervals import Share
from bot.privacy.models import AuditEvent
from bot.staff.models import Role
from tests.web.colleagues import Colleague, app_of, assert_error, join
from tests.web.desk_cases import CLIENT, audited, claimed, line, waiting
from tests.web.known_lives import known_lives

PERIOD = "from=2026-11-01&to=2026-11-14"
SECRET = "my tangerine hurts"


async def supervisor(client: CLIENT) -> Colleague:
    return await join(client, "sam", Role.SUPERVISOR)


async def page(who: Colleague, query: str = "") -> str:
    response = await who.page(f"/insights?{query}")
    assert response.status == 200
    return await response.text()


async def exported(who: Colleague, table: str, query: str = PERIOD) -> str:
    response = await who.page(f"/insights/export/{table}.csv?{query}")
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return (await response.read()).decode()


async def today(client: CLIENT) -> Facts:
    app = app_of(client)
    now, zone = datetime.now(UTC), app[keys.KNOWLEDGE].profile.zone
    period = period_of("", "", today_in(zone, now), zone)
    async with app[keys.DATABASE].reading() as session:
        return await queries.facts(session, period, now=now, silence=timedelta(minutes=30))


def tile(board: dict[str, Any], name: str) -> str:
    return next(str(one["value"]) for one in board["tiles"] if one["id"] == name)


async def test_an_agent_sees_no_insights_and_supervisors_and_admins_do(client: CLIENT) -> None:
    ana = await join(client, "ana")
    sent = await ana.page("/insights")
    assert (sent.status, sent.headers["Location"]) == (303, "/sign-in?denied=1")
    await assert_error(await ana.page("/api/insights/live"), 403, "forbidden")
    await assert_error(await ana.page("/insights/export/all.csv"), 403, "forbidden")
    assert 'href="/insights"' not in await (await ana.page("/console")).text()
    for who in (await supervisor(client), await join(client, "ada", Role.ADMIN)):
        assert 'href="/insights"' in await page(who)


async def test_a_clinic_without_cases_is_told_so_instead_of_zero_percent(client: CLIENT) -> None:
    found = await page(await supervisor(client))
    assert "No cases in this period" in found
    assert "No cases are waiting." in found
    assert "0%" not in found


async def test_the_page_shows_the_numbers_of_the_period_and_every_definition(
    client: CLIENT,
) -> None:
    await known_lives().write(app_of(client)[keys.DATABASE])
    sam = await supervisor(client)
    found = await page(sam, PERIOD)
    assert "6 of 12" in found and "Nov 1, 2026 to Nov 14, 2026" in found
    assert found.count('id="def-') == 23
    spanish = await page(sam, f"{PERIOD}&lang=es")
    assert "6 de 12" in spanish and "Qué significan los números" in spanish


async def test_filters_in_the_address_narrow_the_page_and_wrong_ones_are_said(
    client: CLIENT,
) -> None:
    await known_lives().write(app_of(client)[keys.DATABASE])
    sam = await supervisor(client)
    found = await page(sam, f"{PERIOD}&reason=account&language=es")
    assert "Only: Spanish, Account question." in found
    for query in ("reason=boredom", "agent=nobody", "from=2026-11-14&to=2026-11-01"):
        assert "That filter does not work" in await page(sam, query)
        refused = await sam.page(f"/insights/export/all.csv?{query}")
        assert refused.status == 422, await refused.text()


async def test_an_export_is_audited_and_looking_is_not(client: CLIENT) -> None:
    sam = await supervisor(client)
    before = await counted(client)
    await page(sam, PERIOD)
    await sam.get("/api/insights/live")
    assert await counted(client) == before
    await exported(sam, "agent")
    assert await audited(client, "insights.exported") == ["agent"]


async def counted(client: CLIENT) -> int:
    async with app_of(client)[keys.DATABASE].reading() as session:
        return int(await session.scalar(select(func.count(AuditEvent.id))) or 0)


async def test_an_exported_table_has_its_rows_and_a_name_is_no_formula(client: CLIENT) -> None:
    await known_lives().write(app_of(client)[keys.DATABASE])
    text = await exported(await supervisor(client), "agent")
    assert text.startswith("\ufeffPerson,")
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[0] for row in rows[1:]] == ["'=Ben", "Ana"]


async def test_everything_can_be_exported_at_once_and_an_unknown_table_cannot(
    client: CLIENT,
) -> None:
    await known_lives().write(app_of(client)[keys.DATABASE])
    sam = await supervisor(client)
    text = await exported(sam, "all")
    for title in ("This period and the one before", "Day by day", "By reason", "By subject"):
        assert title in text
    await assert_error(await sam.page("/insights/export/secrets.csv"), 404, "not_found", "table")


async def test_the_board_counts_who_waits_and_what_is_late(client: CLIENT) -> None:
    sam = await join(client, "sam", Role.SUPERVISOR, Role.AGENT)
    await waiting(client, due=timedelta(minutes=5))
    await waiting(client, due=timedelta(minutes=-1))
    await waiting(client, due=timedelta(minutes=60))
    await claimed(client, sam)
    board = await sam.get("/api/insights/live")
    found = [tile(board, name) for name in ("waiting", "at_risk", "broken")]
    assert found == ["3", "1", "1"]
    load = next(table for table in board["tables"] if table["id"] == "load")
    assert [row[0] for row in load["rows"]] == ["Sam"]


async def test_a_life_made_by_the_product_is_counted_from_what_it_wrote(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case, epoch = await claimed(client, ana)
    await ana.post(f"/api/conversations/{case.conversation_id}/messages", **line("Hello", epoch))
    await ana.post(f"/api/handoffs/{case.handoff_id}/resolve", outcome="answered", to_bot=False)
    await waiting(client)
    facts = await today(client)
    assert measures.promise_kept(facts) == Share(1, 1)
    assert len(measures.first_response(facts).seconds) == 1
    assert len(measures.handling(facts).seconds) == 1
    assert measures.handoff_rate(facts) == Share(2, 2)
    assert facts.cases[0].topics == ("cov.eob",)


async def test_no_words_of_a_patient_leave_by_page_board_or_file(client: CLIENT) -> None:
    sam = await supervisor(client)
    await waiting(client, SECRET)
    shown = [await page(sam), await exported(sam, "all", "")]
    shown.append(str(await sam.get("/api/insights/live")))
    assert all("tangerine" not in text for text in shown)
