"""An agent whose console is gone: the patient gets another, or a supervisor is told."""

from __future__ import annotations

import asyncio

from bot.staff.models import Role
from tests.web.colleagues import Colleague, hire, ids, join, sign_in
from tests.web.conftest import Clients
from tests.web.desk_cases import CLIENT, Waiting, audited, claimed, line
from tests.web.shifts import Hands, arrive, history, row_of, shift_of


async def leave(colleague: Colleague) -> None:
    """Come, and be gone."""
    await (await arrive(colleague)).socket.close()


async def notices(colleague: Colleague, case: Waiting) -> list[str]:
    found = await colleague.get(f"/api/conversations/{case.conversation_id}")
    return [one["text"] for one in found["messages"] if one["author"] == "system"]


async def test_untouched_cases_return_to_the_queue_and_the_patient_reads_what_holds(
    serve: Clients,
) -> None:
    hands = Hands()
    client = await serve(clock=hands)
    ana, ben = await join(client, "ana"), await join(client, "ben")
    await leave(ana)
    case, _ = await claimed(client, ana)
    before = (await row_of(client, case)).promised_by
    hands.move(seconds=61)
    await shift_of(client).run_once()
    queue = await ben.get("/api/handoffs")
    assert ids(queue["waiting"]) == [case.handoff_id]
    now = await row_of(client, case)
    assert now.promised_by == before, "a promise that lies ahead is kept by whoever comes"
    _, left, again = await notices(ben, case)
    assert "Ana had to leave" in left
    assert "will now reply here by" in again
    assert await history(client, case) == ["requested", "claimed", "vanished"]
    assert await audited(client, "handoff.agent_vanished") == [case.conversation_id]
    await ana.post(f"/api/conversations/{case.conversation_id}/messages", 409, **line("Hi", 3))


async def test_an_agent_who_is_there_or_only_away_keeps_their_cases(serve: Clients) -> None:
    hands = Hands()
    client = await serve(clock=hands, presence_grace_seconds=3600.0)
    ana = await join(client, "ana")
    await arrive(ana)
    case, _ = await claimed(client, ana)
    await ana.post("/api/presence", state="away")
    hands.move(minutes=30)
    await shift_of(client).run_once()
    assert ids((await ana.get("/api/handoffs"))["mine"]) == [case.handoff_id]


async def test_touched_cases_stay_and_are_flagged_to_supervisors_until_the_agent_is_back(
    serve: Clients,
) -> None:
    hands = Hands()
    client = await serve(clock=hands)
    ana, ben = await join(client, "ana"), await join(client, "ben")
    sam = await join(client, "sam", Role.SUPERVISOR)
    await leave(ana)
    case, epoch = await claimed(client, ana)
    await ana.post(f"/api/conversations/{case.conversation_id}/messages", **line("Hello", epoch))
    flag = [(await sam.get("/api/handoffs"))["others"][0]["agent_gone"]]
    hands.move(seconds=61)
    await shift_of(client).run_once()
    flag.append((await sam.get("/api/handoffs"))["others"][0]["agent_gone"])
    assert not (await ben.get("/api/handoffs"))["others"][0]["agent_gone"]
    await arrive(ana)
    flag.append((await sam.get("/api/handoffs"))["others"][0]["agent_gone"])
    assert flag == [False, True, False]
    assert (await history(client, case))[-2:] == ["first_reply", "vanished"]


async def test_a_supervisor_may_put_a_flagged_case_back_and_a_colleague_may_not(
    serve: Clients,
) -> None:
    hands = Hands()
    client = await serve(clock=hands)
    ana, ben = await join(client, "ana"), await join(client, "ben")
    sam = await join(client, "sam", Role.SUPERVISOR)
    await leave(ana)
    case, epoch = await claimed(client, ana)
    await ana.post(f"/api/conversations/{case.conversation_id}/messages", **line("Hello", epoch))
    hands.move(seconds=61)
    await shift_of(client).run_once()
    await ben.post(f"/api/handoffs/{case.handoff_id}/release", 403)
    await sam.post(f"/api/handoffs/{case.handoff_id}/release")
    assert ids((await ben.get("/api/handoffs"))["waiting"]) == [case.handoff_id]


async def test_after_a_restart_or_an_outage_people_have_time_to_be_heard_again(
    serve: Clients,
) -> None:
    hands = Hands()
    client = await serve(clock=hands)
    ana = await join(client, "ana")
    await leave(ana)
    case, _ = await claimed(client, ana)
    hands.move(minutes=10)
    shift_of(client).begins_to_hear()
    await shift_of(client).run_once()
    assert await history(client, case) == ["requested", "claimed"]
    hands.move(seconds=61)
    await shift_of(client).run_once()
    assert await history(client, case) == ["requested", "claimed", "vanished"]


async def test_two_processes_take_a_case_back_once(serve: Clients) -> None:
    hands = Hands()
    first, second = [await serve(clock=hands, busy_timeout=60.0) for _ in range(2)]
    await hire(first, "ana")
    ana = await sign_in(first, "ana")
    await leave(ana)
    cases = [(await claimed(first, ana))[0] for _ in range(3)]
    hands.move(seconds=61)
    await asyncio.gather(*(shift_of(client).run_once() for client in (first, second) * 2))
    for case in cases:
        assert await history(second, case) == ["requested", "claimed", "vanished"]
        assert len(await notices(ana, case)) == 3


async def test_a_case_claimed_without_ever_opening_a_console_is_nobodys_absence(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    case, _ = await claimed(client, ana)
    await shift_of(client).run_once()
    assert await history(client, case) == ["requested", "claimed"]
