"""The case's file: its packet, whom the agent speaks with, and who else is looking."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from bot import keys
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.models import QUEUE
from bot.effects import Priority, Reason
from bot.handoff import service as handoff
from bot.handoff.cases import Request
from bot.handoff.models import IdentityCheck
from bot.privacy.models import AuditEvent
from tests.web.colleagues import app_of, join
from tests.web.conftest import Patients
from tests.web.desk_cases import CLIENT, Waiting, claimed, held_by_bot, waiting

WHO: dict[str, Any] = {
    "who": "Petra Lindqvist",
    "concerns": "self",
    "method": "details",
    "verified": True,
}


async def asked_about(client: CLIENT, reason: Reason, *topics: str) -> Waiting:
    conversation_id = await held_by_bot(client, "how much do I owe at Riverside")
    app = app_of(client)
    async with app[keys.DATABASE].work() as work:
        said = Draft(author="patient", text="that is not what I asked", language="en")
        await conversations.store_patient_message(work, app[keys.KEYS], conversation_id, said)
        packet = {"question": "how much do I owe", "topics": list(topics), "details": {}}
        request = Request(conversation_id, reason, Priority.NORMAL, "en", None, packet)
        handoff_id = await handoff.request(work, app[keys.KEYS], request)
        await conversations.change_owner(work, conversation_id, owner="bot", epoch=1, to=QUEUE)
        await work.commit()
    return Waiting(conversation_id, handoff_id)


async def test_the_packet_says_what_was_answered_what_came_after_it_and_which_site(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    case = await asked_about(client, Reason.ACCOUNT, "bil.my_bill_why")
    packet = (await ana.get(f"/api/conversations/{case.conversation_id}"))["packet"]
    (answer,) = packet["answers"]
    assert (answer["version_id"], answer["slug"]) == (1, "eob")
    assert answer["then"] == ["that is not what I asked"]
    assert packet["site"] == "Riverside"
    assert packet["topic_names"] == ["A question on my own bill"]
    assert packet["earlier"] == []


@pytest.mark.parametrize(
    ("reason", "topic", "needed"),
    [
        (Reason.ACCOUNT, "cov.eob", True),
        (Reason.RECORDS, "cov.eob", True),
        (Reason.ASKED, "bil.my_bill_why", True),
        (Reason.ASKED, "cov.eob", False),
        (Reason.EMERGENCY, "cov.eob", False),
    ],
)
async def test_an_identity_check_is_called_for_where_facts_of_an_account_are(
    client: CLIENT, reason: Reason, topic: str, needed: bool
) -> None:
    ana = await join(client, "ana")
    case = await asked_about(client, reason, topic)
    shown = await ana.get(f"/api/conversations/{case.conversation_id}")
    assert shown["identity"] == {"needed": needed, "checks": []}


async def test_an_identity_check_is_shown_sealed_and_logged_by_code_only(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case, _ = await claimed(client, ana)
    path = f"/api/handoffs/{case.handoff_id}/identity"
    child = WHO | {"concerns": "child", "patient": "Kim", "authority": "mother, on the chart"}
    await ana.post(path, **child)
    shown = await ana.get(f"/api/conversations/{case.conversation_id}")
    (check,) = shown["identity"]["checks"]
    assert check | {"at": "", "id": 0} == {
        **child,
        "id": 0,
        "at": "",
        "this_case": True,
        "agent_name": "Ana",
    }
    async with app_of(client)[keys.DATABASE].reading() as session:
        row = (await session.scalars(select(IdentityCheck))).one()
        logged = (
            await session.scalars(
                select(AuditEvent.detail).where(AuditEvent.action == "identity.checked")
            )
        ).one()
    assert logged == {
        "handoff": case.handoff_id,
        "concerns": "child",
        "method": "details",
        "outcome": "verified",
    }
    for word in (b"Petra", b"Kim", b"mother"):
        assert word not in bytes(row.body)


async def test_a_check_that_failed_is_kept_too_and_stands_in_the_way_of_nothing(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    case, epoch = await claimed(client, ana)
    await ana.post(f"/api/handoffs/{case.handoff_id}/identity", **WHO | {"verified": False})
    path = f"/api/conversations/{case.conversation_id}"
    (check,) = (await ana.get(path))["identity"]["checks"]
    assert check["verified"] is False
    body: dict[str, Any] = {"text": "General help", "epoch": epoch, "client_id": "client-0001"}
    await ana.post(f"{path}/messages", **body)


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"who": " "}, 422, "who"),
        ({"method": "a feeling"}, 422, "method"),
        ({"concerns": "neighbour"}, 422, "concerns"),
        ({"concerns": "parent"}, 422, None),
        ({"concerns": "parent", "patient": "Old Kim"}, 422, None),
    ],
)
async def test_a_check_without_what_it_needs_is_refused(
    client: CLIENT, changes: dict[str, Any], status: int, field: str | None
) -> None:
    ana = await join(client, "ana")
    case, _ = await claimed(client, ana)
    path = f"/api/handoffs/{case.handoff_id}/identity"
    assert (await ana.post(path, status, **WHO | changes))["error"]["field"] == field


async def test_only_whoever_has_the_case_writes_a_check(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case, _ = await claimed(client, ana)
    await ben.post(f"/api/handoffs/{case.handoff_id}/identity", 403, **WHO)
    free = await waiting(client)
    await ana.post(f"/api/handoffs/{free.handoff_id}/identity", 403, **WHO)


async def test_nothing_of_a_check_or_of_a_case_file_reaches_the_patient(
    client: CLIENT, patient: Patients
) -> None:
    ana = await join(client, "ana")
    visitor = await patient()
    await visitor.say("hello there")
    await visitor.line("bot")
    taken = await ana.post(f"/api/conversations/{visitor.conversation_id}/take-over")
    await ana.post(f"/api/handoffs/{taken['handoff_id']}/identity", **WHO)
    reply = {"text": "Hi", "epoch": taken["epoch"], "client_id": "client-0001"}
    await ana.post(f"/api/conversations/{visitor.conversation_id}/messages", **reply)
    await visitor.line("agent")
    seen = json.dumps(visitor.frames)
    assert "Hi" in seen
    for word in ("Petra", "identity", "verified"):
        assert word not in seen


async def test_two_agents_who_look_at_the_same_case_are_told_of_each_other(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case = await waiting(client)
    one, other = await ana.listen(), await ben.listen()
    await one.send("conversation.look", conversation_id=case.conversation_id)
    await other.send("conversation.look", conversation_id=case.conversation_id)
    assert (await one.frame("lookers.changed"))["names"] == ["Ben"]
    assert (await other.frame("lookers.changed"))["names"] == ["Ana"]
    await one.send("conversation.look", conversation_id=None)
    assert (await other.frame("lookers.changed"))["names"] == []
    await one.send("conversation.look", conversation_id=case.conversation_id)
    assert (await other.frame("lookers.changed"))["names"] == ["Ana"]
    await one.socket.close()
    assert (await other.frame("lookers.changed"))["names"] == []


async def test_a_second_window_of_ones_own_is_nobody_else(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case = await waiting(client)
    for _ in range(2):
        window = await ana.listen()
        await window.send("conversation.look", conversation_id=case.conversation_id)
        await window.send("ping")
        await window.frame("pong")
    other = await ben.listen()
    await other.send("conversation.look", conversation_id=case.conversation_id)
    assert (await other.frame("lookers.changed"))["names"] == ["Ana"]
    assert (await window.frame("lookers.changed"))["names"] == ["Ben"]
    await window.send("conversation.look", conversation_id="0" * 32)
    assert (await window.frame("error"))["code"] == "not_found"
