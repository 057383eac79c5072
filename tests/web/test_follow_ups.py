"""Follow-up tasks: due in time and once, seen by those they are for, done, moved, and undone."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from bot import jobs, keys
from bot.clock import utc_now
from bot.handoff.follow_ups import Kind, open_follow_up, tell_due
from bot.handoff.history import of_handoff
from bot.staff.models import Role
from tests.web.colleagues import Colleague, app_of, ids, join
from tests.web.desk_cases import CLIENT, Waiting, audited, claimed, waiting

HOUR = timedelta(hours=1)


async def planned(
    client: CLIENT,
    *,
    after: timedelta = HOUR,
    kind: Kind = "follow_up",
    owner_id: str | None = None,
    note: str | None = "Call about the bill",
) -> tuple[Waiting, int]:
    """A case with a task."""
    case, app = await waiting(client), app_of(client)
    async with app[keys.DATABASE].work() as work:
        task_id = await open_follow_up(
            work,
            app[keys.KEYS],
            conversation_id=case.conversation_id,
            handoff_id=case.handoff_id,
            kind=kind,
            due_at=utc_now() + after,
            owner_id=owner_id,
            note=note,
        )
        await work.commit()
    return case, task_id


async def due_at(client: CLIENT, at: datetime) -> list[int]:
    """What a job makes due at this time."""
    async with app_of(client)[keys.DATABASE].work() as work:
        told = await tell_due(work, at)
        await work.commit()
    return list(told)


async def tasks(colleague: Colleague, part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await colleague.get("/api/follow-ups"))[part]
    return found


async def me(colleague: Colleague) -> str:
    owners = await colleague.get("/api/follow-ups/owners")
    return str(next(one["id"] for one in owners if one["me"]))


async def test_a_task_waits_for_its_time_and_is_due_then(client: CLIENT) -> None:
    ana = await join(client, "ana")
    _, task_id = await planned(client)
    assert ids(await tasks(ana, "planned")) == [task_id]
    assert await due_at(client, utc_now()) == []
    assert await due_at(client, utc_now() + 2 * HOUR) == [task_id]
    (shown,) = await tasks(ana, "due")
    assert (shown["note"], shown["kind"], shown["reason"]) == (
        "Call about the bill",
        "follow_up",
        "asked",
    )


async def test_two_processes_make_a_task_due_once(client: CLIENT) -> None:
    case, task_id = await planned(client)
    later = utc_now() + 2 * HOUR
    told = await asyncio.gather(*(due_at(client, later) for _ in range(4)))
    assert [one for part in told for one in part] == [task_id]
    async with app_of(client)[keys.DATABASE].reading() as session:
        events = [one.kind for one in await of_handoff(session, case.handoff_id)]
    assert events == ["requested", "promise_given", "follow_up_opened", "follow_up_due"]


async def test_the_background_work_tells_the_consoles_what_is_due(client: CLIENT) -> None:
    ana, app = await join(client, "ana"), app_of(client)
    await planned(client)
    console = await ana.listen()
    await console.frame("queue.changed")
    later = utc_now() + 2 * HOUR
    await jobs.run_once(app[keys.DATABASE], app[keys.SETTINGS], lambda: later)
    await console.frame("queue.changed")
    await console.socket.close()
    assert len(await tasks(ana, "due")) == 1


async def test_the_longest_overdue_comes_first(client: CLIENT) -> None:
    ana = await join(client, "ana")
    made = [(await planned(client, after=-n * HOUR))[1] for n in (1, 3, 2)]
    assert ids(await tasks(ana, "due")) == [made[1], made[2], made[0]]
    assert (await tasks(ana, "due"))[0]["overdue_seconds"] >= 3 * 3600


async def test_an_agent_sees_their_own_and_nobodys_and_a_supervisor_all(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    sam = await join(client, "sam", Role.SUPERVISOR)
    _, hers = await planned(client, after=-2 * HOUR, owner_id=await me(ana))
    _, nobodys = await planned(client, after=-HOUR)
    _, rated = await planned(client, after=-HOUR / 2, kind="bad_rating")
    assert ids(await tasks(ana, "due")) == [hers, nobodys]
    assert ids(await tasks(ben, "due")) == [nobodys]
    assert ids(await tasks(sam, "due")) == [hers, nobodys, rated]
    await ben.post(f"/api/follow-ups/{hers}/done", 404, outcome="reached")


async def test_what_is_done_has_an_outcome_and_only_one_does_it(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case, task_id = await planned(client, after=-HOUR)
    await ana.post(f"/api/follow-ups/{task_id}/done", 422, outcome="corrected")
    await ana.post(f"/api/follow-ups/{task_id}/done", outcome="reached")
    error = (await ben.post(f"/api/follow-ups/{task_id}/done", 409, outcome="reached"))["error"]
    assert error["code"] == "conflict"
    (shown,) = await tasks(ben, "done")
    assert (shown["outcome"], shown["done_by"]) == ("reached", "Ana")
    assert await tasks(ben, "due") == []
    assert await audited(client, "follow_up.done") == [case.conversation_id]


async def test_what_was_done_by_mistake_is_opened_again(client: CLIENT) -> None:
    ana = await join(client, "ana")
    _, task_id = await planned(client, after=-HOUR)
    await ana.post(f"/api/follow-ups/{task_id}/reopen", 409)
    await ana.post(f"/api/follow-ups/{task_id}/done", outcome="reached")
    await ana.post(f"/api/follow-ups/{task_id}/reopen")
    assert ids(await tasks(ana, "due")) == [task_id]
    assert await tasks(ana, "done") == []


async def test_a_task_moves_to_a_time_when_people_are_there_and_back(client: CLIENT) -> None:
    ana, desk = await join(client, "ana"), app_of(client)[keys.DESK]
    _, task_id = await planned(client, after=-HOUR)
    (before,) = await tasks(ana, "due")
    # A week on, at three in the morning in the clinic.
    night = (desk.now() + timedelta(days=7)).replace(hour=9, minute=0)
    path = f"/api/follow-ups/{task_id}/move"
    moved = await ana.post(path, due_at=night.isoformat(), owner_id=None)
    (shown,) = await tasks(ana, "planned")
    assert datetime.fromisoformat(shown["due_at"]) == desk.at_work(night) > night
    assert moved["due_said"] == shown["due_said"]
    await ana.post(path, **moved["before"], as_it_was=True)
    assert (await tasks(ana, "due"))[0]["due_at"] == before["due_at"]


async def test_a_task_is_given_to_a_colleague_and_to_nobody_else(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    eva = await join(client, "eva", Role.EDITOR)
    _, task_id = await planned(client, after=-HOUR)
    path = f"/api/follow-ups/{task_id}/move"
    same: dict[str, Any] = {"due_at": (await tasks(ana, "due"))[0]["due_at"], "as_it_was": True}
    owners = {one["name"]: one["id"] for one in await ana.get("/api/follow-ups/owners")}
    assert list(owners) == ["Ana", "Ben"]
    await ana.post(path, **same, owner_id=owners["Ben"])
    assert await tasks(ana, "due") == []
    assert (await tasks(ben, "due"))[0]["mine"]
    await ben.post(path, 422, **same, owner_id="0" * 32)
    await eva.get("/api/follow-ups", 403)
    assert await audited(client, "follow_up.reassigned")


async def test_a_task_that_is_done_does_not_move(client: CLIENT) -> None:
    ana = await join(client, "ana")
    _, task_id = await planned(client, after=-HOUR)
    await ana.post(f"/api/follow-ups/{task_id}/done", outcome="other")
    later = (utc_now() + HOUR).isoformat()
    await ana.post(f"/api/follow-ups/{task_id}/move", 409, due_at=later, owner_id=None)


async def test_an_agent_opens_a_task_for_a_conversation(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case = await waiting(client)
    at = utc_now() + timedelta(days=2)
    values: dict[str, Any] = {
        "conversation_id": case.conversation_id,
        "due_at": at.isoformat(),
    }
    made = await ana.post("/api/follow-ups", **values, note="Call again", owner_id=await me(ana))
    (shown,) = await tasks(ana, "planned")
    assert (shown["id"], shown["mine"], shown["created_by"]) == (made["id"], True, "Ana")
    far = (utc_now() + timedelta(days=800)).isoformat()
    refused = await ana.post("/api/follow-ups", 422, **{**values, "due_at": far})
    assert refused["error"]["field"] == "due_at"
    await ana.post("/api/follow-ups", 404, **{**values, "conversation_id": "0" * 32})


async def test_a_follow_up_date_is_a_task_of_whoever_resolved_the_case(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    for number, day in enumerate(("2027-03-01", None)):
        case, _ = await claimed(client, ana)
        path = f"/api/handoffs/{case.handoff_id}/resolve"
        await ana.post(path, outcome="answered", follow_up_on=day)
        assert len(await tasks(ana, "planned")) == 1, number
    (shown,) = await tasks(ana, "planned")
    # A Monday, when people begin at eight in Chicago.
    assert (shown["due_at"], shown["mine"]) == ("2027-03-01T14:00:00+00:00", True)
    assert await tasks(ben, "planned") == []
