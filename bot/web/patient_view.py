"""What one patient's screen has been shown of its conversation, and what is news to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.conversations.queries import PAGE
from bot.conversations.views import MessageView
from bot.gateway import Acknowledged
from bot.handoff.forecast import Outlook
from bot.handoff.news import News, news
from bot.handoff.state import PatientState
from bot.keys import DATABASE, DESK, KEYS, KNOWLEDGE, SETTINGS
from bot.privacy.masking import masked
from bot.web import frames
from bot.web.first_look import Read
from bot.web.hub import Client
from bot.web.messages import message_json, state_json
from bot.web.rating import PatientRatings

# The promised time, what the wait looks like and whether the case is urgent: news to the patient
# when any of them changes.
Promised = tuple[datetime | None, Outlook | None, bool]
NOTHING_PROMISED: Promised = (None, None, False)


class PatientView:
    """The last line, state and promise that one socket was told."""

    def __init__(self, app: web.Application, client: Client, ratings: PatientRatings):
        self._app = app
        self._client = client
        self._ratings = ratings
        self._epoch = 0
        self._promise: Promised = NOTHING_PROMISED
        self._language = ""
        self._seen = 0

    async def news(self, conversation_id: str, seq: int) -> News:
        """The lines after `seq`, and how the conversation stands."""
        look = self._app[DESK].forecast.outlook
        return await news(self._app[DATABASE], self._app[KEYS], conversation_id, seq, look)

    def start(self, conversation_id: str, token: str, language: str) -> None:
        """Show a conversation that has just begun."""
        self._client.sent_seq, self._epoch, self._seen = 0, 1, 0
        self._promise, self._language = NOTHING_PROMISED, language
        self._client.send(frames.started(conversation_id, token))

    def open(self, conversation_id: str, token: str, last_seq: int, found: News) -> None:
        """Show a conversation of which the patient has the lines up to `last_seq`."""
        self._seen = 0
        self._client.sent_seq = found.messages[-1].seq if found.messages else last_seq
        self._client.send(
            frames.opened(
                conversation_id=conversation_id,
                token=token,
                state=self._state(found.state),
                messages=[self._json(one) for one in found.messages],
                last_seq=self._client.sent_seq,
            )
        )

    def acknowledge(self, read: Read, done: Acknowledged) -> None:
        """Tell that a message is stored, and as which line."""
        sent_at = (done.sent_at or datetime.now(UTC)).isoformat()
        client_id, text = read.frame.client_id, masked(read.text, read.language)
        shown = text if text != read.text else None
        truncated = len(read.text) > self._app[SETTINGS].max_chars
        self._client.send(frames.acknowledged(client_id, done.seq, sent_at, truncated, shown))
        if done.seq == self._client.sent_seq + 1:
            self._client.sent_seq = done.seq
        else:
            self._client.poke()

    def refresh(self) -> None:
        """Show the state anew, whatever was told of it."""
        self._epoch = 0
        self._client.poke()

    async def pull(self) -> None:
        """Show what is new in the table."""
        while conversation_id := self._client.conversation_id:
            found = await self.news(conversation_id, self._client.sent_seq)
            for message in found.messages:
                await self._client.room()
                if self._client.conversation_id != conversation_id:
                    return
                if message.seq > self._client.sent_seq:
                    self.present(message)
            if self._client.conversation_id != conversation_id:
                return
            if self._is_news(found.state):
                self._client.send(frames.state_changed(self._state(found.state)))
                await self._ratings.show(conversation_id)
            self._tell_seen(found.state)
            if len(found.messages) < PAGE:
                return

    def present(self, message: MessageView) -> None:
        """Show the line that follows."""
        self._client.sent_seq = message.seq
        self._client.send(frames.posted(self._json(message)))

    def _tell_seen(self, state: PatientState) -> None:
        if state.seen_seq > self._seen:
            self._seen = state.seen_seq
            self._client.send(frames.seen(state.seen_seq))

    def _is_news(self, state: PatientState) -> bool:
        told = (self._epoch, self._promise, self._language)
        return (state.epoch, _promised(state), state.language) != told

    def _state(self, state: PatientState) -> dict[str, Any]:
        self._epoch, self._promise = state.epoch, _promised(state)
        self._language = state.language
        return state_json(state, self._app[DESK])

    def _json(self, message: MessageView) -> dict[str, Any]:
        return message_json(message, self._app[KNOWLEDGE])


def _promised(state: PatientState) -> Promised:
    return state.promised_by, state.outlook, state.urgent
