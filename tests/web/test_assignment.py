"""Push: who gets which case, once, and what becomes of a case that nobody opens."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from bot.effects import Priority, Reason
from tests.web.colleagues import hire, ids, join, sign_in
from tests.web.conftest import Clients
from tests.web.desk_cases import CLIENT, audited, claimed, waiting
from tests.web.shifts import (
    Hands,
    arrive,
    give_out,
    history,
    offered_to,
    shift_of,
    skilled,
)


async def test_pull_gives_nothing_to_anyone(client: CLIENT) -> None:
    await arrive(await join(client, "ana"))
    await waiting(client)
    await shift_of(client).run_once()
    assert await offered_to(client) == {}


async def test_push_offers_a_case_and_it_stays_in_the_queue_until_it_is_claimed(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    listener = await arrive(ana)
    case = await waiting(client)
    give_out(client)
    await shift_of(client).run_once()
    await listener.frame("queue.changed")
    queue = await ana.get("/api/handoffs")
    assert ids(queue["offered"]) == ids(queue["waiting"]) == [case.handoff_id]
    assert queue["offered"][0]["offered"] == "me"
    await ana.post(f"/api/handoffs/{case.handoff_id}/claim")
    assert await history(client, case) == ["requested", "offered", "claimed"]
    assert await offered_to(client) == {}
    assert await audited(client, "handoff.offered") == [case.conversation_id]


async def test_a_colleague_sees_that_a_case_is_offered_and_may_still_claim_it(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    await arrive(ana)
    case = await waiting(client)
    give_out(client)
    await shift_of(client).run_once()
    queue = await ben.get("/api/handoffs")
    assert (queue["offered"], queue["waiting"][0]["offered"]) == ([], "other")
    await ben.post(f"/api/handoffs/{case.handoff_id}/claim")
    await ana.post(f"/api/handoffs/{case.handoff_id}/claim", 409)


async def test_the_most_urgent_and_longest_waiting_goes_first_to_the_least_loaded(
    client: CLIENT,
) -> None:
    ana = await hire(client, "ana")
    ben = await hire(client, "ben")
    busy = await sign_in(client, "ana")
    await arrive(busy)
    await arrive(await sign_in(client, "ben"))
    held = await waiting(client)
    await busy.post(f"/api/handoffs/{held.handoff_id}/claim")
    later, sooner = await waiting(client), await waiting(client)
    urgent = await waiting(client, priority=Priority.URGENT)
    fourth = await waiting(client)
    give_out(client)
    await shift_of(client).run_once()
    given = await offered_to(client)
    assert given[urgent.handoff_id] == ben
    assert sorted(given.values()) == sorted([ben, ana, ben])
    assert {later.handoff_id, sooner.handoff_id} < given.keys()
    assert fourth.handoff_id not in given, "both have two cases: the capacity"


async def test_nobody_who_is_away_gets_a_case(client: CLIENT) -> None:
    ana = await join(client, "ana")
    await arrive(ana)
    await ana.post("/api/presence", state="away")
    await waiting(client)
    give_out(client)
    await shift_of(client).run_once()
    assert await offered_to(client) == {}


async def test_a_case_goes_only_to_who_has_its_skills_unless_nobody_present_does(
    client: CLIENT,
) -> None:
    ana = await hire(client, "ana")
    await skilled(client, "ana", languages={"en"}, domains={"billing"}, private=False)
    await arrive(await sign_in(client, "ana"))
    spanish = await waiting(client, language="es", topics=["bil.my_bill"])
    private = await waiting(client, reason=Reason.LEGAL_PRIVACY, topics=["bil.my_bill"])
    coverage = await waiting(client, topics=["cov.eob"])
    billing = await waiting(client, topics=["bil.my_bill"])
    give_out(client, capacity=9)
    await shift_of(client).run_once()
    assert await offered_to(client) == {billing.handoff_id: ana}
    give_out(client, capacity=9, unskilled=True)
    await shift_of(client).run_once()
    unskilled = {spanish.handoff_id, private.handoff_id, coverage.handoff_id}
    assert unskilled < (await offered_to(client)).keys()


async def test_the_unskilled_get_nothing_while_somebody_skilled_is_there_and_busy(
    client: CLIENT,
) -> None:
    await hire(client, "ana")
    luz = await hire(client, "luz")
    await skilled(client, "ana", languages={"en"})
    await skilled(client, "luz", 1, languages={"es"})
    for name in ("ana", "luz"):
        await arrive(await sign_in(client, name))
    first = await waiting(client, language="es")
    await waiting(client, language="es")
    give_out(client, unskilled=True)
    await shift_of(client).run_once()
    assert await offered_to(client) == {first.handoff_id: luz}


async def test_a_case_passed_on_for_a_skill_goes_to_who_has_it(client: CLIENT) -> None:
    luz = await hire(client, "luz")
    ana = await join(client, "ana")
    await skilled(client, "ana", languages={"en"})
    await skilled(client, "luz", languages={"es"})
    for colleague in (ana, await sign_in(client, "luz")):
        await arrive(colleague)
    case, epoch = await claimed(client, ana)
    wish: dict[str, Any] = {
        "to": "queue",
        "need": "language:es",
        "note": "They prefer Spanish.",
        "epoch": epoch,
    }
    await ana.post(f"/api/handoffs/{case.handoff_id}/transfer", **wish)
    give_out(client)
    await shift_of(client).run_once()
    assert await offered_to(client) == {case.handoff_id: luz}


async def test_the_queue_marks_what_an_agent_has_not_the_skills_for_and_lets_them_claim(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    await skilled(client, "ana", languages={"en"})
    spanish, english = await waiting(client, language="es"), await waiting(client)
    queue = await ana.get("/api/handoffs")
    marks = {one["id"]: one["able"] for one in queue["waiting"]}
    assert marks == {spanish.handoff_id: False, english.handoff_id: True}
    await ana.post(f"/api/handoffs/{spanish.handoff_id}/claim")


async def test_an_offer_nobody_opens_goes_to_the_next_person_and_comes_round_again(
    serve: Clients,
) -> None:
    hands = Hands()
    client = await serve(clock=hands, presence_grace_seconds=360_000.0)
    ana, ben = await hire(client, "ana"), await hire(client, "ben")
    for name in ("ana", "ben"):
        await arrive(await sign_in(client, name))
    case = await waiting(client)
    give_out(client, offer=timedelta(minutes=6))
    await shift_of(client).run_once()
    (first,) = (await offered_to(client)).values()
    hands.move(minutes=3)
    await shift_of(client).run_once()
    assert list((await offered_to(client)).values()) == [first], "there is time left"
    hands.move(minutes=3, seconds=1)
    await shift_of(client).run_once()
    (second,) = (await offered_to(client)).values()
    assert {first, second} == {ana, ben}
    hands.move(minutes=7)
    await shift_of(client).run_once()
    assert list((await offered_to(client)).values()) == [first]
    kinds = await history(client, case)
    assert kinds == ["requested", "offered", *["offer_lapsed", "offered"] * 2]


async def test_an_offer_ends_with_the_presence_of_its_person(client: CLIENT) -> None:
    ana = await join(client, "ana")
    await arrive(ana)
    case = await waiting(client)
    give_out(client)
    await shift_of(client).run_once()
    await ana.post("/api/presence", state="away")
    await shift_of(client).run_once()
    assert await offered_to(client) == {}
    queue = await ana.get("/api/handoffs")
    assert ids(queue["waiting"]) == [case.handoff_id]


async def test_two_processes_that_give_out_at_once_offer_each_case_once_and_overload_nobody(
    serve: Clients,
) -> None:
    first, second = [await serve(busy_timeout=60.0) for _ in range(2)]
    people = [await hire(first, name) for name in ("ana", "ben", "cy")]
    for name in ("ana", "ben", "cy"):
        await arrive(await sign_in(first, name))
    cases = [await waiting(first) for _ in range(8)]
    for client in (first, second):
        give_out(client)
    shifts = [shift_of(client) for client in (first, second) * 2]
    await asyncio.gather(*(shift.run_once() for shift in shifts))
    await shifts[0].run_once()
    given = await offered_to(second)
    assert sorted(given.values()) == sorted(people * 2), "two each, which is the capacity"
    told = [(await history(first, case)).count("offered") for case in cases]
    assert sorted(told) == [0, 0, 1, 1, 1, 1, 1, 1]
