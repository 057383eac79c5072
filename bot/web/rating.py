"""A patient's ratings on one socket: whom they are asked about, and what they answer.

The socket remembers the conversation that its patient ended: the token is void by then, and
nothing of the chat is left on the device to ask with later.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from bot import texts
from bot.errors import CarelineError, Conflict
from bot.handoff import ratings
from bot.handoff.ratings import Asked, Given
from bot.keys import DATABASE, DESK, KEYS, SETTINGS
from bot.privacy.masking import masked
from bot.web import frames
from bot.web.hub import Client


class PatientRatings:
    """What one socket asks its patient."""

    def __init__(self, app: web.Application, client: Client):
        self._app = app
        self._client = client
        self._conversation_id: str | None = None
        self._sent: list[dict[str, Any]] = []

    async def show(self, conversation_id: str, *, again: bool = False) -> None:
        """Tell whom the patient may rate, when that is news; with `again` in any case."""
        self._conversation_id = conversation_id
        settings, now = self._app[SETTINGS], self._app[DESK].now()
        async with self._app[DATABASE].reading() as session:
            asked = await ratings.asked_for(
                session,
                self._app[KEYS],
                conversation_id,
                after=now - timedelta(hours=settings.rating_hours),
            )
        self._tell([_json(one) for one in asked], again=again)

    def forget(self) -> None:
        """A new conversation begins: what was before is asked about no more."""
        self._conversation_id = None
        self._tell([])

    async def give(self, frame: frames.GiveRating, language: str) -> None:
        """Keep a rating, or say why not."""
        try:
            await self._keep(frame, language)
        except CarelineError as error:
            closed = isinstance(error, Conflict)
            text_id = "errors.rating_closed" if closed else "errors.rating_failed"
            message = texts.get(text_id, language).text
            self._client.send(frames.rating_refused(frame.about, message))

    async def _keep(self, frame: frames.GiveRating, language: str) -> None:
        conversation_id = self._conversation_id
        if conversation_id is None:
            raise Conflict("there is no chat to rate")
        settings, desk = self._app[SETTINGS], self._app[DESK]
        now = desk.now()
        async with self._app[DATABASE].work() as work:
            await ratings.give(
                work,
                self._app[KEYS],
                conversation_id,
                Given(frame.about, frame.score, frame.reason.strip()),
                copied=desk.copied,
                within=timedelta(hours=settings.rating_hours),
                due_at=desk.at_work(now + timedelta(hours=settings.bad_rating_hours)),
                now=now,
            )
            await work.commit()
        await self.show(conversation_id, again=True)

    def _tell(self, asked: list[dict[str, Any]], *, again: bool = False) -> None:
        if again or asked != self._sent:
            self._sent = asked
            self._client.send(frames.rating_asked(asked))


def _json(asked: Asked) -> dict[str, Any]:
    return {
        "about": asked.about,
        "agent_name": asked.agent_name,
        "ended_at": asked.ended_at.isoformat(),
        "score": asked.score,
        "reason": masked(asked.reason, asked.language) if asked.reason else None,
    }
