"""A process is killed in a burst; nothing acknowledged is lost, doubled or mixed up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.processes import CarelineProcess

PATIENTS = 20
EACH = 10
KILL_AFTER = 60
PATIENCE = 180.0  # seconds; how fast answers are is measured elsewhere
# Surely answered: two unclear ones in a row would bring a person, and silence the assistant.
QUESTIONS = (
    "Where do I park?",
    "What is a copay?",
    "What are your hours?",
    "¿Qué es un copago?",
)


@dataclass
class Burst:
    """One patient who sends all messages at once and remembers what was acknowledged."""

    number: int
    token: str | None = None
    acknowledged: dict[str, int] = field(default_factory=dict)

    def client_id(self, index: int) -> str:
        return f"patient-{self.number:02}-{index:02}"

    async def connect(self, session: aiohttp.ClientSession, process: CarelineProcess) -> Any:
        socket = await session.ws_connect(
            f"{process.address}/widget/ws", headers={"Origin": process.address}
        )
        await socket.send_json({"type": "conversation.open", "token": self.token, "last_seq": 0})
        return socket

    async def send_all(self, socket: Any) -> None:
        for index in range(EACH):
            client_id = self.client_id(index)
            if client_id in self.acknowledged:
                continue
            text = QUESTIONS[index % len(QUESTIONS)]
            await socket.send_json({"type": "message.send", "client_id": client_id, "text": text})

    async def listen(self, socket: Any, enough: asyncio.Event, total: Counter[str]) -> None:
        async for raw in socket:
            if raw.type is not aiohttp.WSMsgType.TEXT:
                return
            frame = raw.json()
            if frame["type"] == "conversation.started":
                self.token = frame["token"]
            if frame["type"] == "message.acknowledged":
                self.acknowledged[frame["client_id"]] = frame["seq"]
                total["acknowledged"] += 1
                if total["acknowledged"] >= KILL_AFTER:
                    enough.set()
                if len(self.acknowledged) == EACH:
                    return


@pytest.fixture
def process(database_url: str, tmp_path: Path) -> Iterator[CarelineProcess]:
    made = CarelineProcess(tmp_path, database_url, lease_seconds=5)
    yield made
    made.stop()


async def one_burst(process: CarelineProcess, patients: list[Burst], *, kill: bool) -> None:
    enough, total = asyncio.Event(), Counter[str]()
    async with aiohttp.ClientSession() as session:
        listening = []
        for patient in patients:
            socket = await patient.connect(session, process)
            listening.append(asyncio.create_task(patient.listen(socket, enough, total)))
            listening.append(asyncio.create_task(_quietly(patient.send_all(socket))))
        if kill:
            await asyncio.wait_for(enough.wait(), PATIENCE)
            process.kill()
        await asyncio.wait_for(asyncio.gather(*listening, return_exceptions=True), PATIENCE)


async def _quietly(sending: Any) -> None:
    try:
        await sending
    except ConnectionError:
        return


async def transcript(process: CarelineProcess, patient: Burst) -> list[dict[str, Any]]:
    """The conversation once every message is answered."""
    async with aiohttp.ClientSession() as session:
        for _ in range(int(PATIENCE / 0.25)):
            socket = await patient.connect(session, process)
            frame = await socket.receive_json(timeout=10)
            await socket.close()
            messages: list[dict[str, Any]] = frame["messages"]
            if len([one for one in messages if one["author"] == "bot"]) >= EACH:
                return messages
            await asyncio.sleep(0.25)
    raise AssertionError(f"patient {patient.number} is still not answered")


async def test_every_acknowledged_message_is_there_once_and_answered_once_in_order(
    process: CarelineProcess,
) -> None:
    await process.started()
    patients = [Burst(number) for number in range(PATIENTS)]
    await one_burst(process, patients, kill=True)
    before = {patient.number: dict(patient.acknowledged) for patient in patients}
    assert sum(len(found) for found in before.values()) >= KILL_AFTER
    await process.started()
    await one_burst(process, patients, kill=False)
    for patient in patients:
        messages = await transcript(process, patient)
        assert [one["seq"] for one in messages] == list(range(1, len(messages) + 1))
        asked = [one for one in messages if one["author"] == "patient"]
        assert Counter(one["client_id"] for one in asked) == Counter(
            patient.client_id(index) for index in range(EACH)
        )
        for client_id, seq in before[patient.number].items():
            assert messages[seq - 1]["client_id"] == client_id, "an acknowledged place was kept"
        answers = [one for one in messages if one["author"] == "bot"]
        assert len(answers) == EACH
        assert answered_in_order(asked, answers)


def answered_in_order(asked: list[dict[str, Any]], answers: list[dict[str, Any]]) -> bool:
    """Each question's answer comes after it, and the answers follow the order of the questions."""
    return all(
        answer["seq"] > question["seq"] for question, answer in zip(asked, answers, strict=True)
    ) and [one["seq"] for one in answers] == sorted(one["seq"] for one in answers)
