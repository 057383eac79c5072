"""The patient's socket. The gate looks at every message the moment it is read, in any state."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from aiohttp import WSMsgType, web

from bot import texts
from bot.conversations.seen import patient_saw
from bot.errors import CarelineError, Invalid, NotFound, StorageUnavailable
from bot.events import PatientTyping
from bot.gateway import Inbound
from bot.keys import DATABASE, DESK, GATEWAY, HUB, SETTINGS
from bot.safety import Assessment, Tier
from bot.tasks import end
from bot.web import frames
from bot.web.first_look import FirstLook, Read
from bot.web.hub import Client
from bot.web.messages import notice_json
from bot.web.patient_view import PatientView
from bot.web.rating import PatientRatings
from bot.web.security import RATES, client_address, require_own_origin
from bot.web.typed import clean

log = logging.getLogger(__name__)

# A frame above this closes the socket.
HARD_LIMIT = 4 * 1024 * 1024
LAST_WORK_SECONDS = 10.0
HEARTBEAT_SECONDS = 25.0
BACKLOG = 64


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [web.get("/widget/ws", serve)]


async def serve(request: web.Request) -> web.StreamResponse:
    """One patient's socket, from hello to goodbye."""
    require_own_origin(request, request.app[SETTINGS])
    socket = web.WebSocketResponse(max_msg_size=HARD_LIMIT, heartbeat=HEARTBEAT_SECONDS)
    await socket.prepare(request)
    patient = PatientSocket(request, socket)
    await patient.run()
    return socket


class PatientSocket:
    """One patient's frames, done one after the other."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse):
        self._app = request.app
        self._address = client_address(request, request.app[SETTINGS])
        self._socket = socket
        self._client = Client(socket)
        self._gate = FirstLook(self._app, self._client)
        self._ratings = PatientRatings(self._app, self._client)
        self._view = PatientView(self._app, self._client, self._ratings)
        self._client.present = self._view.present
        self._language = "en"
        # Of the last message that was read: what hardly says its language is in the same.
        self._heard: str | None = None
        self._unopened: frames.Open | None = None
        self._work: asyncio.Queue[Read | frames.Inbound] = asyncio.Queue(BACKLOG)

    async def run(self) -> None:
        """Read until the socket closes. What was read is still stored when it does."""
        hub = self._app[HUB]
        hub.add(self._client)
        tasks = [
            asyncio.create_task(self._client.write()),
            asyncio.create_task(self._client.follow(self._view.pull)),
            asyncio.create_task(self._work_through()),
        ]
        try:
            async for raw in self._socket:
                if raw.type is WSMsgType.TEXT:
                    await self._read(raw.data)
                elif raw.type is WSMsgType.BINARY:
                    self._refuse(Invalid("frames are text", field="frame"))
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORK_SECONDS):
                    await self._work.join()
            hub.remove(self._client)
            await end((*tasks, *self._gate.guards))

    async def _read(self, raw: str) -> None:
        try:
            frame = frames.parse(raw)
            if isinstance(frame, frames.Send):
                read = self._gate.judge(frame, self._heard or self._language)
                self._heard = read.language
                await self._work.put(read)
            else:
                await self._app[RATES].hit("frame", f"{self._address}/{id(self)}")
                await self._work.put(frame)
                if isinstance(frame, frames.GiveRating):
                    await self._heed(frame)
        except CarelineError as error:
            self._refuse(error, getattr(error, "client_id", None))

    async def _heed(self, given: frames.GiveRating) -> None:
        """Danger is danger where a rating is explained too: then it is a message as well."""
        said = frames.Send(type="message.send", client_id=given.client_id, text=given.reason or "-")
        if self._gate.is_danger(clean(given.reason), self._language):
            await self._work.put(self._gate.judge(said, self._language))

    async def _work_through(self) -> None:
        while True:
            work = await self._work.get()
            client_id = getattr(work.frame if isinstance(work, Read) else work, "client_id", None)
            try:
                await self._handle(work)
            except CarelineError as error:
                self._refuse(error, client_id)
            except Exception:
                log.exception("a frame could not be handled")
                self._refuse(CarelineError("something went wrong"), client_id)
            finally:
                self._work.task_done()

    async def _handle(self, work: Read | frames.Inbound) -> None:
        match work:
            case Read():
                await self._send(work)
            case frames.Open():
                await self._open(work)
            case frames.RequestPerson():
                await self._request_person(work)
            case frames.SetLanguage():
                await self._set_language(work.language)
            case frames.SetTyping():
                await self._type(work.typing)
            case frames.GiveRating():
                await self._ratings.give(work, self._language)
            case frames.Seen():
                await self._saw(work.seq)
            case frames.End():
                await self._end()
            case frames.Ping():
                self._client.send(frames.pong())

    async def _open(self, frame: frames.Open) -> None:
        self._language = frame.language
        if frame.token is None:
            waiting = [notice_json(one) for one in self._app[DESK].board.at_start()]
            self._client.send(frames.unopened(frame.language, waiting))
            return
        # While the database is away this fails; what is sent next must not start another one.
        self._unopened = frame
        opened = await self._app[GATEWAY].open(frame.token)
        conversation = opened.conversation
        found = await self._view.news(conversation.id, frame.last_seq)
        self._unopened = None
        self._language = conversation.language
        self._gate.remember(opened.patient_lines)
        self._app[HUB].attach(self._client, conversation.id)
        self._view.open(conversation.id, frame.token, frame.last_seq, found)
        await self._ratings.show(conversation.id)
        self._client.poke()

    async def _request_person(self, frame: frames.RequestPerson) -> None:
        words = texts.get("desk.person_button", self._language).text
        said = frames.Send(type="message.send", client_id=frame.client_id, text=words)
        calm = Assessment(Tier.NONE, None, clinical=False)
        await self._send(Read(said, words, self._language, calm))

    async def _send(self, read: Read) -> None:
        if not read.text:
            raise Invalid("the message is empty", field="text")
        self._client.storing = True
        try:
            conversation_id = await self._admit(read)
            inbound = Inbound(
                conversation_id=conversation_id,
                client_id=read.frame.client_id,
                text=read.text,
                language=read.language,
                choice=read.frame.choice,
            )
            done = await self._app[GATEWAY].receive(inbound, read.assessment)
            read.stored.set()
            self._view.acknowledge(read, done)
        except StorageUnavailable:
            if read.assessment.tier is Tier.FULL and not read.stored.is_set():
                read.stored.set()
                self._gate.show(read)
            raise
        finally:
            self._client.storing = False

    async def _admit(self, read: Read) -> str:
        """The conversation to store a message in. What speaks of danger is never counted."""
        danger = read.assessment.tier is Tier.FULL
        if self._unopened:
            await self._open(self._unopened)
        conversation_id = self._client.conversation_id
        if conversation_id is None:
            if not danger:
                await self._app[RATES].check("conversation", self._address)
            conversation_id = await self._start(read.language, danger=danger)
            if not danger:
                await self._app[RATES].hit("conversation", self._address)
        if not danger:
            await self._app[RATES].hit("message", conversation_id)
        return conversation_id

    async def _start(self, spoken: str, *, danger: bool) -> str:
        gateway = self._app[GATEWAY]
        conversation_id, token = await gateway.start(self._language, spoken=spoken, danger=danger)
        self._app[HUB].attach(self._client, conversation_id)
        self._ratings.forget()
        self._view.start(conversation_id, token, self._language)
        if self._app[DESK].board.at_start():
            # The chat began with notices: they come before the patient's first line.
            await self._view.pull()
        return conversation_id

    async def _set_language(self, language: str) -> None:
        self._language, self._heard = language, None
        if self._client.conversation_id:
            await self._app[GATEWAY].set_language(self._client.conversation_id, language)
            self._view.refresh()

    async def _type(self, typing: bool) -> None:
        if self._client.conversation_id:
            # A hint is not worth telling the patient that the database is away.
            with contextlib.suppress(StorageUnavailable):
                async with self._app[DATABASE].work() as work:
                    work.emit(PatientTyping(self._client.conversation_id, typing))
                    await work.commit()

    async def _saw(self, seq: int) -> None:
        if self._client.conversation_id and seq <= self._client.sent_seq:
            with contextlib.suppress(StorageUnavailable):
                async with self._app[DATABASE].work() as work:
                    await patient_saw(work, self._client.conversation_id, seq)
                    await work.commit()

    async def _end(self) -> None:
        if self._unopened:
            await self._open(self._unopened)
        conversation_id = self._client.conversation_id
        stays = False
        if conversation_id:
            stays = await self._app[GATEWAY].end(conversation_id)
            self._app[HUB].detach(self._client)
        self._gate.forget()
        self._client.send(frames.ended(stays))
        if conversation_id:
            await self._ratings.show(conversation_id)

    def _refuse(self, error: CarelineError, client_id: str | None = None) -> None:
        if isinstance(error, NotFound):
            self._unopened = None
            self._app[HUB].detach(self._client)
        self._client.send(frames.error(error, self._language, client_id))
