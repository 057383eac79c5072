"""The patient's socket. The gate looks at every message the moment it is read, in any state."""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSMsgType, web

from bot import texts
from bot.conversations.queries import MessageView
from bot.errors import CarelineError, Invalid, NotFound, StorageUnavailable
from bot.events import PatientTyping
from bot.gateway import Acknowledged, Inbound
from bot.handoff.news import News, news
from bot.keys import DATABASE, DESK, GATEWAY, HUB, KEYS, KNOWLEDGE, SETTINGS
from bot.knowledge.markdown import blocks
from bot.language.identify import language_of
from bot.safety import Assessment, Tier, text_for
from bot.web import frames
from bot.web.hub import Client
from bot.web.messages import message_json, state_json
from bot.web.security import RateLimits, client_address, require_own_origin

log = logging.getLogger(__name__)

HARD_LIMIT = 4 * 1024 * 1024
HEARTBEAT_SECONDS = 25.0
SAFETY_PATIENCE = 0.8
BACKLOG = 64

RATES = web.AppKey("rates", RateLimits)


class TooLong(CarelineError):
    """More than one message may hold."""

    code = "too_long"
    status = 413


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


def clean(text: str) -> str:
    """The text without control characters; line breaks and tabs stay."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


class PatientSocket:
    """What one socket knows: its conversation, its language, and what it has sent."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse):
        self._app = request.app
        self._address = client_address(request, request.app[SETTINGS])
        self._socket = socket
        self._client = Client(socket)
        self._language = "en"
        self._epoch = 0
        self._unopened: frames.Open | None = None
        self._work: asyncio.Queue[tuple[frames.Inbound, Assessment | None, asyncio.Event]] = (
            asyncio.Queue(BACKLOG)
        )
        self._guards: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Read until the socket closes. What was read is still stored when it does."""
        hub = self._app[HUB]
        hub.add(self._client)
        tasks = [
            asyncio.create_task(self._client.write()),
            asyncio.create_task(self._client.follow(self._pull)),
            asyncio.create_task(self._work_through()),
        ]
        try:
            async for raw in self._socket:
                if raw.type is WSMsgType.TEXT:
                    await self._read(raw.data)
                elif raw.type is WSMsgType.BINARY:
                    self._refuse(Invalid("frames are text", field="frame"))
            await self._work.join()
        finally:
            hub.remove(self._client)
            for task in (*tasks, *self._guards):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, raw: str) -> None:
        try:
            frame = frames.parse(raw)
        except CarelineError as error:
            self._refuse(error)
            return
        assessment, stored = None, asyncio.Event()
        if isinstance(frame, frames.Send):
            assessment = self._app[GATEWAY].assess(self._inbound(frame, clean(frame.text)))
            if assessment.tier is Tier.FULL:
                guard = asyncio.create_task(self._guard(frame, assessment, stored))
                self._guards.add(guard)
                guard.add_done_callback(self._guards.discard)
        await self._work.put((frame, assessment, stored))

    async def _guard(
        self, frame: frames.Send, assessment: Assessment, stored: asyncio.Event
    ) -> None:
        """Show the safety text without the database when storing takes too long."""
        try:
            await asyncio.wait_for(stored.wait(), SAFETY_PATIENCE)
        except TimeoutError:
            self._show_safety(frame.client_id, frame.text, assessment)

    def _show_safety(self, client_id: str, text: str, assessment: Assessment) -> None:
        fixed = text_for(assessment, self._spoken(text))
        self._client.send(frames.safety(client_id, blocks(fixed.text), fixed.language))

    async def _work_through(self) -> None:
        while True:
            frame, assessment, stored = await self._work.get()
            try:
                await self._handle(frame, assessment, stored)
            except CarelineError as error:
                self._refuse(error, getattr(frame, "client_id", None))
            except Exception:
                log.exception("frame %s failed", frame.type)
                refused = CarelineError("something went wrong")
                self._refuse(refused, getattr(frame, "client_id", None))
            finally:
                self._work.task_done()

    async def _handle(
        self, frame: frames.Inbound, assessment: Assessment | None, stored: asyncio.Event
    ) -> None:
        match frame:
            case frames.Open():
                await self._open(frame)
            case frames.Send() if assessment:
                await self._send(frame, assessment, stored)
            case frames.RequestPerson():
                words = texts.get("desk.person_button", self._language).text
                said = frames.Send(type="message.send", client_id=frame.client_id, text=words)
                calm = Assessment(Tier.NONE, None, clinical=False)
                await self._send(said, calm, stored)
            case frames.SetLanguage():
                await self._set_language(frame.language)
            case frames.SetTyping():
                self._type(frame.typing)
            case frames.End():
                await self._end()
            case frames.Ping():
                self._client.send(frames.pong())

    async def _open(self, frame: frames.Open) -> None:
        self._language = frame.language
        if frame.token is None:
            state = {"owner": "bot", "agent_name": None, "promise": None}
            state |= {"language": frame.language}
            self._client.send(
                frames.opened(
                    conversation_id=None, token=None, state=state, messages=[], last_seq=0
                )
            )
            return
        # While the database is away this fails; what is sent next must not start another one.
        self._unopened = frame
        opened = await self._app[GATEWAY].open(frame.token, frame.last_seq)
        self._unopened = None
        conversation = opened.conversation
        self._language = conversation.language
        news_ = await self._news(conversation.id, frame.last_seq)
        self._app[HUB].attach(self._client, conversation.id)
        self._client.sent_seq = news_.messages[-1].seq if news_.messages else frame.last_seq
        self._epoch = news_.state.epoch
        self._client.send(
            frames.opened(
                conversation_id=conversation.id,
                token=frame.token,
                state=state_json(news_.state, self._app[DESK]),
                messages=[self._json(one) for one in news_.messages],
                last_seq=self._client.sent_seq,
            )
        )
        self._client.poke()

    async def _send(
        self, frame: frames.Send, assessment: Assessment, stored: asyncio.Event
    ) -> None:
        text = clean(frame.text)
        settings = self._app[SETTINGS]
        if len(frame.text.encode()) > settings.max_message_bytes:
            raise TooLong("the message is too long", field="text")
        if not text:
            raise Invalid("the message is empty", field="text")
        try:
            conversation_id = await self._admit(assessment)
            inbound = self._inbound(frame, text, conversation_id)
            done = await self._app[GATEWAY].receive(inbound, assessment)
        except StorageUnavailable:
            if assessment.tier is Tier.FULL and not stored.is_set():
                stored.set()
                self._show_safety(frame.client_id, text, assessment)
            raise
        stored.set()
        self._acknowledge(frame.client_id, done, len(text) > settings.max_chars)

    async def _admit(self, assessment: Assessment) -> str:
        """The conversation to store a message in. What speaks of danger is never counted."""
        danger = assessment.tier is Tier.FULL
        if self._unopened:
            await self._open(self._unopened)
        conversation_id = self._client.conversation_id
        if conversation_id is None:
            if not danger:
                await self._app[RATES].hit("conversation", self._address)
            conversation_id = await self._start()
        if not danger:
            await self._app[RATES].hit("message", conversation_id)
        return conversation_id

    async def _start(self) -> str:
        conversation_id, token = await self._app[GATEWAY].start(self._language)
        self._app[HUB].attach(self._client, conversation_id)
        self._client.sent_seq, self._epoch = 0, 1
        self._client.send(frames.started(conversation_id, token))
        return conversation_id

    def _acknowledge(self, client_id: str, done: Acknowledged, truncated: bool) -> None:
        sent_at = (done.sent_at or datetime.now(UTC)).isoformat()
        self._client.send(frames.acknowledged(client_id, done.seq, sent_at, truncated))
        if done.seq == self._client.sent_seq + 1:
            self._client.sent_seq = done.seq
        else:
            self._client.poke()

    async def _set_language(self, language: str) -> None:
        self._language = language
        if self._client.conversation_id:
            await self._app[GATEWAY].set_language(self._client.conversation_id, language)
            self._epoch = 0
            self._client.poke()

    def _type(self, typing: bool) -> None:
        if self._client.conversation_id:
            happened = PatientTyping(self._client.conversation_id, typing)
            self._app[DATABASE].bus.publish(happened)

    async def _end(self) -> None:
        conversation_id = self._client.conversation_id
        if conversation_id:
            await self._app[GATEWAY].end(conversation_id)
            self._app[HUB].detach(self._client)
        self._client.send(frames.ended())

    async def _pull(self) -> None:
        conversation_id = self._client.conversation_id
        if conversation_id is None:
            return
        found = await self._news(conversation_id, self._client.sent_seq)
        for message in found.messages:
            if message.seq > self._client.sent_seq:
                self._client.sent_seq = message.seq
                self._client.send(frames.posted(self._json(message)))
        if found.state.epoch != self._epoch:
            self._epoch = found.state.epoch
            self._client.send(frames.state_changed(state_json(found.state, self._app[DESK])))

    async def _news(self, conversation_id: str, seq: int) -> News:
        return await news(self._app[DATABASE], self._app[KEYS], conversation_id, seq)

    def _json(self, message: MessageView) -> dict[str, Any]:
        return message_json(message, self._app[KNOWLEDGE])

    def _inbound(
        self, frame: frames.Send, text: str, conversation_id: str | None = None
    ) -> Inbound:
        return Inbound(
            conversation_id=conversation_id or self._client.conversation_id or "",
            client_id=frame.client_id,
            text=text,
            language=self._spoken(text),
            choice=frame.choice,
        )

    def _spoken(self, text: str) -> str:
        spoken = language_of(text, self._language)
        return self._language if spoken == "other" else spoken

    def _refuse(self, error: CarelineError, client_id: str | None = None) -> None:
        if isinstance(error, NotFound):
            self._unopened = None
            self._app[HUB].detach(self._client)
        self._client.send(frames.error(error, self._language, client_id))
