"""A case that nobody claims in time: one alarm, heard by everyone who is there, and one e-mail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot import keys
from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.effects import Priority
from bot.shift import Shift
from tests.web.colleagues import app_of, hire, join, sign_in
from tests.web.conftest import Clients
from tests.web.desk_cases import CLIENT, waiting
from tests.web.shifts import Hands, arrive, history, row_of, shift_of


async def alarms_of(client: CLIENT) -> int:
    """How many cases are alarmed, as an agent's list says."""
    await hire(client, "counter")
    counter = await sign_in(client, "counter")
    return int((await counter.get("/api/handoffs"))["counts"]["alarmed"])


def opens(client: CLIENT) -> Callable[[float], None]:
    """Moves the clock to some minutes after the next opening of the agents' chat."""
    hours = app_of(client)[keys.KNOWLEDGE].profile.agent_hours()
    opening = hours.next_opening(utc_now())
    assert opening is not None
    hands = shift_of(client)._clock
    assert isinstance(hands, Hands)
    return lambda minutes: hands.set(opening + timedelta(minutes=minutes))


async def test_a_case_that_waits_too_long_raises_one_alarm_that_every_console_hears(
    serve: Clients,
) -> None:
    hands = Hands()
    client = await serve(clock=hands)
    listener = await arrive(await join(client, "ana"))
    case = await waiting(client, priority=Priority.URGENT)
    hands.move(minutes=1)
    await shift_of(client).run_once()
    assert "alarmed" not in await history(client, case)
    hands.move(minutes=1, seconds=1)
    for _ in range(2):
        await shift_of(client).run_once()
    await listener.frame("alarm.raised")
    assert await history(client, case) == ["requested", "alarmed"]
    assert await alarms_of(client) == 1


async def test_a_claimed_case_raises_no_alarm_and_ends_the_one_there_was(serve: Clients) -> None:
    hands = Hands()
    client = await serve(clock=hands)
    ana = await join(client, "ana")
    silent, loud = [await waiting(client, priority=Priority.URGENT) for _ in range(2)]
    await ana.post(f"/api/handoffs/{silent.handoff_id}/claim")
    hands.move(minutes=3)
    await shift_of(client).run_once()
    await ana.post(f"/api/handoffs/{loud.handoff_id}/claim")
    assert await history(client, silent) == ["requested", "claimed"]
    assert await alarms_of(client) == 0


async def test_at_night_only_urgent_cases_alarm_and_the_others_have_their_time_after_opening(
    serve: Clients,
) -> None:
    client = await serve(clock=Hands())
    after_opening = opens(client)
    normal = await waiting(client)
    urgent = await waiting(client, priority=Priority.URGENT)
    for minutes, alarmed in ((-5, [False, True]), (19, [False, True]), (21, [True, True])):
        after_opening(minutes)
        await shift_of(client).run_once()
        rows = [await row_of(client, case) for case in (normal, urgent)]
        assert [row.alarmed_at is not None for row in rows] == alarmed


async def test_the_alarm_is_mailed_once_by_one_of_two_processes_in_numbers_only(
    serve: Clients,
) -> None:
    hands = Hands()
    clients = [await serve(clock=hands, alarm_email="lead@clinic.example") for _ in range(2)]
    sent: list[tuple[str, int, int]] = []

    async def mail(work: UnitOfWork, address: str, count: int, minutes: int) -> None:
        sent.append((address, count, minutes))

    for client in clients:
        shift_of(client)._mail = mail
    await waiting(clients[0], "my bill is wrong", Priority.URGENT)
    hands.move(minutes=3)
    await asyncio.gather(*(shift_of(client).run_once() for client in clients * 2))
    assert sent == [("lead@clinic.example", 1, 3)]


async def test_without_an_address_or_with_a_broken_mail_the_alarm_is_raised_all_the_same(
    serve: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(work: UnitOfWork, address: str, count: int, minutes: int) -> None:
        raise OSError("no mail server")

    for address in ("", "lead@clinic.example"):
        hands = Hands()
        client = await serve(clock=hands, alarm_email=address)
        shift: Shift = shift_of(client)
        shift._mail = broken
        case = await waiting(client, priority=Priority.URGENT)
        hands.move(minutes=3)
        await shift.run_once()
        assert await history(client, case) == ["requested", "alarmed"]
    assert "could not be mailed" in caplog.text
