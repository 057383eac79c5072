"""Cards, their codes, passwords and Social Security numbers: stored sealed, shown to nobody."""

from __future__ import annotations

import json
from typing import Any

from aiohttp.test_utils import TestClient

from bot import keys
from bot.conversations.queries import messages_after
from bot.conversations.views import MessageView
from bot.staff.models import Role
from tests.web.colleagues import app_of, join
from tests.web.conftest import Patients
from tests.web.patients import Patient

CARD = "4111 1111 1111 1111"
SAID = f"here is my card {CARD}, i want a person"


async def stored(client: TestClient[Any, Any], ana: Patient) -> list[MessageView]:
    """The lines as the table has them."""
    app = app_of(client)
    async with app[keys.DATABASE].reading() as session:
        return await messages_after(session, app[keys.KEYS], ana.conversation_id or "", 0)


async def notices(client: TestClient[Any, Any], ana: Patient) -> list[str | None]:
    """The ids of what author `system` has said."""
    return [line.fixed_id for line in await stored(client, ana) if line.author == "system"]


async def test_a_card_number_is_hidden_from_the_screen_and_kept_as_it_was_sent(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    ana = await patient()
    await ana.say(SAID)
    acknowledged = await ana.frame("message.acknowledged")
    assert acknowledged["shown"] == "here is my card [card number hidden], i want a person"
    assert (await stored(client, ana))[0].text == SAID


async def test_ordinary_words_stay_as_they_were_typed(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    ana = await patient()
    await ana.say("my card says 30 copay, call me at 217-555-0142")
    assert (await ana.frame("message.acknowledged"))["shown"] is None
    await ana.line("bot")
    assert await notices(client, ana) == []


async def test_a_patient_who_comes_back_sees_the_hidden_form(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    ana = await patient(language="es")
    await ana.say("mi seguro social es 219-09-9999 y mi teléfono 217-555-0142")
    await ana.line("bot")
    back = Patient(client)
    back.token = ana.token
    await back.connect()
    first = (await back.frame("conversation.opened"))["messages"][0]
    assert first["text"] == (
        "mi seguro social es [número de Seguro Social oculto] y mi teléfono 217-555-0142"
    )


async def test_the_line_that_asks_not_to_send_them_is_said_once_in_the_patients_language(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    ana = await patient()
    await ana.say("my password is Maple#Tree9")
    line = await ana.line("system")
    assert "Please do not send card numbers" in json.dumps(line["blocks"])
    await ana.line("bot")
    await ana.say(f"and the card is {CARD}")
    await ana.line("bot")
    assert await notices(client, ana) == ["privacy.keep_secret"]


async def test_danger_is_answered_before_anything_is_said_about_numbers(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    ana = await patient()
    await ana.say(f"i want to kill myself, use my card {CARD} for the funeral")
    line = await ana.line("system")
    assert line["kind"] == "safety"
    assert "privacy.keep_secret" not in await notices(client, ana)


async def test_an_agent_sees_neither_the_card_nor_whose_it_is_in_the_queue(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    ana = await patient()
    await ana.say(f"my name is Ana Ruiz, {SAID}")
    await ana.frame("state.changed")
    sam = await join(client, "sam", Role.AGENT)
    waiting = (await sam.get("/api/handoffs"))["waiting"][0]
    assert waiting["question"] == "my name is [name], here is my card [card], i want a person"
    case = await sam.get(f"/api/conversations/{ana.conversation_id}")
    shown = "my name is Ana Ruiz, here is my card [card number hidden], i want a person"
    assert case["messages"][0]["text"] == shown
    assert case["packet"]["asked"] == [shown]


async def test_what_the_bot_holds_is_listed_without_identifiers(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    ana = await patient()
    await ana.say("my member id is XJB884201993, is it active")
    await ana.line("bot")
    sam = await join(client, "sam", Role.AGENT)
    held = await sam.get("/api/conversations?owner=bot")
    assert [one["last_line"] for one in held] == ["my member id is [member_id], is it active"]
    await sam.post(f"/api/conversations/{ana.conversation_id}/take-over")
    mine = (await sam.get("/api/handoffs"))["mine"][0]
    assert mine["question"] == "my member id is [member_id], is it active"
