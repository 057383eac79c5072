"""What a patient meets on the socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from aiohttp.test_utils import TestClient
from sqlalchemy import func, select

from bot.app import create_app
from bot.assistant.host import State
from bot.conversations.models import Conversation, Message, Turn
from bot.db import Database
from bot.handoff.models import Handoff
from bot.keys import ASSISTANT
from bot.settings import Settings
from tests.assistants import Failing, Hanging, Stalled
from tests.web.conftest import Clients, Patients
from tests.web.patients import PATIENCE, Patient, origin_of


async def count(database: Database, column: Any, *conditions: Any) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count(column)).where(*conditions)) or 0


async def test_opening_stores_nothing_and_the_first_message_starts_a_conversation(
    patient: Patients, database: Database
) -> None:
    ana = await patient()
    await ana.frame("conversation.opened", conversation_id=None)
    assert await count(database, Conversation.id) == 0
    await ana.say("hello")
    await ana.frame("conversation.started")
    assert await count(database, Conversation.id) == 1


async def test_a_message_is_acknowledged_then_answered_in_dense_order(patient: Patients) -> None:
    ana = await patient()
    client_id = await ana.say("hello")
    acknowledged = await ana.frame("message.acknowledged")
    assert (acknowledged["client_id"], acknowledged["seq"]) == (client_id, 1)
    answer = await ana.line("bot")
    assert answer["seq"] == 2
    assert answer["blocks"] == [
        {"type": "paragraph", "children": [{"type": "text", "text": "You said: hello"}]}
    ]


async def test_the_same_message_sent_twice_is_stored_and_answered_once(
    patient: Patients, database: Database
) -> None:
    ana = await patient()
    await ana.say("hello", "client-same")
    await ana.line("bot")
    await ana.say("hello", "client-same")
    again = await ana.frame("message.acknowledged")
    assert again["seq"] == 1
    await asyncio.sleep(0.2)
    assert await count(database, Message.id) == 2


async def test_a_client_that_reconnects_is_replayed_what_it_missed(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    ana = await patient()
    await ana.say("first")
    await ana.line("bot")
    await ana.say("slow second")
    await ana.frame("message.acknowledged")
    await ana.close()
    await asyncio.sleep(1)
    back = Patient(client)
    back.token = ana.token
    await back.connect(last_seq=2)
    opened = await back.frame("conversation.opened")
    assert [message["seq"] for message in opened["messages"]] == [3, 4]
    assert opened["messages"][1]["text"] == "You said: slow second"


async def test_two_windows_of_one_patient_show_the_same_lines(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    one = await patient()
    await one.say("hello")
    await one.line("bot")
    two = Patient(client)
    two.token = one.token
    await two.connect()
    await two.frame("conversation.opened")
    await one.say("again")
    assert (await two.line("patient"))["text"] == "again"
    assert (await two.line("bot"))["text"] == "You said: again"


async def test_a_wrong_token_opens_nothing_and_says_what_to_do(
    client: TestClient[Any, Any],
) -> None:
    eve = Patient(client)
    eve.token = "x" * 43
    await eve.connect()
    refused = await eve.frame("error")
    assert refused["code"] == "not_found"
    assert refused["remedy"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_a_socket_from_another_origin_is_refused(
    client: TestClient[Any, Any], origin: str | None
) -> None:
    headers = {"Origin": origin} if origin else {}
    with pytest.raises(WSServerHandshakeError) as refused:
        await client.ws_connect("/widget/ws", headers=headers)
    assert refused.value.status == 403
    socket = await client.ws_connect("/widget/ws", headers={"Origin": origin_of(client)})
    await socket.close()


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ("not json", "frame"),
        ('{"type": "handoff.claim"}', "type"),
        ('{"type": "message.send", "client_id": "client-01", "text": 7}', "text"),
        ('{"type": "message.send", "client_id": "client-01", "text": "  \\n "}', "text"),
        ('{"type": "message.send", "client_id": "client-01", "text": "\\u0000\\u0007"}', "text"),
    ],
)
async def test_bad_input_is_refused_by_field_and_changes_nothing(
    patient: Patients, database: Database, raw: str, field: str
) -> None:
    ana = await patient()
    await ana.frame("conversation.opened")
    await ana.socket.send_str(raw)
    refused = await ana.frame("error")
    assert refused["field"] == field
    assert refused["message"]
    assert await count(database, Conversation.id) == 0
    await ana.say("hello")
    assert (await ana.line("bot"))["text"] == "You said: hello"


async def test_a_megabyte_is_refused_and_the_socket_stays_open(patient: Patients) -> None:
    ana = await patient()
    client_id = await ana.say("x" * 1_000_000)
    refused = await ana.frame("error")
    assert (refused["code"], refused["client_id"]) == ("too_long", client_id)
    await ana.say("hello")
    assert (await ana.line("bot"))["text"] == "You said: hello"


async def test_binary_frames_are_refused(patient: Patients) -> None:
    ana = await patient()
    await ana.socket.send_bytes(b"\x00\x01")
    assert (await ana.frame("error"))["field"] == "frame"


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "'; DROP TABLE messages; --",
        '/intent{"x": 1}',
        "{{ clinic.phone }} {time} %s",
        "[click](javascript:alert(1))",
    ],
)
async def test_markup_and_commands_are_only_words(
    patient: Patients, words: str, client: TestClient[Any, Any]
) -> None:
    ana = await patient()
    await ana.say(words)
    await ana.line("bot")
    back = Patient(client)
    back.token = ana.token
    await back.connect()
    stored = (await back.frame("conversation.opened"))["messages"][0]
    assert stored["text"] == words
    assert stored["blocks"] is None, "a patient's words are never rendered as Markdown"


async def test_a_very_long_message_is_kept_whole_and_the_patient_is_told(
    patient: Patients, client: TestClient[Any, Any]
) -> None:
    ana = await patient()
    await ana.say("word " * 1000)
    acknowledged = await ana.frame("message.acknowledged")
    assert acknowledged["truncated"] is True
    notice = await ana.line("system")
    assert "2,000" in notice["text"]
    back = Patient(client)
    back.token = ana.token
    await back.connect()
    stored = (await back.frame("conversation.opened"))["messages"][0]
    assert len(stored["text"]) == 4999


async def test_asking_for_a_person_brings_a_promise_and_the_state_of_the_queue(
    patient: Patients, database: Database
) -> None:
    ana = await patient()
    await ana.say("a person please")
    promise = await ana.line("system")
    assert promise["kind"] == "notice"
    state = (await ana.frame("state.changed"))["state"]
    assert state["owner"] == "queue"
    assert state["promise"]["said"] in promise["text"]
    assert await count(database, Handoff.id, Handoff.reason == "asked") == 1


async def test_while_a_person_is_awaited_the_bot_is_silent(patient: Patients) -> None:
    ana = await patient()
    await ana.say("a person please")
    await ana.frame("state.changed")
    await ana.say("hello?")
    await ana.frame("message.acknowledged")
    await asyncio.sleep(0.3)
    await ana.send("ping")
    await ana.frame("pong")
    spoken = [f["message"]["text"] for f in ana.frames if f["type"] == "message.posted"]
    assert "You said: hello?" not in spoken


async def test_ending_the_chat_voids_the_token_and_closes_the_case(
    client: TestClient[Any, Any], patient: Patients, database: Database
) -> None:
    ana = await patient()
    await ana.say("a person please")
    await ana.frame("state.changed")
    await ana.send("conversation.end")
    await ana.frame("conversation.ended")
    assert await count(database, Handoff.id, Handoff.state == "resolved") == 1
    back = Patient(client)
    back.token = ana.token
    await back.connect()
    assert (await back.frame("error"))["code"] == "not_found"


async def test_too_many_messages_are_asked_to_wait_but_danger_never_is(serve: Clients) -> None:
    client = await serve(messages_per_minute=2)
    ana = await Patient(client).connect()
    for text in ("one", "two"):
        await ana.say(text)
        await ana.line("bot")
    client_id = await ana.say("three")
    refused = await ana.frame("error")
    assert (refused["code"], refused["client_id"]) == ("rate_limited", client_id)
    assert refused["retry"] is True
    await ana.say("I can't breathe")
    assert (await ana.line("system"))["kind"] == "safety"


async def test_a_client_that_does_not_read_is_disconnected(
    patient: Patients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.hub.OUTBOX_LIMIT", 3)
    ana = await patient()
    for _ in range(50):
        await ana.send("ping")
    async with asyncio.timeout(PATIENCE):
        while (message := await ana.socket.receive()).type is WSMsgType.TEXT:
            pass
    assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING)


@pytest.mark.parametrize(
    ("assistant", "cause"), [(Failing, "action_raised:ValueError"), (Hanging, "timeout")]
)
async def test_when_the_assistant_fails_a_fixed_text_and_a_person_take_its_place(
    serve: Clients, database: Database, assistant: Any, cause: str
) -> None:
    client = await serve(assistant())
    ana = await Patient(client).connect()
    await ana.say("hello")
    async with asyncio.timeout(PATIENCE):
        sorry = await ana.line("bot")
        await ana.line("system")
    assert "person" in sorry["text"]
    assert await count(database, Handoff.id, Handoff.reason == "assistant_down") == 1
    assert (await client.get("/health")).status == 200
    async with database.reading() as session:
        turn = await session.scalar(select(Turn))
    assert turn is not None
    assert (turn.outcome, turn.cause) == ("fallback", cause)


async def test_while_the_assistant_computes_for_ever_safety_and_people_go_on(
    serve: Clients,
) -> None:
    client = await serve(Stalled())
    ana = await Patient(client).connect()
    await ana.say("hello")
    async with asyncio.timeout(PATIENCE):
        await ana.line("bot")
    ben = await Patient(client).connect()
    await ben.say("I can't breathe")
    async with asyncio.timeout(PATIENCE):
        assert (await ben.line("system"))["kind"] == "safety"


async def test_a_model_that_does_not_load_leaves_the_process_up_and_patients_served(
    aiohttp_client: Any, settings: Settings
) -> None:
    client = await aiohttp_client(create_app(settings))  # nothing was trained in its model_dir
    ana = await Patient(client).connect()
    await ana.say("hello")
    async with asyncio.timeout(PATIENCE):
        assert "person" in (await ana.line("bot"))["text"]
    ready = await client.get("/ready")
    assert (ready.status, (await ready.json())["assistant"]) == (200, "failed")


async def test_an_archive_with_other_bytes_than_recorded_is_not_opened(
    aiohttp_client: Any, settings: Settings
) -> None:
    settings.model_dir.mkdir()
    (settings.model_dir / "model.tar.gz").write_bytes(b"not what was trained")
    manifest = {"archive": "model.tar.gz", "sha256": "0" * 64, "fingerprint": "x"}
    (settings.model_dir / "careline.json").write_text(json.dumps(manifest), "utf-8")
    app = create_app(settings)
    client = await aiohttp_client(app)
    assert await app[ASSISTANT].settled() is State.FAILED
    assert app[ASSISTANT].cause == "model_checksum"
    assert (await client.get("/health")).status == 200
