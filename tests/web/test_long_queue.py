"""A long queue: a page of it is listed, and the counts are of all of it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from bot.clock import utc_now
from tests.web.colleagues import ids, join
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
