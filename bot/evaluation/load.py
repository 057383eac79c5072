"""Load for `careline bench`: conversations that ask, wait for the answer, and ask again."""

from __future__ import annotations

import asyncio
import math
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

QUESTIONS = (
    "What is a deductible?",
    "How do I read my EOB?",
    "What are your hours?",
    "Do you take Aetna?",
    "What is prior authorization?",
    "How can I pay my bill?",
)
Turn = Callable[[str], Awaitable[None]]
Connect = Callable[[aiohttp.ClientSession], Awaitable[Turn]]


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured at one number of conversations. Latencies in milliseconds."""

    conversations: int
    latencies: tuple[float, ...]
    seconds: float

    @property
    def per_second(self) -> float:
        """Messages answered per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency below which this share of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


async def apply(connect: Connect, conversations: int, seconds: float) -> Load:
    """Keep this many conversations asking for so long."""
    latencies: list[float] = []

    async def converse(session: aiohttp.ClientSession, number: int) -> None:
        turn = await connect(session)
        asked = number
        while time.perf_counter() < until:
            started = time.perf_counter()
            await turn(QUESTIONS[asked % len(QUESTIONS)])
            latencies.append((time.perf_counter() - started) * 1000)
            asked += 1

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        started = time.perf_counter()
        until = started + seconds
        await asyncio.gather(*(converse(session, number) for number in range(conversations)))
        elapsed = time.perf_counter() - started
    return Load(conversations, tuple(latencies), elapsed)


async def long_conversation(connect: Connect, turns: int) -> Sequence[float]:
    """The latency of every turn of one conversation."""
    latencies = []
    async with aiohttp.ClientSession() as session:
        turn = await connect(session)
        for number in range(turns):
            started = time.perf_counter()
            await turn(QUESTIONS[number % len(QUESTIONS)])
            latencies.append((time.perf_counter() - started) * 1000)
    return latencies


def careline(address: str) -> Connect:
    """Conversations through the widget's socket."""

    async def connect(session: aiohttp.ClientSession) -> Turn:
        socket = await session.ws_connect(f"{address}/widget/ws", headers={"Origin": address})
        await socket.send_json({"type": "conversation.open", "language": "en"})

        async def turn(text: str) -> None:
            frame: dict[str, Any] = {"type": "message.send", "client_id": uuid.uuid4().hex}
            await socket.send_json({**frame, "text": text})
            while True:
                answer = await socket.receive_json()
                if answer["type"] == "error":
                    raise RuntimeError(f"refused: {answer['code']}")
                if answer["type"] == "message.posted" and answer["message"]["author"] == "bot":
                    return

        return turn

    return connect


def plain_rasa(address: str) -> Connect:
    """Conversations through Rasa's REST channel."""

    async def connect(session: aiohttp.ClientSession) -> Turn:
        sender = uuid.uuid4().hex

        async def turn(text: str) -> None:
            body = {"sender": sender, "message": text}
            async with session.post(f"{address}/webhooks/rest/webhook", json=body) as answer:
                if not await answer.json():
                    raise RuntimeError("plain Rasa gave no answer")

        return turn

    return connect
