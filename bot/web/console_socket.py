"""The console's socket: what changed, told to the agents who look.

Nothing travels in an event but ids. The lines of a watched conversation are read from the table
after the last one that was sent, so a hint that is lost or comes twice does no harm.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import Annotated, Any, Literal

from aiohttp import WSCloseCode, WSMsgType, web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.conversations import queries
from bot.conversations.models import agent_owner
from bot.conversations.seen import agent_saw
from bot.errors import CarelineError, Forbidden, Invalid, StorageUnavailable, Unauthorized
from bot.events import (
    AgentTyping,
    AlarmRaised,
    Event,
    LinesSeen,
    Mentioned,
    MessagePosted,
    NotePosted,
    OwnerChanged,
    PatientTyping,
    PresenceChanged,
)
from bot.handoff.cases import Agent
from bot.keys import DATABASE, HUB, KEYS, KNOWLEDGE, SETTINGS, SHIFT
from bot.privacy import audit
from bot.staff.sessions import SignedIn
from bot.tasks import end
from bot.web.hub import Client
from bot.web.looking import Looking
from bot.web.messages import message_json
from bot.web.security import require_own_origin
from bot.web.staff import CONSOLE_ROLES, current

log = logging.getLogger(__name__)

MAX_FRAME_BYTES = 16 * 1024
HEARTBEAT_SECONDS = 25.0
RECHECK_SECONDS = 20.0
QUEUE_PAUSE_SECONDS = 0.3
WATCHED_LIMIT = 50
SESSION_ENDED = 4401

ConversationId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Watch(_Frame):
    """Send the lines of this conversation, those after `last_seq` at once."""

    type: Literal["conversation.watch"]
    conversation_id: ConversationId
    last_seq: int | None = Field(None, ge=0)


class Unwatch(_Frame):
    """Send no more of it."""

    type: Literal["conversation.unwatch"]
    conversation_id: ConversationId


class Look(_Frame):
    """The console shows this conversation to its agent, or none."""

    type: Literal["conversation.look"]
    conversation_id: ConversationId | None


class SetTyping(_Frame):
    """The agent is writing to the patient, or stopped."""

    type: Literal["typing.set"]
    conversation_id: ConversationId
    typing: bool


class Seen(_Frame):
    """The agent's screen showed the lines up to `seq`."""

    type: Literal["message.seen"]
    conversation_id: ConversationId
    seq: int = Field(ge=1)


class Ping(_Frame):
    """Is anyone there?"""

    type: Literal["ping"]


Inbound = Annotated[Watch | Unwatch | Look | SetTyping | Seen | Ping, Field(discriminator="type")]
_INBOUND: TypeAdapter[Inbound] = TypeAdapter(Inbound)


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [web.get("/console/ws", serve)]


async def serve(request: web.Request) -> web.StreamResponse:
    """One agent's socket. The cookie and the origin are checked before it opens."""
    require_own_origin(request, request.app[SETTINGS])
    who = await current(request)
    if not who.may(*CONSOLE_ROLES):
        raise Forbidden("your account may not do this")
    socket = web.WebSocketResponse(max_msg_size=MAX_FRAME_BYTES, heartbeat=HEARTBEAT_SECONDS)
    await socket.prepare(request)
    await AgentSocket(request, socket, who).run()
    return socket


def parse(raw: str) -> Inbound:
    """One frame of a console. Raises `Invalid` naming the field; nothing of `raw` is quoted."""
    try:
        return _INBOUND.validate_python(json.loads(raw))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "type"
        raise Invalid(f"{first['type']} in the frame", field=where) from None
    except ValueError:
        raise Invalid("the frame is not JSON", field="frame") from None


class AgentSocket:
    """What one console watches, and what it has been sent."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse, who: SignedIn):
        self._request = request
        self._app = request.app
        self._socket = socket
        self._who = who
        self._client = Client(socket)
        self._looking = Looking(request.app, self._client, who)
        self._watched: dict[str, int] = {}
        self._changed: set[str] = set()
        self._queue_changed = asyncio.Event()

    async def run(self) -> None:
        """Read until the socket closes."""
        hub, bus = self._app[HUB], self._app[DATABASE].bus
        hub.add(self._client)
        unsubscribe = bus.subscribe(self._hear)
        tasks = [
            asyncio.create_task(self._client.write()),
            asyncio.create_task(self._client.follow(self._pull)),
            asyncio.create_task(self._looking.run()),
            asyncio.create_task(self._tell_queue()),
            asyncio.create_task(self._recheck()),
            asyncio.create_task(self._beat()),
        ]
        # The console reads the queue when it hears this, so nothing falls between the two.
        self._queue_changed.set()
        try:
            async for raw in self._socket:
                await self._read(raw)
        finally:
            unsubscribe()
            hub.remove(self._client)
            try:
                # Whoever cancels this handler does not keep the others from being told.
                await asyncio.shield(self._looking.leave())
            finally:
                await end(tasks)

    async def _read(self, raw: Any) -> None:
        try:
            if raw.type is not WSMsgType.TEXT:
                raise Invalid("frames are text", field="frame")
            await self._handle(parse(raw.data))
        except CarelineError as error:
            self._client.send({"type": "error", **error.as_dict()})

    async def _handle(self, frame: Inbound) -> None:
        match frame:
            case Watch():
                await self._watch(frame)
            case Unwatch():
                self._watched.pop(frame.conversation_id, None)
            case Look():
                await self._looking.show(frame.conversation_id)
            case SetTyping():
                await self._type(frame)
            case Seen():
                await self._saw(frame)
            case Ping():
                self._client.send({"type": "pong"})

    async def _watch(self, frame: Watch) -> None:
        if len(self._watched) >= WATCHED_LIMIT and frame.conversation_id not in self._watched:
            raise Invalid("too many conversations are watched", field="conversation_id")
        async with self._app[DATABASE].work() as work:
            held = await queries.conversation(work.session, frame.conversation_id)
            await audit.record(work, self._who.account_id, "conversation.watched", held.id)
            await work.commit()
        self._watched[held.id] = held.last_seq if frame.last_seq is None else frame.last_seq
        self._changed.add(held.id)
        self._client.poke()

    async def _type(self, frame: SetTyping) -> None:
        async with self._app[DATABASE].reading() as session:
            held = await queries.conversation(session, frame.conversation_id)
        if held.owner != agent_owner(self._who.account_id):
            raise Forbidden("this case is not yours", remedy="Claim it first.")
        async with self._app[DATABASE].work() as work:
            work.emit(AgentTyping(frame.conversation_id, frame.typing))
            await work.commit()

    async def _saw(self, frame: Seen) -> None:
        async with self._app[DATABASE].work() as work:
            await agent_saw(work, frame.conversation_id, self._who.account_id, frame.seq)
            await work.commit()

    def _hear(self, event: Event) -> None:
        self._looking.hear(event)
        match event:
            case OwnerChanged():
                self._queue_changed.set()
                self._about(event.conversation_id, {"type": "owner.changed"})
            case PresenceChanged():
                self._client.send({"type": "presence.changed"})
                # Who is gone flags their cases.
                self._queue_changed.set()
            case AlarmRaised():
                self._client.send({"type": "alarm.raised"})
            case NotePosted():
                self._about(event.conversation_id, {"type": "note.posted"})
            case Mentioned() if event.account_id == self._who.account_id:
                mentioned = {"type": "mention.posted", "conversation_id": event.conversation_id}
                self._client.send(mentioned)
            case LinesSeen() if event.by == "patient":
                self._about(event.conversation_id, {"type": "seen.changed", "seq": event.seq})
            case PatientTyping():
                self._about(event.conversation_id, {"type": "typing.shown", "typing": event.typing})
            case MessagePosted() if event.conversation_id in self._watched:
                self._changed.add(event.conversation_id)
                self._client.poke()
            case _:
                pass

    def _about(self, conversation_id: str, frame: dict[str, Any]) -> None:
        if conversation_id in self._watched:
            self._client.send({**frame, "conversation_id": conversation_id})

    async def _pull(self) -> None:
        # Nothing changed that we heard of: look at everything, a hint may have been lost.
        due, self._changed = self._changed or set(self._watched), set()
        for conversation_id in due & self._watched.keys():
            await self._send_lines(conversation_id)

    async def _send_lines(self, conversation_id: str) -> None:
        async with self._app[DATABASE].reading() as session:
            lines = await queries.messages_after(
                session, self._app[KEYS], conversation_id, self._watched.get(conversation_id, 0)
            )
        for line in lines:
            if conversation_id not in self._watched:
                return
            await self._client.room()
            self._watched[conversation_id] = line.seq
            message = message_json(line, self._app[KNOWLEDGE])
            self._client.send(
                {"type": "message.posted", "conversation_id": conversation_id, "message": message}
            )

    async def _tell_queue(self) -> None:
        while True:
            await self._queue_changed.wait()
            self._queue_changed.clear()
            self._client.send({"type": "queue.changed"})
            # Many changes in a burst are one reason to read the queue again.
            await asyncio.sleep(QUEUE_PAUSE_SECONDS)

    async def _beat(self) -> None:
        """Say now and then that this agent is there, for as long as the sign-in lasts."""
        while True:
            try:
                await self._app[SHIFT].beat(Agent(self._who.account_id, self._who.display_name))
            except StorageUnavailable:
                log.warning("a heartbeat waits: the database does not answer")
            except Exception:
                # Without heartbeats the agent would be taken for gone.
                log.exception("a heartbeat failed")
            await asyncio.sleep(self._app[SETTINGS].presence_seconds)

    async def _recheck(self) -> None:
        """Close the socket of whoever is not signed in any more; listening is no activity."""
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            with suppress(StorageUnavailable):
                try:
                    self._who = await current(self._request)
                except Unauthorized:
                    self._client.close(SESSION_ENDED)
                    return
                if not self._who.may(*CONSOLE_ROLES):
                    self._client.close(WSCloseCode.POLICY_VIOLATION)
                    return
