"""A long queue: a page of it is listed, and the counts are of all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from bot import keys
from bot.clock import utc_now
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.models import QUEUE
from bot.effects import Priority, Reason
from bot.handoff import service as handoff
from bot.handoff import words
from bot.handoff.cases import Request
from tests.web.colleagues import app_of, ids, join
from tests.web.desk_cases import CLIENT, claimed, waiting


async def test_a_page_of_the_queue_is_its_beginning_and_the_counts_are_of_all(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    cases = [await waiting(client) for _ in range(5)]
    await claimed(client, ana)
    await claimed(client, ben)
    queue = await ana.get("/api/handoffs?limit=2")
    assert ids(queue["waiting"]) == [case.handoff_id for case in cases[:2]]
    assert queue["counts"] == {"waiting": 5, "mine": 1, "others": 1, "alarmed": 0}


async def test_no_other_number_of_lines_can_be_asked_for(client: CLIENT) -> None:
    ana = await join(client, "ana")
    for limit in ("0", "1001", "-1", "ten", "1.5", ""):
        error = (await ana.get(f"/api/handoffs?limit={limit}", 422))["error"]
        assert error["field"] == "limit"


async def test_what_came_since_is_named_also_when_it_stands_behind_the_page(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    early = [await waiting(client) for _ in range(3)]
    before = await ana.get("/api/handoffs?limit=1")
    await ana.post(f"/api/handoffs/{early[0].handoff_id}/claim")
    late = await waiting(client)
    queue = await ana.get(f"/api/handoffs?limit=1&since={quote(before['as_of'])}")
    assert ids(queue["waiting"]) == [early[1].handoff_id]
    known = {(one["id"], one["since"]) for one in before["arrivals"]}
    assert len(known) == 3
    fresh = [one for one in queue["arrivals"] if (one["id"], one["since"]) not in known]
    assert ids(fresh) == [late.handoff_id]
    await ana.post(f"/api/handoffs/{early[0].handoff_id}/release")
    again = await ana.get(f"/api/handoffs?since={quote(queue['as_of'])}")
    known |= {(one["id"], one["since"]) for one in queue["arrivals"]}
    fresh = [one for one in again["arrivals"] if (one["id"], one["since"]) not in known]
    assert ids(fresh) == [early[0].handoff_id]


async def test_what_came_long_before_the_time_asked_for_is_not_named(client: CLIENT) -> None:
    ana = await join(client, "ana")
    await waiting(client)
    later = quote((utc_now() + timedelta(minutes=5)).isoformat())
    assert (await ana.get(f"/api/handoffs?since={later}"))["arrivals"] == []
    error = (await ana.get("/api/handoffs?since=yesterday", 422))["error"]
    assert error["field"] == "since"


THOUSAND = 1000
NEEDLE = 871


async def a_thousand_wait(client: CLIENT) -> list[int]:
    """Their cases, in the order of the queue. One of them, far down, asks in words of its own."""
    app, made = app_of(client), []
    async with app[keys.DATABASE].work() as work:
        for number in range(THOUSAND):
            asks = "my zucchini invoice" if number == NEEDLE else "I want a person"
            held, _ = await conversations.open_conversation(work, "en")
            said = Draft(author="patient", text=asks, language="en")
            await conversations.store_patient_message(work, app[keys.KEYS], held, said)
            await conversations.change_owner(work, held, owner="bot", epoch=1, to=QUEUE)
            packet: dict[str, Any] = {"question": asks, "topics": [], "details": {}}
            reason = Reason.ESTIMATE if number == NEEDLE else Reason.ASKED
            by = utc_now() + timedelta(minutes=20, seconds=number)
            asked = Request(held, reason, Priority.NORMAL, "en", by, packet)
            made.append(await handoff.request(work, app[keys.KEYS], asked))
        await work.commit()
    return made


async def words_are_copied(client: CLIENT) -> None:
    """What the background does, a hundred cases at a time."""
    app = app_of(client)
    desk, now = app[keys.DESK], utc_now()
    ways: dict[str, Any] = {"copied": desk.copied, "site_of": desk.site_of, "now": now}
    while await words.catch_up(app[keys.DATABASE], app[keys.KEYS], **ways):
        pass


async def test_of_a_thousand_cases_one_far_down_is_found_filtered_claimed_and_gone_for_others(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    cases = await a_thousand_wait(client)
    assert ids((await ana.get("/api/handoffs"))["waiting"]) == cases[:50]
    everything = await ana.get("/api/handoffs?limit=1000")
    assert ids(everything["waiting"]) == cases
    assert everything["counts"]["waiting"] == THOUSAND
    await words_are_copied(client)
    by_words = await ana.post("/api/cases/search", words="zucchini")
    by_reason = await ana.post("/api/cases/search", reason="estimate")
    assert ids(by_words["cases"]) == ids(by_reason["cases"]) == [cases[NEEDLE]]
    await ana.post(f"/api/handoffs/{cases[NEEDLE]}/claim")
    left = await ben.get("/api/handoffs?limit=1000")
    assert ids(left["waiting"]) == cases[:NEEDLE] + cases[NEEDLE + 1 :]
    assert left["counts"] == {"waiting": THOUSAND - 1, "mine": 0, "others": 1, "alarmed": 0}
