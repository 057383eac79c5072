"""Two processes on one PostgreSQL: either may die, and the database may go away for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.bursts import Burst, Message, assert_all_there_once, burst, transcript
from tests.conftest import KEY, postgres_url
from tests.processes import CarelineProcess

PATIENTS = 40
EACH = 5
AFTER = 50
OUTAGE_SECONDS = 10.0
NOBODY_IN_BETWEEN = 15.0
AGENT = "rosa"

Two = tuple[CarelineProcess, CarelineProcess]


@pytest.fixture
async def two(own_postgres: Any, tmp_path: Path) -> AsyncIterator[Two]:
    """Two processes on one database."""
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        url = postgres_url(own_postgres, "postgres")
        made.append(CarelineProcess(folder, url, lease_seconds=5, encryption_keys=KEY))
    one, other = made
    await asyncio.gather(one.started(), other.started())
    yield one, other
    for process in made:
        process.stop()


def halves(two: Two, patients: list[Burst]) -> dict[CarelineProcess, list[Burst]]:
    """Every second patient with each process."""
    return {process: patients[at::2] for at, process in enumerate(two)}


async def test_what_a_killed_process_had_begun_the_other_finishes(two: Two) -> None:
    killed, alive = two
    patients = [Burst(number, EACH) for number in range(PATIENTS)]
    dying = asyncio.to_thread(killed.kill)
    await burst(halves(two, patients), after=AFTER, happens=dying)
    before = {patient.number: dict(patient.acknowledged) for patient in patients}
    assert sum(len(found) for found in before.values()) >= AFTER
    await burst({alive: patients})
    for patient in patients:
        messages = await transcript(alive, patient)
        assert_all_there_once(patient, messages, before[patient.number])


async def test_ten_seconds_without_the_database_lose_and_double_nothing(
    two: Two, own_postgres: Any
) -> None:
    async def outage() -> None:
        await asyncio.to_thread(own_postgres.stop)
        await asyncio.sleep(OUTAGE_SECONDS)
        await asyncio.to_thread(own_postgres.start)

    patients = [Burst(number, EACH) for number in range(PATIENTS)]
    await burst(halves(two, patients), after=AFTER, happens=outage())
    before = {patient.number: dict(patient.acknowledged) for patient in patients}
    await until_ready(two)
    # To the other process than before, as a balancer might send them.
    await burst(halves((two[1], two[0]), patients))
    for patient in patients:
        messages = await transcript(two[0], patient)
        assert_all_there_once(patient, messages, before[patient.number])


async def test_after_an_outage_the_assistant_is_still_silent_where_a_person_answers(
    two: Two, own_postgres: Any
) -> None:
    passwords = two[0].hire(AGENT, "Rosa", "agent")
    async with aiohttp.ClientSession() as session:
        patient = await Asking.begin(session, two[1], "I want to talk to a person")
        await claim_the_only_case(session, two[0], passwords)
        await patient.line_by("system", "Rosa")
        await asyncio.to_thread(own_postgres.stop)
        await patient.say("Where do I park?", "while-out")
        assert (await patient.frame("error"))["retry"] is True
        await asyncio.sleep(OUTAGE_SECONDS)
        await asyncio.to_thread(own_postgres.start)
        await until_ready(two)
        again = await Asking.begin(session, two[0], "Where do I park?", patient.token, "while-out")
        await asyncio.sleep(NOBODY_IN_BETWEEN)
        messages = await again.all()
    taken = next(one["seq"] for one in messages if "Rosa" in (one["text"] or ""))
    later = [one for one in messages if one["seq"] > taken]
    assert [one["client_id"] for one in later if one["author"] == "patient"] == ["while-out"]
    assert [one for one in later if one["author"] == "bot"] == []


class Asking:
    """A patient of one process who writes a line and waits for what comes."""

    def __init__(self, session: aiohttp.ClientSession, process: CarelineProcess):
        self._session = session
        self._process = process
        self.token: str | None = None
        self._socket: Any = None

    @classmethod
    async def begin(
        cls,
        session: aiohttp.ClientSession,
        process: CarelineProcess,
        text: str,
        token: str | None = None,
        client_id: str = "first-line",
    ) -> Asking:
        """Open the conversation and write."""
        made = cls(session, process)
        made.token = token
        await made._open()
        await made.say(text, client_id)
        await made.frame("message.acknowledged")
        return made

    async def _open(self) -> Message:
        headers = {"Origin": self._process.address}
        address = f"{self._process.address}/widget/ws"
        self._socket = await self._session.ws_connect(address, headers=headers)
        said = {"type": "conversation.open", "token": self.token, "last_seq": 0}
        await self._socket.send_json(said)
        frame: Message = await self._socket.receive_json(timeout=60)
        if frame["type"] == "conversation.started":
            self.token = frame["token"]
        return frame

    async def say(self, text: str, client_id: str) -> None:
        await self._socket.send_json({"type": "message.send", "client_id": client_id, "text": text})

    async def frame(self, kind: str) -> Message:
        async with asyncio.timeout(60):
            while True:
                frame: Message = await self._socket.receive_json()
                if frame["type"] == "conversation.started":
                    self.token = frame["token"]
                if frame["type"] == kind:
                    return frame

    async def line_by(self, author: str, holding: str) -> None:
        async with asyncio.timeout(60):
            while True:
                said = (await self.frame("message.posted"))["message"]
                if said["author"] == author and holding in said["text"]:
                    return

    async def all(self) -> list[Message]:
        messages: list[Message] = (await self._open())["messages"]
        return messages


async def claim_the_only_case(
    session: aiohttp.ClientSession, process: CarelineProcess, passwords: dict[str, str]
) -> None:
    """Sign in and take the case that waits."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    said = {"name": AGENT, "password": passwords[AGENT]}
    address = process.address
    async with session.post(f"{address}/api/sign-in", json=said, headers=headers) as answer:
        assert answer.status == 200
        headers["Cookie"] = answer.headers["Set-Cookie"].split(";")[0]
    async with asyncio.timeout(60):
        while True:
            async with session.get(f"{address}/api/handoffs", headers=headers) as answer:
                waiting = (await answer.json())["waiting"]
            if waiting:
                break
            await asyncio.sleep(0.25)
    claim = f"{address}/api/handoffs/{waiting[0]['id']}/claim"
    async with session.post(claim, json={}, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


async def until_ready(two: Two) -> None:
    """Both processes have their database back."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(60):
        for process in two:
            while True:
                async with session.get(f"{process.address}/ready") as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.25)
