"""E-mails go out once, by real SMTP, say nothing of health, and lead back to the conversation."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot import keys
from bot.app import CORE, create_app
from bot.outreach import outbox, postman
from bot.outreach.models import Contact, Mail
from bot.outreach.postman import Postman
from bot.outreach.service import Staff
from bot.outreach.templates import UnknownTemplate
from bot.settings import Settings
from bot.tasks import end
from bot.web.contact import report_present
from tests.assistants import Echo
from tests.mail_server import MailServer
from tests.web.colleagues import SAME_ORIGIN, app_of, join
from tests.web.desk_cases import CLIENT, Waiting
from tests.web.outreach_cases import (
    ADDRESS,
    NUMBER,
    MovedClock,
    Visitor,
    ledger,
    post,
    replied,
    stored,
    token_for,
    visitor_in_line,
)
from tests.web.patients import PATIENCE, Patient

LINK = re.compile(r"http://\S+?(/[ru]/[\w-]+)")


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as running:
        yield running


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(autouse=True)
def rounds_only_when_a_test_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postman, "EVERY_SECONDS", 3600.0)


@pytest.fixture
async def client(
    aiohttp_client: Any, settings: Settings, texts: None, server: MailServer, clock: MovedClock
) -> CLIENT:
    changed = settings.model_copy(
        update={"smtp_url": SecretStr(server.url), "mail_from": "desk@clinic.example"}
    )
    app = create_app(changed, load_assistant=lambda _: Echo(), clock=clock)
    opened: CLIENT = await aiohttp_client(app)
    return opened


async def answered(client: CLIENT, clock: MovedClock, **values: Any) -> tuple[Visitor, Waiting]:
    """A patient left an e-mail and then; an agent replied ten minutes ago."""
    visitor, case = await visitor_in_line(client)
    await visitor.leave("email", ADDRESS, **values)
    ana = await join(client, "ana")
    epoch = (await ana.post(f"/api/handoffs/{case.handoff_id}/claim"))["epoch"]
    me = await ana.get("/api/me")
    await replied(client, case, me["account_id"], epoch)
    clock.ahead += timedelta(minutes=10)
    return visitor, case


def addresses(server: MailServer) -> dict[str, str]:
    """The paths of the links in the last e-mail: `r` back to the chat, `u` no more e-mails."""
    body = server.last.get_body(("plain",))
    assert body is not None
    return {path[1]: path for path in LINK.findall(body.get_content())}


async def test_a_reply_that_nobody_saw_is_told_by_an_email_without_health_information(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    await answered(client, clock)
    await post(client)
    (delivered,) = server.delivered
    assert (delivered.recipients, delivered.sender) == ([ADDRESS], "desk@clinic.example")
    assert server.last["Subject"] == "You have a reply"
    whole = server.last.as_string()
    assert not re.search("biopsy|result|person about|aetna|EOB", whole, re.IGNORECASE)
    assert server.last["List-Unsubscribe"].endswith(f"{addresses(server)['u']}>")
    assert server.last["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in server.last.iter_parts()] == [
        "text/plain",
        "text/html",
    ]


async def test_a_running_process_sends_by_itself(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    await answered(client, clock)
    working = asyncio.create_task(app_of(client)[CORE].postman.run_forever())
    async with asyncio.timeout(PATIENCE):
        await server.arrived.wait()
    await end([working])
    assert server.last["To"] == ADDRESS


async def test_who_left_an_address_in_spanish_is_written_in_spanish(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    visitor, _ = await visitor_in_line(client)
    shown = await visitor._json(
        await client.get("/api/contact?lang=es", headers=visitor.headers), 200
    )
    await answered(client, clock, language="es", wording=shown["consent"]["email"]["hash"])
    await post(client)
    assert server.last["Subject"] == "Tiene una respuesta"
    assert server.last["Content-Language"] == "es"


async def test_no_email_goes_out_before_its_time_nor_twice_for_one_reply(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    await answered(client, clock)
    clock.ahead -= timedelta(minutes=8)
    await post(client)
    assert server.delivered == []
    clock.ahead += timedelta(minutes=8)
    await post(client)
    await post(client)
    assert len(server.delivered) == 1


async def test_who_has_the_chat_open_gets_no_email(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    _, case = await answered(client, clock)
    patient = Patient(client)
    patient.token = await token_for(client, case.conversation_id)
    await patient.connect()
    await patient.frame("conversation.opened")
    await report_present(app_of(client))
    await patient.close()
    clock.ahead += timedelta(minutes=10)
    await post(client)
    assert server.delivered == []


async def test_without_consent_nothing_goes_out(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    visitor, _ = await answered(client, clock)
    await visitor.withdraw("email")
    await post(client)
    assert (server.delivered, await stored(client, Mail)) == ([], [])


async def test_an_email_that_waits_is_dropped_when_consent_is_withdrawn(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    visitor, _ = await answered(client, clock)
    await app_of(client)[CORE].postman.tell_of_replies()
    await visitor.withdraw("email")
    await post(client)
    assert server.delivered == []
    assert [one.state for one in await stored(client, Mail)] == ["dropped"]


async def test_two_processes_send_one_email_once(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    await answered(client, clock)
    core = app_of(client)[CORE]
    other = Postman(
        core.database, core.keys, core.settings, lambda: core.knowledge.profile, core.outreach
    )
    await asyncio.gather(core.postman.run_once(), other.run_once())
    await asyncio.gather(core.postman.run_once(), other.run_once())
    assert len(server.delivered) == 1


async def test_a_mail_server_that_is_busy_is_asked_again_later(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    await answered(client, clock)
    server.refuse = "450 greylisted"
    await post(client)
    await post(client)
    assert server.sessions == 1
    server.refuse = ""
    clock.ahead += timedelta(minutes=2)
    await post(client)
    assert [one.state for one in await stored(client, Mail)] == ["sent"]
    assert len(server.delivered) == 1


async def test_an_address_that_does_not_exist_is_given_up_at_once(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    await answered(client, clock)
    server.refuse = "550 no such user"
    await post(client)
    (mail,) = await stored(client, Mail)
    assert (mail.state, mail.error, mail.body) == ("failed", "recipient_550", b"")


async def test_an_email_that_cannot_be_written_does_not_keep_the_next_one(
    client: CLIENT, server: MailServer
) -> None:
    outreach = app_of(client)[keys.OUTREACH]
    async with app_of(client)[keys.DATABASE].work() as work:
        for address in ("no address at all", "lead@clinic.example"):
            await outreach.send(work, "alarm", Staff(address), "en", count="3", minutes="25")
        await work.commit()
    await post(client)
    assert [one.recipients for one in server.delivered] == [["lead@clinic.example"]]
    assert [one.state for one in await stored(client, Mail)] == ["due", "sent"]


async def test_what_a_dead_process_had_claimed_is_sent_by_another(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    await answered(client, clock)
    core = app_of(client)[CORE]
    await core.postman.tell_of_replies()
    async with core.database.work() as work:
        (waiting,) = await stored(client, Mail)
        assert await outbox.claim(work, core.keys, waiting.id, clock())
        await work.commit()
    await post(client)
    assert server.delivered == []
    clock.ahead += timedelta(minutes=3)
    await post(client)
    assert len(server.delivered) == 1


async def test_looking_at_the_link_does_not_use_it_and_the_button_does_once(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    _, case = await answered(client, clock)
    await post(client)
    path = addresses(server)["r"]
    for _ in range(2):
        page = await client.get(path)
        assert (page.status, "Open my chat" in await page.text()) == (200, True)
    pressed = await client.post(path, headers=SAME_ORIGIN)
    patient = Patient(client)
    patient.token = (await pressed.json())["token"]
    await patient.connect()
    opened = await patient.frame("conversation.opened")
    assert opened["conversation_id"] == case.conversation_id
    assert any(one["author"] == "agent" for one in opened["messages"])
    assert (await client.post(path, headers=SAME_ORIGIN)).status == 404
    assert (await client.get(path)).status == 404


async def test_the_first_screen_goes_on_working_after_the_link_was_used(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    visitor, _ = await answered(client, clock)
    await post(client)
    await client.post(addresses(server)["r"], headers=SAME_ORIGIN)
    assert (await visitor.read())["saved"]


async def test_ending_the_chat_voids_the_link_and_what_it_was_exchanged_for(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    _, case = await answered(client, clock)
    await post(client)
    path = addresses(server)["r"]
    token = (await (await client.post(path, headers=SAME_ORIGIN)).json())["token"]
    await app_of(client)[keys.GATEWAY].end(case.conversation_id)
    await Visitor(client, token).read(404)


async def test_a_link_ends_with_its_time_and_from_another_site_it_never_works(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    await answered(client, clock)
    await post(client)
    path = addresses(server)["r"]
    assert (await client.post(path, headers={"Sec-Fetch-Site": "cross-site"})).status == 403
    clock.ahead += timedelta(hours=73)
    assert (await client.post(path, headers=SAME_ORIGIN)).status == 404


async def test_one_click_in_the_mail_program_ends_the_emails(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    visitor, _ = await answered(client, clock)
    await post(client)
    path = addresses(server)["u"]
    assert "Stop e-mails" in await (await client.get(path)).text()
    assert len((await visitor.read())["saved"]) == 1
    for _ in range(2):
        done = await client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert done.status == 200
    assert (await visitor.read())["saved"] == []
    assert (await ledger(client))[-1] == ("withdrawn", "email", "link")


async def test_staff_are_written_to_without_consent_and_without_links(
    client: CLIENT, server: MailServer
) -> None:
    outreach = app_of(client)[keys.OUTREACH]
    async with app_of(client)[keys.DATABASE].work() as work:
        staff = Staff("lead@clinic.example")
        await outreach.send(work, "alarm", staff, "en", count="3", minutes="25")
        await work.commit()
    await post(client)
    assert server.last["Subject"] == "Careline: 3 waiting"
    assert addresses(server) == {}


async def test_a_template_takes_its_values_and_its_readers_and_no_others(client: CLIENT) -> None:
    outreach = app_of(client)[keys.OUTREACH]
    async with app_of(client)[keys.DATABASE].work() as work:
        for template in ("alarm", "reply", "unknown"):
            with pytest.raises(UnknownTemplate):
                await outreach.send(work, template, Staff("lead@clinic.example"), "en")


async def test_a_phone_number_is_never_written_to(client: CLIENT) -> None:
    visitor, _ = await visitor_in_line(client)
    await visitor.leave("phone", NUMBER)
    (contact,) = await stored(client, Contact)
    async with app_of(client)[keys.DATABASE].work() as work:
        assert await app_of(client)[keys.OUTREACH].send(work, "follow_up", contact, "en") is None


async def test_without_a_mail_server_email_is_neither_offered_nor_sent(
    aiohttp_client: Any, settings: Settings, texts: None
) -> None:
    client: CLIENT = await aiohttp_client(create_app(settings, load_assistant=lambda _: Echo()))
    visitor, _ = await visitor_in_line(client)
    assert (await visitor.read())["offered"] == ["phone"]
    await visitor.leave("email", ADDRESS, 422)
    async with app_of(client)[keys.DATABASE].work() as work:
        staff = Staff("lead@clinic.example")
        sent = await app_of(client)[keys.OUTREACH].send(
            work, "alarm", staff, "en", count="3", minutes="25"
        )
    assert sent is None


async def test_who_leaves_an_email_and_clears_the_screen_keeps_the_case_and_is_written(
    client: CLIENT, server: MailServer, clock: MovedClock
) -> None:
    visitor, case = await visitor_in_line(client)
    await visitor.leave("email", ADDRESS)
    patient = Patient(client)
    patient.token = await token_for(client, case.conversation_id)
    await patient.connect()
    await patient.send("conversation.end")
    assert (await patient.frame("conversation.ended"))["stays"] is True
    back = Patient(client)
    back.token = patient.token
    await back.connect()
    assert (await back.frame("error"))["code"] == "not_found"
    ana = await join(client, "ana")
    epoch = (await ana.post(f"/api/handoffs/{case.handoff_id}/claim"))["epoch"]
    me = await ana.get("/api/me")
    await replied(client, case, me["account_id"], epoch)
    await ana.post(f"/api/handoffs/{case.handoff_id}/resolve", outcome="answered")
    clock.ahead += timedelta(minutes=10)
    await post(client)
    assert server.last["To"] == ADDRESS
    response = await client.get(addresses(server)["r"])
    assert response.status == 200
    shown = await ana.get(f"/api/conversations/{case.conversation_id}")
    assert "chat_ended" in [one["kind"] for one in shown["history"]]


async def test_who_took_the_email_back_cancels_the_request_by_ending_the_chat(
    client: CLIENT,
) -> None:
    visitor, case = await visitor_in_line(client)
    await visitor.leave("email", ADDRESS)
    await visitor.withdraw("email")
    patient = Patient(client)
    patient.token = await token_for(client, case.conversation_id)
    await patient.connect()
    await patient.send("conversation.end")
    assert (await patient.frame("conversation.ended"))["stays"] is False
    ana = await join(client, "ana")
    await ana.post(f"/api/handoffs/{case.handoff_id}/claim", status=409)
