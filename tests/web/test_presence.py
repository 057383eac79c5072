"""Who is there: told by open consoles, counted once, and over when nothing is heard."""

from __future__ import annotations

import asyncio

import pytest
from click.testing import CliRunner

from bot import keys
from bot.cli import main
from bot.handoff.skills import Needs, Skills
from bot.handoff.staffing import of_agent, staffing
from bot.settings import Settings
from bot.staff.models import Role
from tests.web.colleagues import app_of, hire, join, sign_in
from tests.web.conftest import Clients
from tests.web.desk_cases import CLIENT, claimed
from tests.web.shifts import Hands, arrive, is_there, shift_of, skilled


async def test_an_open_console_puts_its_agent_online_and_everyone_hears_of_it(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    assert await is_there(ana) == "offline"
    listener = await arrive(ben)
    await arrive(ana)
    await listener.frame("presence.changed")
    told = await ben.get("/api/presence")
    assert [(one["name"], one["me"]) for one in told["people"]] == [("Ana", False), ("Ben", True)]


async def test_two_consoles_of_one_agent_count_once(client: CLIENT) -> None:
    ana = await join(client, "ana")
    await arrive(ana)
    second = await ana.listen()
    await second.send("ping")
    await second.frame("pong")
    told = await ana.get("/api/presence")
    assert [one["name"] for one in told["people"]] == ["Ana"]
    assert [frame["type"] for frame in second.frames].count("presence.changed") == 0


async def test_an_agent_steps_away_and_a_second_console_does_not_bring_them_back(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    listener = await arrive(ana)
    await ana.post("/api/presence", state="away")
    await listener.frame("presence.changed")
    again = await ana.listen()
    await again.send("ping")
    await again.frame("pong")
    assert await is_there(ana) == "away"
    await ana.post("/api/presence", state="online")
    assert await is_there(ana) == "online"


async def test_no_other_state_can_be_chosen_and_only_agents_may(client: CLIENT) -> None:
    ana, eva = await join(client, "ana"), await join(client, "eva", Role.EDITOR)
    await ana.post("/api/presence", 422, state="offline")
    await ana.post("/api/presence", 422, state="busy")
    await eva.post("/api/presence", 403, state="online")
    await eva.get("/api/presence", 403)
    assert await is_there(ana) == "offline"


async def test_who_is_not_heard_of_is_gone_after_the_grace_and_not_before(serve: Clients) -> None:
    hands = Hands()
    client = await serve(clock=hands, presence_grace_seconds=3600.0)
    ana, ben = await join(client, "ana"), await join(client, "ben")
    await (await arrive(ana)).socket.close()
    hands.move(minutes=30)
    await shift_of(client).run_once()
    assert await is_there(ana) == "online"
    hands.move(minutes=31)
    # Even before anybody has written it down.
    assert await is_there(ana) == "offline"
    listener = await arrive(ben)
    await shift_of(client).run_once()
    await listener.frame("presence.changed")
    assert [one["name"] for one in (await ben.get("/api/presence"))["people"]] == ["Ben"]


async def test_who_comes_back_is_online_again(serve: Clients) -> None:
    hands = Hands()
    client = await serve(clock=hands)
    ana = await join(client, "ana")
    await (await arrive(ana)).socket.close()
    await ana.post("/api/presence", state="away")
    hands.move(seconds=61)
    await shift_of(client).run_once()
    await arrive(ana)
    assert await is_there(ana) == "online"


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_consoles_of_another_process_hear_who_came(serve: Clients) -> None:
    first, second = await serve(), await serve()
    await hire(first, "ana")
    await hire(first, "ben")
    ana, ben = await sign_in(first, "ana"), await sign_in(second, "ben")
    listener = await arrive(ben)
    await arrive(ana)
    await listener.frame("presence.changed")
    assert [one["name"] for one in (await ben.get("/api/presence"))["people"]] == ["Ana", "Ben"]


async def test_staffing_counts_who_is_there_and_how_much_they_can_still_take(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    await join(client, "cy")
    await skilled(client, "ana", 3, languages={"en", "es"})
    await skilled(client, "ben", 5, languages={"en"})
    for one in (ana, ben):
        await arrive(one)
    await claimed(client, ana)
    async with app_of(client)[keys.DATABASE].reading() as session:
        now = shift_of(client).now()
        spanish = await staffing(session, now, Needs("es"))
        english = await staffing(session, now, Needs("en"))
    assert (spanish.present, spanish.skilled, spanish.slots, spanish.free) == (2, 1, 3, 2)
    assert (english.present, english.skilled, english.slots, english.free) == (2, 2, 8, 7)


async def test_the_command_sets_what_somebody_can_take_and_refuses_what_there_is_not(
    client: CLIENT, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARELINE_DATABASE_URL", settings.url)
    ana = await hire(client, "ana")

    async def command(*arguments: str) -> int:
        result = await asyncio.to_thread(
            CliRunner().invoke, main, ["staff", "skills", *arguments], catch_exceptions=False
        )
        return result.exit_code

    limits = ("--language", "es", "--topic", "billing", "--site", "main", "--no-privacy")
    assert await command("ana", *limits, "--capacity", "3") == 0
    assert await command("nobody-here") == 1
    assert await command("ana", "--site", "the-moon") == 1
    assert await command("ana", "--topic", "gossip") == 2
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = await of_agent(session, ana, shift_of(client).now())
    assert found is not None
    assert found.skills == Skills(
        frozenset({"es"}), frozenset({"billing"}), frozenset({"main"}), private=False
    )
    assert (found.state, found.capacity) == ("offline", 3)
