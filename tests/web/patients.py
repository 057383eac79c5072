"""A patient's end of the socket, as the widget speaks it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any, Self

from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestClient

Frame = dict[str, Any]
# Long enough for the busiest machine: how fast things are is measured elsewhere.
PATIENCE = 30.0
_NUMBERS = itertools.count(1)


def origin_of(client: TestClient[Any, Any]) -> str:
    """The origin under which the test server is reached."""
    return str(client.make_url("/")).rstrip("/")


class Patient:
    """Sends frames and keeps every frame that came back."""

    def __init__(self, client: TestClient[Any, Any]):
        self._client = client
        self.socket: ClientWebSocketResponse
        self.frames: list[Frame] = []
        self.token: str | None = None
        self.conversation_id: str | None = None

    async def connect(self, last_seq: int = 0, language: str = "en") -> Self:
        """Open the socket and the conversation of `self.token`."""
        headers = {"Origin": origin_of(self._client)}
        self.socket = await self._client.ws_connect("/widget/ws", headers=headers)
        await self.send("conversation.open", token=self.token, last_seq=last_seq, language=language)
        return self

    async def send(self, kind: str, **values: Any) -> None:
        await self.socket.send_json({"type": kind, **values})

    async def say(self, text: str, client_id: str | None = None, **values: Any) -> str:
        """Send a message; returns its client id."""
        client_id = client_id or f"client-{next(_NUMBERS):06}"
        await self.send("message.send", client_id=client_id, text=text, **values)
        return client_id

    async def frame(self, kind: str, timeout: float = PATIENCE, **values: Any) -> Frame:
        """The next frame of this type with these values."""
        return await self.until(
            lambda one: one["type"] == kind and values.items() <= one.items(), timeout
        )

    async def line(self, author: str, timeout: float = PATIENCE) -> Frame:
        """The next line by this author."""

        def posted(one: Frame) -> bool:
            return one["type"] == "message.posted" and bool(one["message"]["author"] == author)

        message: Frame = (await self.until(posted, timeout))["message"]
        return message

    async def until(self, wanted: Callable[[Frame], bool], timeout: float) -> Frame:
        async with asyncio.timeout(timeout):
            while True:
                frame: Frame = await self.socket.receive_json()
                self.frames.append(frame)
                if frame["type"] == "conversation.started":
                    self.token = frame["token"]
                    self.conversation_id = frame["conversation_id"]
                if wanted(frame):
                    return frame

    async def close(self) -> None:
        await self.socket.close()

    def kinds(self) -> list[str]:
        return [frame["type"] for frame in self.frames]


async def asked_for_a_person(client: TestClient[Any, Any]) -> Patient:
    """A patient who asked for a person in English and waits."""
    patient = await Patient(client).connect()
    await patient.say("a person please")
    await patient.frame("state.changed")
    return patient
