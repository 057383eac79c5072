"""The database goes away and comes back, under the feet of a running process."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.settings import Settings
from tests.conftest import postgres_url
from tests.web.conftest import Clients
from tests.web.patients import PATIENCE, Patient


@pytest.fixture
def database_url(own_postgres: Any) -> str:
    return postgres_url(own_postgres, "postgres")


async def answered(client: TestClient[Any, Any], text: str = "hello") -> Patient:
    ana = await Patient(client).connect()
    await ana.say(text)
    await ana.line("bot")
    return ana


async def test_without_the_database_the_patient_is_told_and_sends_again_when_it_is_back(
    serve: Clients, own_postgres: Any, settings: Settings
) -> None:
    client = await serve()
    ana = await answered(client)
    await asyncio.to_thread(own_postgres.stop)
    client_id = await ana.say("are you there?")
    refused = await ana.frame("error")
    assert refused["code"] == "storage_unavailable"
    assert (refused["client_id"], refused["retry"]) == (client_id, True)
    assert (await client.get("/health")).status == 200
    assert (await client.get("/ready")).status == 503
    await asyncio.to_thread(own_postgres.start)
    await ana.say("are you there?", client_id)
    acknowledged = await ana.frame("message.acknowledged")
    assert acknowledged["seq"] == 3
    assert (await ana.line("bot"))["text"] == "You said: are you there?"


async def test_without_the_database_danger_still_gets_its_text_at_once_and_its_case_later(
    serve: Clients, own_postgres: Any
) -> None:
    client = await serve()
    ana = await answered(client)
    await asyncio.to_thread(own_postgres.stop)
    client_id = await ana.say("I can't breathe")
    async with asyncio.timeout(PATIENCE):
        shown = await ana.frame("safety.shown")
    assert shown["client_id"] == client_id
    assert "911" in str(shown["message"]["blocks"])
    stranger = await Patient(client).connect()
    await stranger.say("quiero matarme")
    async with asyncio.timeout(PATIENCE):
        assert "988" in str((await stranger.frame("safety.shown"))["message"]["blocks"])
    await asyncio.to_thread(own_postgres.start)
    await ana.say("I can't breathe", client_id)
    stored = await ana.line("system")
    assert stored["kind"] == "safety"
    assert (await ana.frame("state.changed"))["state"]["owner"] == "queue"


async def test_a_conversation_that_could_not_be_opened_is_not_replaced_by_another(
    serve: Clients, own_postgres: Any
) -> None:
    client = await serve()
    ana = await answered(client)
    await asyncio.to_thread(own_postgres.stop)
    back = Patient(client)
    back.token = ana.token
    await back.connect(last_seq=2)
    await back.frame("error")
    await asyncio.to_thread(own_postgres.start)
    client_id = await back.say("still me")
    acknowledged = await back.frame("message.acknowledged")
    assert (acknowledged["client_id"], acknowledged["seq"]) == (client_id, 3)
    assert "conversation.started" not in back.kinds()


async def test_hints_between_processes_come_back_with_the_database(
    serve: Clients, own_postgres: Any
) -> None:
    one, two = await serve(), await serve()
    ana = await answered(one)
    await asyncio.to_thread(own_postgres.stop)
    await asyncio.to_thread(own_postgres.start)
    elsewhere = Patient(two)
    elsewhere.token = ana.token
    for _ in range(20):
        await elsewhere.connect()
        if (await elsewhere.until(lambda _: True, PATIENCE))["type"] == "conversation.opened":
            break
        await asyncio.sleep(0.5)
    await ana.say("hello again")
    await ana.frame("message.acknowledged")
    assert (await elsewhere.line("bot"))["text"] == "You said: hello again"


async def test_a_locked_sqlite_file_is_an_outage_too(
    serve: Clients, sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "locked.db"
    path.write_bytes(sqlite_template.read_bytes())
    client = await serve(database_url=f"sqlite:///{path}", busy_timeout=0.5)
    ana = await answered(client)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    client_id = await ana.say("I can't breathe")
    async with asyncio.timeout(PATIENCE):
        await ana.frame("safety.shown")
    assert (await ana.frame("error"))["code"] == "storage_unavailable"
    lock.execute("ROLLBACK")
    lock.close()
    await ana.say("I can't breathe", client_id)
    assert (await ana.line("system"))["kind"] == "safety"
