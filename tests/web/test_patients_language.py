"""The patient's language is followed around people too: in line, with an agent, after danger."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot import keys
from bot.handoff.models import Handoff
from tests.web.colleagues import Colleague, app_of, ids, join
from tests.web.conftest import Clients
from tests.web.desk_cases import CLIENT
from tests.web.patients import Patient, asked_for_a_person
from tests.web.shifts import arrive, give_out, offered_to, shift_of, skilled

SPANISH = "Me cobraron dos veces y no sé por qué"


async def stored(patient: Patient, words: str) -> None:
    """Write this, and know that it is stored."""
    await patient.say(words)
    await patient.frame("message.acknowledged")


async def languages(client: CLIENT, agent: Colleague, patient: Patient) -> tuple[Any, Any]:
    """Of the conversation and of its case, as the console reads them."""
    shown = await agent.get(f"/api/conversations/{patient.conversation_id}")
    return shown["conversation"]["language"], shown["handoff"]["language"]


async def case_of(client: CLIENT, patient: Patient) -> int:
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = await session.scalar(
            select(Handoff.id).where(Handoff.conversation_id == patient.conversation_id)
        )
    assert found is not None
    return int(found)


async def test_spanish_in_the_line_makes_the_case_spanish_and_the_consoles_hear_of_it(
    serve: Clients,
) -> None:
    client = await serve()
    patient, ana = await asked_for_a_person(client), await join(client, "ana")
    listener = await ana.listen()
    await listener.frame("queue.changed")
    await stored(patient, SPANISH)
    await listener.frame("queue.changed")
    assert await languages(client, ana, patient) == ("es", "es")
    assert (await patient.frame("state.changed"))["state"]["language"] == "es"
    await ana.post(f"/api/handoffs/{await case_of(client, patient)}/claim")
    assert (await patient.line("system"))["text"] == "Ana, de nuestro equipo, entró al chat."


@pytest.mark.parametrize("words", ["ok", "Medicaid", "Juan Pérez", "Ana Muñoz", "Blue Cross"])
async def test_a_name_or_one_word_keeps_the_language_of_before(serve: Clients, words: str) -> None:
    client = await serve()
    patient, ana = await asked_for_a_person(client), await join(client, "ana")
    await stored(patient, words)
    assert await languages(client, ana, patient) == ("en", "en")
    await stored(patient, SPANISH)
    await stored(patient, words)
    assert await languages(client, ana, patient) == ("es", "es")


async def test_spanish_with_an_agent_is_seen_and_so_is_english_again(serve: Clients) -> None:
    client = await serve()
    patient, ana = await asked_for_a_person(client), await join(client, "ana")
    await ana.post(f"/api/handoffs/{await case_of(client, patient)}/claim")
    listener = await ana.listen()
    await listener.send("conversation.watch", conversation_id=patient.conversation_id, last_seq=0)
    # The lines of before say that it watches now.
    await listener.frame("message.posted")
    await stored(patient, SPANISH)
    await listener.frame("owner.changed")
    assert await languages(client, ana, patient) == ("es", "es")
    await stored(patient, "Sorry, I can write in English too")
    assert await languages(client, ana, patient) == ("en", "en")


async def test_whoever_speaks_the_new_language_is_given_the_case(serve: Clients) -> None:
    client = await serve()
    give_out(client)
    patient, eva = await asked_for_a_person(client), await join(client, "eva")
    await skilled(client, "eva", languages=("es",))
    await arrive(eva)
    case_id = await case_of(client, patient)
    await shift_of(client).run_once()
    assert await offered_to(client) == {}
    await stored(patient, SPANISH)
    await shift_of(client).run_once()
    assert list(await offered_to(client)) == [case_id]


async def test_danger_in_spanish_is_followed_by_spanish(serve: Clients) -> None:
    client = await serve()
    patient, ana = await Patient(client).connect(), await join(client, "ana")
    await patient.say("me duele mucho el pecho y no puedo respirar")
    await patient.frame("message.acknowledged")
    case_id = await case_of(client, patient)
    assert ids((await ana.get("/api/handoffs"))["waiting"]) == [case_id]
    assert await languages(client, ana, patient) == ("es", "es")
    await ana.post(f"/api/handoffs/{case_id}/claim")
    while "entró al chat" not in (await patient.line("system"))["text"]:
        pass


async def test_the_patients_own_switch_reaches_the_case_and_the_consoles(serve: Clients) -> None:
    client = await serve()
    patient, ana = await asked_for_a_person(client), await join(client, "ana")
    listener = await ana.listen()
    await listener.frame("queue.changed")
    await patient.send("language.set", language="es")
    await listener.frame("queue.changed")
    assert (await patient.frame("state.changed"))["state"]["language"] == "es"
    assert await languages(client, ana, patient) == ("es", "es")
