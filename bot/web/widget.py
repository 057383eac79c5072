"""The patient's socket. The gate looks at every message the moment it is read, in any state."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import unicodedata
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSMsgType, web

from bot import texts
from bot.conversations.queries import PAGE
from bot.conversations.seen import patient_saw
from bot.conversations.views import MessageView
from bot.errors import CarelineError, Invalid, NotFound, StorageUnavailable
from bot.events import PatientTyping
from bot.gateway import Acknowledged, Inbound
from bot.handoff.forecast import Outlook
from bot.handoff.news import News, news
from bot.handoff.state import PatientState
from bot.keys import DATABASE, DESK, GATEWAY, HUB, KEYS, KNOWLEDGE, SETTINGS
from bot.knowledge.markdown import blocks
from bot.language.identify import language_of
from bot.privacy.masking import masked
from bot.safety import Assessment, Tier, text_for
from bot.tasks import end
from bot.web import frames
from bot.web.hub import Client
from bot.web.messages import message_json, notice_json, state_json
from bot.web.rating import PatientRatings
from bot.web.security import RateLimits, client_address, require_own_origin

log = logging.getLogger(__name__)

# A frame above this closes the socket; a text above max_message_bytes is refused with words.
HARD_LIMIT = 4 * 1024 * 1024
HARD_CHARS = 65_536
EDGE_CHARS = 4_000
REMEMBERED_LINES = 3
LAST_WORK_SECONDS = 10.0
HEARTBEAT_SECONDS = 25.0
SAFETY_PATIENCE = 0.8
BACKLOG = 64

# The promised time and what the wait looks like: news to the patient when either changes.
Promised = tuple[datetime | None, Outlook | None]
NOTHING_PROMISED: Promised = (None, None)

RATES = web.AppKey("rates", RateLimits)


class TooLong(CarelineError):
    """More than one message may hold."""

    code = "too_long"
    status = 413

    def __init__(self, message: str, client_id: str):
        super().__init__(message, field="text")
        self.client_id = client_id


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


@dataclass(slots=True)
class Read:
    """A message as the gate has judged it, on its way to the table."""

    frame: frames.Send
    text: str = field(repr=False)
    language: str
    assessment: Assessment
    stored: asyncio.Event = field(default_factory=asyncio.Event)


class PatientSocket:
    """What one socket knows: its conversation, its language, and what it has sent."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse):
        self._app = request.app
        self._address = client_address(request, request.app[SETTINGS])
        self._socket = socket
        self._client = Client(socket)
        self._client.present = self._present
        self._ratings = PatientRatings(self._app, self._client)
        self._language = "en"
        self._epoch = 0
        self._promise: Promised = NOTHING_PROMISED
        self._seen = 0
        self._unopened: frames.Open | None = None
        self._lines: deque[str] = deque(maxlen=REMEMBERED_LINES)
        self._judged: deque[str] = deque(maxlen=BACKLOG * 4)
        self._work: asyncio.Queue[Read | frames.Inbound] = asyncio.Queue(BACKLOG)
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
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORK_SECONDS):
                    await self._work.join()
            hub.remove(self._client)
            await end((*tasks, *self._guards))

    async def _read(self, raw: str) -> None:
        try:
            frame = frames.parse(raw)
            if isinstance(frame, frames.Send):
                await self._work.put(self._judge(frame))
            else:
                await self._app[RATES].hit("frame", f"{self._address}/{id(self)}")
                await self._work.put(frame)
                if isinstance(frame, frames.GiveRating):
                    await self._heed(frame)
        except CarelineError as error:
            self._refuse(error, getattr(error, "client_id", None))

    def _judge(self, frame: frames.Send) -> Read:
        """Put a message before the gate, the moment it is read and whatever comes after."""
        text = clean(frame.text[:HARD_CHARS])
        language = self._spoken(text)
        too_long = len(frame.text.encode()) > self._app[SETTINGS].max_message_bytes
        judged = text if not too_long else f"{text[:EDGE_CHARS]}\n{text[-EDGE_CHARS:]}"
        assessment = self._app[GATEWAY].assess(judged, self._lines, language)
        read = Read(frame, text, language, assessment)
        if frame.client_id not in self._judged:
            self._judged.append(frame.client_id)
            self._lines.append(judged)
        if too_long:
            if assessment.tier is Tier.FULL:
                self._show_safety(read)
            raise TooLong("the message is too long", frame.client_id)
        if assessment.tier is Tier.FULL:
            guard = asyncio.create_task(self._guard(read))
            self._guards.add(guard)
            guard.add_done_callback(self._guards.discard)
        return read

    async def _heed(self, given: frames.GiveRating) -> None:
        """Danger is danger where a rating is explained too: then it is a message as well."""
        said = frames.Send(type="message.send", client_id=given.client_id, text=given.reason or "-")
        text = clean(given.reason)
        assessment = self._app[GATEWAY].assess(text, self._lines, self._spoken(text))
        if assessment.tier is Tier.FULL:
            await self._work.put(self._judge(said))

    async def _guard(self, read: Read) -> None:
        """Show the safety text without the database when storing takes too long."""
        try:
            async with asyncio.timeout(SAFETY_PATIENCE):
                await read.stored.wait()
        except TimeoutError:
            self._show_safety(read)

    def _show_safety(self, read: Read) -> None:
        fixed = text_for(read.assessment, read.language)
        client_id = read.frame.client_id
        self._client.send(frames.safety(client_id, blocks(fixed.text), fixed.language))

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
        found = await self._news(conversation.id, frame.last_seq)
        self._unopened = None
        self._language = conversation.language
        self._lines = deque([*opened.patient_lines, *self._lines], REMEMBERED_LINES)
        self._app[HUB].attach(self._client, conversation.id)
        self._seen = 0
        self._client.sent_seq = found.messages[-1].seq if found.messages else frame.last_seq
        state = self._state(found.state)
        self._client.send(
            frames.opened(
                conversation_id=conversation.id,
                token=frame.token,
                state=state,
                messages=[self._json(one) for one in found.messages],
                last_seq=self._client.sent_seq,
            )
        )
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
            truncated = len(read.text) > self._app[SETTINGS].max_chars
            self._acknowledge(read, done, truncated)
        except StorageUnavailable:
            if read.assessment.tier is Tier.FULL and not read.stored.is_set():
                read.stored.set()
                self._show_safety(read)
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
        self._client.sent_seq, self._epoch, self._seen = 0, 1, 0
        self._promise = NOTHING_PROMISED
        self._client.send(frames.started(conversation_id, token))
        if self._app[DESK].board.at_start():
            # The chat began with notices: they come before the patient's first line.
            await self._pull()
        return conversation_id

    def _acknowledge(self, read: Read, done: Acknowledged, truncated: bool) -> None:
        sent_at = (done.sent_at or datetime.now(UTC)).isoformat()
        client_id, text = read.frame.client_id, masked(read.text, read.language)
        shown = text if text != read.text else None
        self._client.send(frames.acknowledged(client_id, done.seq, sent_at, truncated, shown))
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
        if conversation_id:
            await self._app[GATEWAY].end(conversation_id)
            self._app[HUB].detach(self._client)
        self._lines.clear()
        self._client.send(frames.ended())
        if conversation_id:
            await self._ratings.show(conversation_id)

    async def _pull(self) -> None:
        while conversation_id := self._client.conversation_id:
            found = await self._news(conversation_id, self._client.sent_seq)
            for message in found.messages:
                await self._client.room()
                if self._client.conversation_id != conversation_id:
                    return
                if message.seq > self._client.sent_seq:
                    self._present(message)
            if self._client.conversation_id != conversation_id:
                return
            if self._is_news(found.state):
                self._client.send(frames.state_changed(self._state(found.state)))
                await self._ratings.show(conversation_id)
            self._tell_seen(found.state)
            if len(found.messages) < PAGE:
                return

    def _present(self, message: MessageView) -> None:
        self._client.sent_seq = message.seq
        self._client.send(frames.posted(self._json(message)))

    def _tell_seen(self, state: PatientState) -> None:
        if state.seen_seq > self._seen:
            self._seen = state.seen_seq
            self._client.send(frames.seen(state.seen_seq))

    def _is_news(self, state: PatientState) -> bool:
        return state.epoch != self._epoch or _promised(state) != self._promise

    def _state(self, state: PatientState) -> dict[str, Any]:
        self._epoch, self._promise = state.epoch, _promised(state)
        return state_json(state, self._app[DESK])

    async def _news(self, conversation_id: str, seq: int) -> News:
        look = self._app[DESK].forecast.outlook
        return await news(self._app[DATABASE], self._app[KEYS], conversation_id, seq, look)

    def _json(self, message: MessageView) -> dict[str, Any]:
        return message_json(message, self._app[KNOWLEDGE])

    def _spoken(self, text: str) -> str:
        spoken = language_of(text[: self._app[SETTINGS].max_chars], self._language)
        return self._language if spoken == "other" else spoken

    def _refuse(self, error: CarelineError, client_id: str | None = None) -> None:
        if isinstance(error, NotFound):
            self._unopened = None
            self._app[HUB].detach(self._client)
        self._client.send(frames.error(error, self._language, client_id))


def _promised(state: PatientState) -> Promised:
    return state.promised_by, state.outlook
