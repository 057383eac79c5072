"""Patients who all write at once, to whichever process, and what they find afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.processes import CarelineProcess

PATIENCE = 180.0  # seconds; how fast answers are is measured elsewhere
# Surely answered: two unclear ones in a row would bring a person, and silence the assistant.
QUESTIONS = (
    "Where do I park?",
    "What is a copay?",
    "What are your hours?",
    "¿Qué es un copago?",
)

Message = dict[str, Any]


@dataclass
class Burst:
    """One patient who sends all messages at once and remembers what was acknowledged."""

    number: int
    each: int
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
        """Everything that was not acknowledged yet."""
        for index in range(self.each):
            client_id = self.client_id(index)
            if client_id not in self.acknowledged:
                text = QUESTIONS[index % len(QUESTIONS)]
                frame = {"type": "message.send", "client_id": client_id, "text": text}
                await socket.send_json(frame)

    async def listen(self, socket: Any, enough: asyncio.Event, wanted: Counter[str]) -> None:
        """Until all is acknowledged, or something went wrong with the connection or the storage."""
        async for raw in socket:
            if raw.type is not aiohttp.WSMsgType.TEXT:
                return
            frame = raw.json()
            if frame["type"] == "error" and frame.get("retry"):
                return
            if frame["type"] == "conversation.started":
                self.token = frame["token"]
            if frame["type"] == "message.acknowledged":
                self.acknowledged[frame["client_id"]] = frame["seq"]
                wanted["acknowledged"] -= 1
                if wanted["acknowledged"] <= 0:
                    enough.set()
                if len(self.acknowledged) == self.each:
                    return


async def burst(
    patients: Mapping[CarelineProcess, Sequence[Burst]],
    *,
    after: int = 0,
    happens: Coroutine[Any, Any, None] | None = None,
) -> None:
    """All who are not through yet write at once, each to its process; once `after` messages of
    them all are acknowledged, something `happens`."""
    enough, wanted = asyncio.Event(), Counter(acknowledged=after)
    async with aiohttp.ClientSession() as session:
        working = []
        for process, some in patients.items():
            for patient in some:
                if len(patient.acknowledged) == patient.each:
                    continue
                socket = await patient.connect(session, process)
                working.append(asyncio.create_task(patient.listen(socket, enough, wanted)))
                working.append(asyncio.create_task(_quietly(patient.send_all(socket))))
        if happens is not None:
            await asyncio.wait_for(enough.wait(), PATIENCE)
            await happens
        await asyncio.wait_for(asyncio.gather(*working, return_exceptions=True), PATIENCE)


async def _quietly(sending: Coroutine[Any, Any, None]) -> None:
    try:
        await sending
    except ConnectionError:
        return


async def transcript(process: CarelineProcess, patient: Burst) -> list[Message]:
    """The conversation once every message is answered."""
    async with aiohttp.ClientSession() as session:
        for _ in range(int(PATIENCE / 0.25)):
            socket = await patient.connect(session, process)
            frame = await socket.receive_json(timeout=10)
            await socket.close()
            messages: list[Message] = frame["messages"]
            if len([one for one in messages if one["author"] == "bot"]) >= patient.each:
                return messages
            await asyncio.sleep(0.25)
    raise AssertionError(f"patient {patient.number} is still not answered")


def assert_all_there_once(
    patient: Burst, messages: Sequence[Message], before: Mapping[str, int]
) -> None:
    """Every message stored once, answered once and in order; what was acknowledged `before` kept
    its place."""
    assert [one["seq"] for one in messages] == list(range(1, len(messages) + 1))
    asked = [one for one in messages if one["author"] == "patient"]
    sent = [patient.client_id(index) for index in range(patient.each)]
    assert Counter(one["client_id"] for one in asked) == Counter(sent)
    for client_id, seq in before.items():
        assert messages[seq - 1]["client_id"] == client_id, "an acknowledged place was kept"
    answers = [one for one in messages if one["author"] == "bot"]
    assert len(answers) == patient.each
    pairs = zip(asked, answers, strict=True)
    assert all(answer["seq"] > question["seq"] for question, answer in pairs)
