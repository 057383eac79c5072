"""The gate's look at what a patient writes, the moment it is read and in any state.

It needs no database: where storing takes too long, the safety text goes out as a frame by itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiohttp import web

from bot.errors import CarelineError
from bot.keys import GATEWAY, SETTINGS
from bot.knowledge.markdown import blocks
from bot.language.identify import language_of
from bot.safety import Assessment, Tier, text_for
from bot.web import frames
from bot.web.hub import Client
from bot.web.typed import clean

# A text above max_message_bytes is refused with words, but both its ends are looked at.
HARD_CHARS = 65_536
EDGE_CHARS = 4_000
REMEMBERED_LINES = 3
REMEMBERED_IDS = 256
SAFETY_PATIENCE = 0.8


class TooLong(CarelineError):
    """More than one message may hold."""

    code = "too_long"
    status = 413

    def __init__(self, message: str, client_id: str):
        super().__init__(message, field="text")
        self.client_id = client_id


@dataclass(slots=True)
class Read:
    """A message as the gate has judged it, on its way to the table."""

    frame: frames.Send
    text: str = field(repr=False)
    language: str
    assessment: Assessment
    stored: asyncio.Event = field(default_factory=asyncio.Event)


class FirstLook:
    """What one socket's patient wrote last, and the texts that wait for what was read."""

    def __init__(self, app: web.Application, client: Client):
        self._app = app
        self._client = client
        self._lines: deque[str] = deque(maxlen=REMEMBERED_LINES)
        self._judged: deque[str] = deque(maxlen=REMEMBERED_IDS)
        # They show the safety text of what is not stored in time; whoever looks ends them.
        self.guards: set[asyncio.Task[None]] = set()

    def judge(self, frame: frames.Send, chat_language: str) -> Read:
        """Put a message before the gate, whatever comes after. Raises `TooLong` when it has."""
        text = clean(frame.text[:HARD_CHARS])
        language = self._spoken(text, chat_language)
        too_long = len(frame.text.encode()) > self._app[SETTINGS].max_message_bytes
        judged = text if not too_long else f"{text[:EDGE_CHARS]}\n{text[-EDGE_CHARS:]}"
        assessment = self._app[GATEWAY].assess(judged, self._lines, language)
        read = Read(frame, text, language, assessment)
        if frame.client_id not in self._judged:
            self._judged.append(frame.client_id)
            self._lines.append(judged)
        if too_long:
            if assessment.tier is Tier.FULL:
                self.show(read)
            raise TooLong("the message is too long", frame.client_id)
        if assessment.tier is Tier.FULL:
            guard = asyncio.create_task(self._guard(read))
            self.guards.add(guard)
            guard.add_done_callback(self.guards.discard)
        return read

    def is_danger(self, text: str, chat_language: str) -> bool:
        """Whether this would be danger if it were the next message."""
        language = self._spoken(text, chat_language)
        return self._app[GATEWAY].assess(text, self._lines, language).tier is Tier.FULL

    def show(self, read: Read) -> None:
        """Show the safety text without the database."""
        fixed = text_for(read.assessment, read.language)
        client_id = read.frame.client_id
        self._client.send(frames.safety(client_id, blocks(fixed.text), fixed.language))

    def remember(self, earlier: Iterable[str]) -> None:
        """These lines of the patient come before what was read here."""
        self._lines = deque([*earlier, *self._lines], REMEMBERED_LINES)

    def forget(self) -> None:
        """The conversation is over."""
        self._lines.clear()

    async def _guard(self, read: Read) -> None:
        try:
            async with asyncio.timeout(SAFETY_PATIENCE):
                await read.stored.wait()
        except TimeoutError:
            self.show(read)

    def _spoken(self, text: str, chat_language: str) -> str:
        spoken = language_of(text[: self._app[SETTINGS].max_chars], chat_language)
        return chat_language if spoken == "other" else spoken
