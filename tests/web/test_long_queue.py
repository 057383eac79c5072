"""A long queue: a page of it is listed, and the counts are of all of it."""

from __future__ import annotations

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
