"""A call that is owed comes up in its time, is made by one agent, and comes to an end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import keys
from bot.app import create_app
from bot.handoff.earlier import remember
from bot.handoff.history import of_handoff
from bot.handoff.models import FollowUp, Handoff
from bot.handoff.promise_watch import watch
from bot.outreach.models import Contact
from bot.settings import Settings
from tests.assistants import Echo
from tests.web.colleagues import Colleague, app_of, ids, join
from tests.web.desk_cases import CLIENT, Waiting, audited
from tests.web.outreach_cases import (
    NUMBER,
    TUESDAY,
    MovedClock,
    Visitor,
    ledger,
    stored,
    visitor_in_line,
)
from tests.web.shifts import arrive, give_out, history, offered_to, row_of, shift_of


@pytest.fixture
def clock() -> MovedClock:
    moved = MovedClock()
    moved.at = TUESDAY
    return moved


@pytest.fixture
async def client(aiohttp_client: Any, settings: Settings, texts: None, clock: MovedClock) -> CLIENT:
    app = create_app(settings, load_assistant=lambda _: Echo(), clock=clock)
    opened: CLIENT = await aiohttp_client(app)
    return opened


async def owed(client: CLIENT, **values: Any) -> tuple[Visitor, Waiting]:
    """A patient in line who asked to be called."""
    visitor, case = await visitor_in_line(client)
    await visitor.leave("phone", NUMBER, **values)
    return visitor, case


async def only_call(colleague: Colleague) -> dict[str, Any]:
    (call,) = await colleague.get("/api/callbacks")
    shown: dict[str, Any] = call
    return shown


async def try_once(colleague: Colleague, outcome: str) -> str:
    """Call, and write down what came of it; returns the state of the call."""
    path = f"/api/callbacks/{(await only_call(colleague))['id']}"
    await colleague.post(f"{path}/hold")
    state: str = (await colleague.post(f"{path}/attempts", outcome=outcome))["state"]
    return state


async def notices(client: CLIENT, colleague: Colleague, case: Waiting) -> list[str]:
    found = await colleague.get(f"/api/conversations/{case.conversation_id}")
    return [one["text"] for one in found["messages"] if one["author"] == "system"]


async def test_a_number_that_was_left_is_a_call_that_is_owed(client: CLIENT) -> None:
    visitor, _ = await owed(client)
    ana = await join(client, "ana")
    call = await only_call(ana)
    assert (call["due"], call["due_said"], call["number"]) == (True, "11 AM", "•••-•••-0142")
    assert (await visitor.read())["call_said"] == "11 AM"


async def test_a_wish_for_the_afternoon_moves_the_call_and_changing_it_moves_it_again(
    client: CLIENT,
) -> None:
    visitor, _ = await owed(client, best_time="afternoon")
    ana = await join(client, "ana")
    call = await only_call(ana)
    assert (call["due"], call["due_said"]) == (False, "1 PM")
    await visitor.leave("phone", NUMBER, days=["thu"])
    # The next Thursday is Thanksgiving.
    assert (await only_call(ana))["due_said"].startswith("9 AM on Thursday, December 3")


async def test_the_number_is_shown_to_who_calls_and_that_is_audited(client: CLIENT) -> None:
    _, case = await owed(client)
    ana = await join(client, "ana")
    call = await only_call(ana)
    assert (await ana.post(f"/api/callbacks/{call['id']}/hold"))["number"] == NUMBER
    assert await audited(client, "callback.number_shown") == [case.conversation_id]


async def test_two_agents_never_call_one_patient_at_once(client: CLIENT) -> None:
    await owed(client)
    ana, ben = await join(client, "ana"), await join(client, "ben")
    path = f"/api/callbacks/{(await only_call(ana))['id']}"
    await ana.post(f"{path}/hold")
    error = (await ben.post(f"{path}/hold", 409))["error"]
    assert error["winner"] == "Ana"
    await ben.post(f"{path}/attempts", 409, outcome="reached")
    assert (await only_call(ben))["held_by"] == "Ana"


async def test_a_call_that_was_put_back_or_forgotten_can_be_made_by_a_colleague(
    client: CLIENT, clock: MovedClock
) -> None:
    await owed(client)
    ana, ben = await join(client, "ana"), await join(client, "ben")
    path = f"/api/callbacks/{(await only_call(ana))['id']}"
    await ana.post(f"{path}/hold")
    await ana.post(f"{path}/put-back")
    await ben.post(f"{path}/hold")
    clock.at = TUESDAY + timedelta(minutes=16)
    await ana.post(f"{path}/hold")


async def test_nobody_is_called_at_night(client: CLIENT, clock: MovedClock) -> None:
    await owed(client)
    ana = await join(client, "ana")
    call = await only_call(ana)
    clock.at = TUESDAY + timedelta(hours=12)
    error = (await ana.post(f"/api/callbacks/{call['id']}/hold", 409))["error"]
    assert error["code"] == "quiet_hours"


async def test_a_call_ends_when_the_patient_was_reached_and_counts_as_an_answer(
    client: CLIENT,
) -> None:
    _, case = await owed(client)
    ana = await join(client, "ana")
    assert await try_once(ana, "reached") == "reached"
    assert await ana.get("/api/callbacks") == []
    async with app_of(client)[keys.DATABASE].reading() as session:
        kinds = [event.kind for event in await of_handoff(session, case.handoff_id)]
    kinds = [kind for kind in kinds if not kind.startswith("promise_")]
    assert kinds == ["requested", "call_planned", "claimed", "first_reply", "called", "call_ended"]


async def test_whoever_reached_the_patient_has_the_case_and_nobody_is_sent_to_it_again(
    client: CLIENT, clock: MovedClock
) -> None:
    _, case = await owed(client)
    ana, ben = await join(client, "ana"), await join(client, "ben")
    await arrive(ben)
    await try_once(ana, "reached")
    assert ids((await ana.get("/api/handoffs"))["mine"]) == [case.handoff_id]
    told = await notices(client, ana, case)
    assert told[-1].startswith("Ana from our team has spoken with you by phone")
    clock.at = TUESDAY + timedelta(hours=2)
    give_out(client)
    await ben.post("/api/presence", state="online")
    await shift_of(client).run_once()
    await watch(
        app_of(client)[keys.DATABASE], app_of(client)[keys.KEYS], app_of(client)[keys.DESK], clock()
    )
    assert await offered_to(client) == {}
    assert await notices(client, ana, case) == told, "nothing takes longer than we said"
    happened = await history(client, case)
    assert "alarmed" not in happened
    assert ids((await ana.get("/api/handoffs"))["mine"]) == [case.handoff_id]


async def test_a_case_of_somebody_who_spoke_with_the_patient_is_not_untouched(
    client: CLIENT, clock: MovedClock
) -> None:
    _, case = await owed(client)
    ana = await join(client, "ana")
    shift_of(client).begins_to_hear()
    await (await arrive(ana)).socket.close()
    await try_once(ana, "reached")
    clock.at = TUESDAY + timedelta(minutes=5)
    await shift_of(client).run_once()
    assert ids((await ana.get("/api/handoffs"))["mine"]) == [case.handoff_id]


async def test_a_colleague_who_has_the_case_keeps_it_when_another_makes_the_call(
    client: CLIENT,
) -> None:
    _, case = await owed(client)
    ana, ben = await join(client, "ana"), await join(client, "ben")
    await ben.post(f"/api/handoffs/{case.handoff_id}/claim")
    assert await try_once(ana, "reached") == "reached"
    assert ids((await ben.get("/api/handoffs"))["mine"]) == [case.handoff_id]
    assert (await row_of(client, case)).first_reply_at is not None


async def test_a_case_whose_patient_was_not_reached_stays_in_the_queue(client: CLIENT) -> None:
    _, case = await owed(client)
    ana = await join(client, "ana")
    await try_once(ana, "voicemail")
    assert ids((await ana.get("/api/handoffs"))["waiting"]) == [case.handoff_id]


async def test_a_call_that_reached_the_patient_ends_the_task_to_call_them_back(
    client: CLIENT,
) -> None:
    _, case = await owed(client)
    app, ana = app_of(client), await join(client, "ana")
    async with app[keys.DATABASE].work() as work:
        due_at, now = TUESDAY + timedelta(hours=1), TUESDAY
        about = case.conversation_id
        await remember(work, app[keys.KEYS], about, case.handoff_id, due_at, now)
        await work.commit()
    await try_once(ana, "reached")
    async with app[keys.DATABASE].reading() as session:
        (task,) = (await session.scalars(select(FollowUp))).all()
    assert (task.state, task.outcome) == ("done", "reached")


@pytest.mark.parametrize(("before", "end"), [(1, "promise_kept"), (-1, "promise_broken")])
async def test_a_call_keeps_the_promise_if_the_patient_was_reached_by_then(
    client: CLIENT, clock: MovedClock, before: int, end: str
) -> None:
    _, case = await owed(client)
    promised = clock() + timedelta(hours=before)
    async with app_of(client)[keys.DATABASE].work() as work:
        await work.session.execute(update(Handoff).values(first_promised_by=promised))
        await work.commit()
    await try_once(await join(client, "ana"), "reached")
    async with app_of(client)[keys.DATABASE].reading() as session:
        kinds = [event.kind for event in await of_handoff(session, case.handoff_id)]
    # What the watch over promises says meanwhile is not looked at here.
    ends = [kind for kind in kinds if kind in ("promise_kept", "promise_broken")]
    assert ends == [end]


async def test_a_patient_who_does_not_answer_is_called_again_later(
    client: CLIENT, clock: MovedClock
) -> None:
    await owed(client)
    ana = await join(client, "ana")
    assert await try_once(ana, "no_answer") == "open"
    call = await only_call(ana)
    assert (call["due"], call["due_said"]) == (False, "2 PM")
    assert [(one["agent_name"], one["outcome"]) for one in call["attempts"]] == [
        ("Ana", "no_answer")
    ]


async def test_after_three_attempts_a_message_takes_the_place_of_the_call(client: CLIENT) -> None:
    _, case = await owed(client)
    ana = await join(client, "ana")
    states = [await try_once(ana, one) for one in ("no_answer", "voicemail", "no_answer")]
    assert states == ["open", "open", "gave_up"]
    assert await ana.get("/api/callbacks") == []
    assert (await notices(client, ana, case))[-1].startswith("We tried to call you")


async def test_a_wrong_number_is_never_called_again_and_the_patient_is_told(
    client: CLIENT,
) -> None:
    visitor, case = await owed(client)
    ana = await join(client, "ana")
    assert await try_once(ana, "wrong_number") == "wrong_number"
    assert (await visitor.read())["saved"] == []
    assert (await ledger(client))[-1] == ("withdrawn", "phone", "wrong_number")
    assert "wrong" in (await notices(client, ana, case))[-1]


async def test_a_call_that_is_not_needed_leaves_the_list_without_an_attempt(
    client: CLIENT,
) -> None:
    _, case = await owed(client)
    ana = await join(client, "ana")
    before = await notices(client, ana, case)
    assert await try_once(ana, "not_needed") == "not_needed"
    assert (await ana.get("/api/callbacks"), await notices(client, ana, case)) == ([], before)


async def test_withdrawing_ends_the_call(client: CLIENT) -> None:
    visitor, _ = await owed(client)
    ana = await join(client, "ana")
    call = await only_call(ana)
    await visitor.withdraw("phone")
    assert await ana.get("/api/callbacks") == []
    await ana.post(f"/api/callbacks/{call['id']}/hold", 409)
    assert [one.address for one in await stored(client, Contact)] == [None]


async def test_a_double_click_writes_down_one_attempt(client: CLIENT) -> None:
    await owed(client)
    ana = await join(client, "ana")
    path = f"/api/callbacks/{(await only_call(ana))['id']}"
    await ana.post(f"{path}/hold")
    await ana.post(f"{path}/attempts", outcome="no_answer")
    await ana.post(f"{path}/attempts", 409, outcome="no_answer")
    assert len((await only_call(ana))["attempts"]) == 1


async def test_only_the_console_sees_calls(client: CLIENT) -> None:
    response = await client.get("/api/callbacks")
    assert response.status == 401


async def earlier_in(client: CLIENT, colleague: Colleague, case: Waiting) -> list[tuple[str, int]]:
    """The cases before this one that its packet names, with where they were."""
    shown = await colleague.get(f"/api/conversations/{case.conversation_id}")
    return [(one["conversation_id"], one["id"]) for one in shown["packet"]["earlier"]]


async def test_whoever_was_reached_twice_by_one_number_has_their_earlier_case_in_the_packet(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    _, first = await owed(client)
    await try_once(ana, "reached")
    _, second = await owed(client)
    await try_once(ana, "reached")
    assert await earlier_in(client, ana, second) == [(first.conversation_id, first.handoff_id)]
    assert await earlier_in(client, ana, first) == []


async def test_a_number_that_nobody_answered_under_brings_no_other_persons_case_into_the_packet(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    await owed(client)
    await try_once(ana, "reached")
    _, second = await owed(client)
    assert await earlier_in(client, ana, second) == []
