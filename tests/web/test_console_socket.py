"""What a console hears, and when it stops hearing."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from aiohttp.test_utils import TestClient
from sqlalchemy import delete

from bot import keys
from bot.staff.models import Role, StaffSession
from bot.web import console_socket
from tests.web.colleagues import app_of, join
from tests.web.conftest import Patients
from tests.web.desk_cases import claimed, held_by_bot, line, waiting
from tests.web.patients import PATIENCE, origin_of

CLIENT = TestClient[Any, Any]


async def test_the_socket_opens_only_for_agents_from_our_own_pages(client: CLIENT) -> None:
    ana, eva = await join(client, "ana"), await join(client, "eva", Role.EDITOR)
    own = {"Origin": origin_of(client)}
    refused = [
        own,
        {"Cookie": ana.headers["Cookie"]},
        {"Cookie": ana.headers["Cookie"], "Origin": "https://evil.example"},
        {"Cookie": eva.headers["Cookie"], **own},
    ]
    statuses = []
    for headers in refused:
        with pytest.raises(WSServerHandshakeError) as error:
            await client.ws_connect("/console/ws", headers=headers)
        statuses.append(error.value.status)
    assert statuses == [401, 403, 403, 403]
    listener = await ana.listen()
    await listener.frame("queue.changed")


async def test_a_new_handoff_and_a_claim_change_everyones_queue(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    listener = await ben.listen()
    await listener.frame("queue.changed")
    case = await waiting(client)
    await listener.frame("queue.changed")
    await ana.post(f"/api/handoffs/{case.handoff_id}/claim")
    await listener.frame("queue.changed")


async def test_watching_brings_the_lines_after_the_last_one_known_and_then_new_ones(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    case, epoch = await claimed(client, ana)
    path = f"/api/conversations/{case.conversation_id}"
    before = (await ana.get(path))["messages"]
    listener = await ana.listen()
    await listener.send(
        "conversation.watch", conversation_id=case.conversation_id, last_seq=before[0]["seq"]
    )
    caught_up = [(await listener.frame("message.posted"))["message"] for _ in before[1:]]
    assert caught_up == before[1:]
    await ana.post(f"{path}/messages", **line("Hello!", epoch))
    posted = await listener.frame("message.posted")
    assert posted["conversation_id"] == case.conversation_id
    assert posted["message"]["text"] == "Hello!"
    assert posted["message"]["seq"] == before[-1]["seq"] + 1


async def test_what_is_not_watched_is_not_sent(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case, epoch = await claimed(client, ana)
    watched, _ = await claimed(client, ana)
    listener = await ana.listen()
    await listener.send("conversation.watch", conversation_id=case.conversation_id)
    await listener.send("conversation.unwatch", conversation_id=case.conversation_id)
    await listener.send("conversation.watch", conversation_id=watched.conversation_id)
    path = f"/api/conversations/{case.conversation_id}"
    await ana.post(f"{path}/messages", **line("Not for this socket", epoch))
    await ana.post(f"{path}/notes", text="Nor this")
    await ana.post(f"/api/conversations/{watched.conversation_id}/notes", text="But this")
    await listener.frame("note.posted")
    told = [one for one in listener.frames if one.get("conversation_id") == case.conversation_id]
    assert told == []


async def test_watchers_hear_of_notes_without_their_words_and_of_a_new_owner(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case = await waiting(client)
    listener = await ben.listen()
    await listener.send("conversation.watch", conversation_id=case.conversation_id)
    await listener.send("ping")
    await listener.frame("pong")
    await ana.post(f"/api/conversations/{case.conversation_id}/notes", text="a private thing")
    assert await listener.frame("note.posted") == {
        "type": "note.posted",
        "conversation_id": case.conversation_id,
    }
    await ana.post(f"/api/handoffs/{case.handoff_id}/claim")
    assert (await listener.frame("owner.changed"))["conversation_id"] == case.conversation_id


async def test_patient_and_agent_see_each_other_typing_and_only_the_owner_may_be_seen(
    client: CLIENT, patient: Patients
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    visitor = await patient()
    await visitor.say("hello there")
    await visitor.line("bot")
    conversation_id = visitor.conversation_id
    await ana.post(f"/api/conversations/{conversation_id}/take-over")
    mine, other = await ana.listen(), await ben.listen()
    await mine.send("conversation.watch", conversation_id=conversation_id)
    await mine.send("ping")
    await mine.frame("pong")
    await visitor.send("typing.set", typing=True)
    shown = await mine.frame("typing.shown")
    assert (shown["conversation_id"], shown["typing"]) == (conversation_id, True)
    await other.send("typing.set", conversation_id=conversation_id, typing=True)
    assert (await other.frame("error"))["code"] == "forbidden"
    await mine.send("typing.set", conversation_id=conversation_id, typing=True)
    await visitor.frame("typing.shown", author="agent", typing=True)


@pytest.mark.parametrize(
    "raw",
    [
        *("not json", "[]", "{}", '{"type": "nothing.known"}'),
        '{"type": "conversation.watch"}',
        '{"type": "conversation.watch", "conversation_id": "%s"}' % ("0" * 32),
        '{"type": "conversation.watch", "conversation_id": "\' OR 1=1"}',
        '{"type": "ping", "more": 1}',
    ],
)
async def test_a_bad_frame_gets_an_error_and_the_socket_goes_on(client: CLIENT, raw: str) -> None:
    ana = await join(client, "ana")
    listener = await ana.listen()
    await listener.socket.send_str(raw)
    error = await listener.frame("error")
    assert error["code"] in ("invalid", "not_found")
    await listener.send("ping")
    await listener.frame("pong")


async def test_the_socket_closes_when_the_sign_in_ends(
    client: CLIENT, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_socket, "RECHECK_SECONDS", 0.05)
    ana = await join(client, "ana")
    listener = await ana.listen()
    await listener.frame("queue.changed")
    async with app_of(client)[keys.DATABASE].work() as work:
        await work.session.execute(delete(StaffSession))
        await work.commit()
    # That a colleague has come may be told before.
    while (closed := await listener.socket.receive(timeout=PATIENCE)).type is WSMsgType.TEXT:
        pass
    assert closed.type is WSMsgType.CLOSE
    assert closed.data == console_socket.SESSION_ENDED


async def test_a_closed_socket_is_forgotten_by_the_bus(client: CLIENT) -> None:
    ana = await join(client, "ana")
    bus = app_of(client)[keys.DATABASE].bus
    before = len(bus._listeners)
    listener = await ana.listen()
    await listener.frame("queue.changed")
    assert len(bus._listeners) == before + 1
    await listener.socket.close()
    await held_by_bot(client)
    assert len(bus._listeners) == before
