"""What patients and agents see of a promise: the time, the range, the place, and each change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot import keys
from bot.app import create_app
from bot.assistant.turn import TurnInput, TurnOutput
from bot.clock import running_on
from bot.effects import Reason, RequestHandoff
from bot.handoff.promise_watch import watch
from bot.settings import Settings
from tests.assistants import EMPTY, line
from tests.web.colleagues import app_of, join
from tests.web.patients import Frame, Patient

# A Tuesday, 10 AM in Chicago.
TEN = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class HandsOver:
    """Asks for a person, in the patient's language."""

    async def respond(self, turn: TurnInput) -> TurnOutput:
        said = line("One moment", "es" if turn.language == "es" else "en")
        return TurnOutput((said,), (RequestHandoff(reason=Reason.ASKED),), EMPTY)


class Clinic:
    """The application, on a day that the test chooses."""

    def __init__(self) -> None:
        self.now = TEN
        self.client: TestClient[Any, Any]

    async def patient(self, language: str = "en") -> Patient:
        """Somebody who has asked for a person and stands in the line."""
        patient = await Patient(self.client).connect(language=language)
        await patient.send("person.request", client_id=f"button-{id(patient)}")
        await in_line(patient)
        return patient

    async def watch(self) -> None:
        app = app_of(self.client)
        await watch(app[keys.DATABASE], app[keys.KEYS], app[keys.DESK], self.now)

    def pass_time(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
async def clinic(
    aiohttp_client: Callable[..., Awaitable[TestClient[Any, Any]]],
    settings: Settings,
    texts: None,
) -> AsyncIterator[Clinic]:
    made = Clinic()
    with running_on(lambda: made.now):
        app = create_app(settings, load_assistant=lambda _: HandsOver(), clock=lambda: made.now)
        made.client = await aiohttp_client(app)
        yield made
        await made.client.close()


async def in_line(patient: Patient, position: int | None = None, *, moved: bool = False) -> Frame:
    """The state in which the patient waits, at this place, with such a promise."""

    def waits(one: Frame) -> bool:
        state = one.get("state") or {}
        if state.get("owner") != "queue" or position not in (None, state["position"]):
            return False
        return bool(state["promise"]["moved"] == moved)

    state: Frame = (await patient.until(waits, 60))["state"]
    return state


async def test_who_waits_is_told_the_place_the_time_and_the_range(clinic: Clinic) -> None:
    ana = await Patient(clinic.client).connect()
    await ana.send("person.request", client_id="button-0001")
    told = await ana.line("system")
    assert "number 1 in line" in told["text"]
    assert "**10:30 AM**" in told["text"]
    assert "most likely between 10 AM and 10:0" in told["text"]
    state = await in_line(ana)
    promise = state["promise"]
    assert (state["position"], promise["said"]) == (1, "10:30 AM")
    assert (promise["low"], promise["high"]) == (None, "10:05 AM"), "it may come at any moment"
    assert (promise["moved"], promise["open_now"]) == (False, True)


async def test_it_is_all_there_again_after_a_reload(clinic: Clinic) -> None:
    ana = await clinic.patient()
    await ana.close()
    clinic.pass_time(MINUTE)
    opened = await (await ana.connect()).frame("conversation.opened")
    assert opened["state"]["position"] == 1
    assert opened["state"]["promise"]["said"] == "10:30 AM"


async def test_the_place_changes_when_somebody_ahead_is_helped(clinic: Clinic) -> None:
    await clinic.patient()
    clinic.pass_time(MINUTE)
    luis = await Patient(clinic.client).connect()
    await luis.send("person.request", client_id="button-0002")
    await in_line(luis, 2)
    sam = await join(clinic.client, "sam")
    first = (await sam.get("/api/handoffs"))["waiting"][0]
    await sam.post(f"/api/handoffs/{first['id']}/claim")
    clinic.pass_time(timedelta(seconds=5))
    assert (await in_line(luis, 1))["position"] == 1


async def test_a_moved_promise_is_told_and_shown_with_the_new_time(clinic: Clinic) -> None:
    ana = await clinic.patient()
    clinic.pass_time(29.5 * MINUTE)
    await clinic.watch()
    told = await ana.line("system")
    assert told["text"].startswith("We are sorry: this takes longer")
    state = await in_line(ana, moved=True)
    assert state["promise"]["said"] in told["text"]
    assert state["promise"]["by"] > (TEN + 30 * MINUTE).isoformat()


async def test_outside_hours_the_next_opening_is_told_and_no_range(clinic: Clinic) -> None:
    clinic.pass_time(timedelta(hours=10))
    ana = await Patient(clinic.client).connect()
    await ana.send("person.request", client_id="button-0003")
    told = await ana.line("system")
    assert "8:30 AM on Wednesday" in told["text"]
    state = await in_line(ana)
    assert not state["promise"]["open_now"]


async def test_whoever_reads_spanish_is_told_in_spanish(clinic: Clinic) -> None:
    ana = await Patient(clinic.client).connect(language="es")
    await ana.send("person.request", client_id="button-0004")
    told = await ana.line("system")
    assert "Su lugar en la fila es el 1." in told["text"]
    assert "10:30 a. m." in told["text"]


async def test_a_patient_who_does_not_wait_has_no_place(clinic: Clinic) -> None:
    ana = await Patient(clinic.client).connect()
    opened = await ana.frame("conversation.opened")
    assert opened["state"]["position"] is None
    assert opened["state"]["promise"] is None


async def test_the_queue_shows_agents_what_became_of_the_promise(clinic: Clinic) -> None:
    await clinic.patient()
    sam = await join(clinic.client, "sam")
    before = (await sam.get("/api/handoffs"))["waiting"][0]
    assert (before["promise_state"], before["promise_said"]) == ("given", "10:30 AM")
    clinic.pass_time(19 * MINUTE)
    sam = await join(clinic.client, "eva")
    clinic.pass_time(10.5 * MINUTE)
    await clinic.watch()
    after = (await sam.get("/api/handoffs"))["waiting"][0]
    assert after["promise_state"] == "moved"
    assert after["promised_by"] > before["promised_by"]
