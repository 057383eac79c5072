"""Patients' sockets of this process, and what is pushed to them.

An event is a hint. Each socket knows the last line it sent: a line committed here that follows it
is sent as it was committed, anything else is read from the table. So a hint that is lost or comes
twice does no harm; a slow look at every open conversation makes up for hints that never came.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSCloseCode, web

from bot import events
from bot.conversations.views import MessageView
from bot.errors import StorageUnavailable
from bot.web import frames

log = logging.getLogger(__name__)

OUTBOX_LIMIT = 256
CATCH_UP_SECONDS = 5.0
RETRY_SECONDS = 1.0

Pull = Callable[[], Awaitable[None]]


class Client:
    """One socket with a bounded outbox: who does not read is disconnected, and comes back."""

    def __init__(self, socket: web.WebSocketResponse):
        self.socket = socket
        self.conversation_id: str | None = None
        self.sent_seq = 0
        self.storing = False
        self.present: Callable[[MessageView], None] | None = None
        self._outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue(OUTBOX_LIMIT)
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._pull: Pull | None = None

    def send(self, frame: dict[str, Any]) -> None:
        """Queue a frame; a full outbox closes the socket."""
        try:
            self._outbox.put_nowait(frame)
        except asyncio.QueueFull:
            log.warning("a client does not read; closing its socket")
            self.close(WSCloseCode.TRY_AGAIN_LATER)

    def close(self, code: int) -> None:
        """Close the socket without waiting for it."""
        task = asyncio.ensure_future(self.socket.close(code=code))
        _CLOSING.add(task)
        task.add_done_callback(_CLOSING.discard)

    def poke(self) -> None:
        """There may be new lines."""
        self._wake.set()

    async def write(self) -> None:
        """Send what is queued, until the socket closes."""
        while not self.socket.closed:
            frame = await self._outbox.get()
            try:
                await self.socket.send_json(frame)
            except ConnectionError:
                return
            if self._outbox.qsize() <= OUTBOX_LIMIT // 2:
                self._drained.set()

    async def follow(self, pull: Pull) -> None:
        """Call `pull` after each poke, one at a time, and now and then without one."""
        while not self.socket.closed:
            try:
                async with asyncio.timeout(CATCH_UP_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                if self.conversation_id is None:
                    continue
            self._wake.clear()
            try:
                await pull()
            except StorageUnavailable:
                await self._look_again()
            except Exception:
                # A socket that stopped looking would seem alive and show nothing ever again.
                log.exception("a client could not be told what is new")
                await self._look_again()

    async def _look_again(self) -> None:
        await asyncio.sleep(RETRY_SECONDS)
        self._wake.set()

    async def room(self) -> None:
        """Wait until the outbox has room: for a replay, which is long because it is late."""
        if self._outbox.qsize() > OUTBOX_LIMIT // 2:
            self._drained.clear()
            await self._drained.wait()


_CLOSING: set[asyncio.Future[bool]] = set()


class Hub:
    """Finds the sockets of a conversation."""

    def __init__(self, bus: events.Bus):
        self._clients: defaultdict[str, set[Client]] = defaultdict(set)
        self._all: set[Client] = set()
        bus.subscribe(self._hear)

    def add(self, client: Client) -> None:
        """Keep a socket, so that it can be closed with the process."""
        self._all.add(client)

    def attach(self, client: Client, conversation_id: str) -> None:
        """This socket shows that conversation."""
        self.detach(client)
        client.conversation_id = conversation_id
        self._clients[conversation_id].add(client)

    def detach(self, client: Client) -> None:
        """This socket shows no conversation."""
        if client.conversation_id is None:
            return
        clients = self._clients[client.conversation_id]
        clients.discard(client)
        if not clients:
            del self._clients[client.conversation_id]
        client.conversation_id = None

    def remove(self, client: Client) -> None:
        """Forget a socket."""
        self.detach(client)
        self._all.discard(client)

    def shown(self) -> dict[str, int]:
        """The conversations that are open on a screen here, and the last line each was sent."""
        open_now = {key: clients for key, clients in self._clients.items() if clients}
        return {key: max(one.sent_seq for one in clients) for key, clients in open_now.items()}

    async def close_all(self) -> None:
        """Tell every client to reconnect, to another process perhaps."""
        closing = [
            client.socket.close(code=WSCloseCode.SERVICE_RESTART) for client in tuple(self._all)
        ]
        await asyncio.gather(*closing, return_exceptions=True)

    def poke_all(self) -> None:
        """Hints may have been lost: everyone looks."""
        for client in tuple(self._all):
            client.poke()

    def _hear(self, event: events.Event) -> None:
        match event:
            case events.MessagePosted():
                self._tell_of(event)
            case events.OwnerChanged():
                self._poke(event.conversation_id)
            case events.LinesSeen() if event.by == "agent":
                self._poke(event.conversation_id)
            case events.AssistantWorking():
                self._typing(event.conversation_id, "bot", True)
            case events.AgentTyping():
                self._typing(event.conversation_id, "agent", event.typing)
            case _:
                pass

    def _tell_of(self, posted: events.MessagePosted) -> None:
        for client in tuple(self._clients.get(posted.conversation_id, ())):
            # Its acknowledgement tells a client of the line it is just storing.
            if posted.author == "patient" and client.storing:
                continue
            if posted.line and client.present and posted.seq == client.sent_seq + 1:
                client.present(posted.line)
            else:
                client.poke()

    def _poke(self, conversation_id: str) -> None:
        for client in tuple(self._clients.get(conversation_id, ())):
            client.poke()

    def _typing(self, conversation_id: str, author: str, typing: bool) -> None:

        for client in tuple(self._clients.get(conversation_id, ())):
            client.send(frames.typing(author, typing))
