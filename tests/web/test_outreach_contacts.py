"""A waiting patient may leave an address, change it, and take consent back in any way."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from bot import keys
from bot.app import create_app
from bot.outreach import ledger as consent
from bot.outreach.models import ConsentEvent, Contact
from bot.settings import Settings
from tests.assistants import Echo
from tests.web.colleagues import app_of, join
from tests.web.desk_cases import CLIENT, audited, held_by_bot
from tests.web.outreach_cases import (
    ADDRESS,
    NUMBER,
    MovedClock,
    Visitor,
    ledger,
    stored,
    token_for,
    visitor_in_line,
)
from tests.web.patients import Patient, origin_of


@pytest.fixture
async def client(aiohttp_client: Any, settings: Settings, texts: None) -> CLIENT:
    """A clinic with a mail server in its settings; nothing listens there."""
    changed = settings.model_copy(
        update={
            "smtp_url": settings.smtp_url.__class__("smtp://127.0.0.1:9"),
            "mail_from": "desk@clinic.example",
        }
    )
    app = create_app(changed, load_assistant=lambda _: Echo(), clock=MovedClock())
    opened: CLIENT = await aiohttp_client(app)
    return opened


async def spoken_in_line(client: CLIENT) -> tuple[Patient, Visitor]:
    """A patient with an open socket who waits for a person and has left an e-mail."""
    visitor, case = await visitor_in_line(client)
    patient = Patient(client)
    patient.token = await token_for(client, case.conversation_id)
    await patient.connect()
    await patient.frame("conversation.opened")
    await visitor.leave("email", ADDRESS)
    return patient, visitor


async def test_an_address_is_kept_sealed_and_shown_masked(client: CLIENT) -> None:
    visitor, _ = await visitor_in_line(client)
    state = await visitor.leave("email", ADDRESS)
    assert state["saved"] == [
        {"channel": "email", "shown": "a•••@example.com", "best_time": "any", "days": []}
    ]
    (contact,) = await stored(client, Contact)
    assert ADDRESS.encode() not in contact.address
    assert await ledger(client) == [("given", "email", "form")]


async def test_the_agent_finds_the_preference_in_the_packet_and_nothing_more(
    client: CLIENT,
) -> None:
    visitor, case = await visitor_in_line(client)
    await visitor.leave("phone", NUMBER, best_time="morning", days=["mon", "fri"])
    ana = await join(client, "ana")
    packet = (await ana.get(f"/api/conversations/{case.conversation_id}"))["packet"]
    assert packet["contact_preference"] == "Call •••-•••-0142 (mornings, Mon, Fri)"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"address": "ana"}, "address"),
        ({"consent": False}, "consent"),
        ({"days": ["someday"]}, "days.0"),
    ],
)
async def test_what_is_wrong_is_refused_by_field_and_nothing_is_kept(
    client: CLIENT, values: dict[str, Any], field: str
) -> None:
    visitor, _ = await visitor_in_line(client)
    sent = {"address": ADDRESS, **values}
    error = (await visitor.leave("email", status=422, **sent))["error"]
    assert (error["field"], bool(error["remedy"])) == (field, True)
    assert (await stored(client, Contact), await ledger(client)) == ([], [])


async def test_consent_to_words_that_have_changed_since_does_not_count(client: CLIENT) -> None:
    visitor, _ = await visitor_in_line(client)
    await visitor.leave("email", ADDRESS, 409, wording="0123456789abcdef")
    assert await ledger(client) == []


async def test_nobody_is_asked_for_an_address_who_does_not_wait(client: CLIENT) -> None:
    conversation_id = await held_by_bot(client)
    visitor = Visitor(client, await token_for(client, conversation_id))
    assert (await visitor.read())["offered"] == []
    await visitor.leave("email", ADDRESS, 409)


async def test_a_stranger_can_neither_read_nor_save(client: CLIENT) -> None:
    await visitor_in_line(client)
    stranger = Visitor(client, "x" * 43)
    await stranger.read(404)
    nameless = await client.get("/api/contact")
    assert nameless.status == 401
    elsewhere = {"Authorization": "Bearer x", "Origin": "https://evil.example"}
    refused = await client.put("/api/contact", json={}, headers=elsewhere)
    assert (refused.status, origin_of(client) != elsewhere["Origin"]) == (403, True)


async def test_another_address_takes_the_place_of_the_first(client: CLIENT) -> None:
    visitor, _ = await visitor_in_line(client)
    await visitor.leave("email", ADDRESS)
    state = await visitor.leave("email", "luis@example.com")
    assert [one["shown"] for one in state["saved"]] == ["l•••@example.com"]
    events = [
        ("given", "email", "form"),
        ("withdrawn", "email", "form"),
        ("given", "email", "form"),
    ]
    assert await ledger(client) == events


async def test_withdrawing_in_the_form_erases_the_address_and_again_is_fine(
    client: CLIENT,
) -> None:
    visitor, _ = await visitor_in_line(client)
    await visitor.leave("email", ADDRESS)
    assert (await visitor.withdraw("email"))["saved"] == []
    assert (await visitor.withdraw("email"))["saved"] == []
    (contact,) = await stored(client, Contact)
    assert contact.address is None
    assert await ledger(client) == [("given", "email", "form"), ("withdrawn", "email", "form")]
    assert len(await audited(client, "contact.withdrawn")) == 1


@pytest.mark.parametrize("words", ["please stop emailing me", "ya no me manden correos"])
async def test_free_words_in_the_chat_withdraw_and_are_confirmed(
    client: CLIENT, words: str
) -> None:
    patient, visitor = await spoken_in_line(client)
    await patient.say(words)
    line = await patient.line("system")
    assert "any more" in line["text"] or "Ya no" in line["text"]
    assert (await visitor.read())["saved"] == []
    assert (await ledger(client))[-1] == ("withdrawn", "email", "chat")


async def test_words_that_only_sound_alike_change_nothing(client: CLIENT) -> None:
    patient, visitor = await spoken_in_line(client)
    await patient.say("how do I stop my Medicaid")
    await patient.frame("message.acknowledged")
    assert len((await visitor.read())["saved"]) == 1
    assert await ledger(client) == [("given", "email", "form")]


async def left_with_the_assistant(client: CLIENT) -> Patient:
    """A patient who has left an e-mail and whom the assistant has back."""
    patient = Patient(client)
    await patient.connect()
    await patient.say("hello")
    await patient.line("bot")
    assert patient.conversation_id
    app = app_of(client)
    now = app[keys.OUTREACH].now()
    async with app[keys.DATABASE].work() as work:
        contact = Contact(
            conversation_id=patient.conversation_id,
            channel="email",
            address=app[keys.KEYS].seal(ADDRESS, f"contact:{patient.conversation_id}:email"),
            address_hash="0" * 64,
            language="en",
            best_time="any",
            days="",
            saved_at=now,
            seen_at=now,
        )
        work.session.add(contact)
        await work.commit()
    return patient


async def test_the_assistant_does_not_talk_over_a_confirmed_stop(client: CLIENT) -> None:
    patient = await left_with_the_assistant(client)
    await patient.say("stop emailing me")
    assert (await patient.line("system"))["text"].startswith("Done.")
    await patient.say("thank you")
    assert "thank you" in (await patient.line("bot"))["text"]
    said = [one for one in patient.frames if one["type"] == "message.posted"]
    assert not any("stop emailing" in (one["message"]["text"] or "") for one in said)


async def test_a_question_beside_the_stop_is_answered_too(client: CLIENT) -> None:
    patient = await left_with_the_assistant(client)
    await patient.say("stop emailing me. do you take aetna for my kids?")
    assert (await patient.line("system"))["text"].startswith("Done.")
    assert "aetna" in (await patient.line("bot"))["text"]


async def test_stop_where_nothing_was_left_goes_to_the_assistant(client: CLIENT) -> None:
    patient = Patient(client)
    await patient.connect()
    await patient.say("stop emailing me")
    assert "stop emailing me" in (await patient.line("bot"))["text"]


async def test_the_same_address_is_withdrawn_in_every_conversation(client: CLIENT) -> None:
    first, _ = await visitor_in_line(client)
    second, _ = await visitor_in_line(client)
    await first.leave("phone", NUMBER)
    await second.leave("phone", "+1 (217) 555 0142")
    await first.withdraw("phone")
    assert (await second.read())["saved"] == []


async def test_the_ledger_refuses_to_be_changed(client: CLIENT) -> None:
    visitor, _ = await visitor_in_line(client)
    await visitor.leave("email", ADDRESS)
    database = app_of(client)[keys.DATABASE]
    for statement in (update(ConsentEvent).values(how="chat"), delete(ConsentEvent)):
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.engine.begin() as connection:
                await connection.execute(statement)


async def test_the_exported_ledger_proves_consent_and_holds_no_address(client: CLIENT) -> None:
    visitor, case = await visitor_in_line(client)
    await visitor.leave("email", ADDRESS)
    await visitor.leave("phone", NUMBER)
    out = io.StringIO()
    async with app_of(client)[keys.DATABASE].reading() as session:
        assert await consent.export(session, out) == 2
    sheet = out.getvalue()
    assert "outreach.consent_email" in sheet and case.conversation_id in sheet
    assert "example" not in sheet and "0142" not in sheet
