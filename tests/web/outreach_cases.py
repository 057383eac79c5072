"""A clinic with a mail server and a clock that tests move, and patients who leave an address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientResponse
from sqlalchemy import select, update

from bot import keys
from bot.app import CORE
from bot.clock import utc_now
from bot.conversations.lines import Draft
from bot.conversations.models import Conversation
from bot.conversations.service import token_hash
from bot.handoff import lines
from bot.outreach.models import ConsentEvent, Contact, Mail
from tests.web.colleagues import app_of
from tests.web.desk_cases import CLIENT, Waiting, waiting
from tests.web.patients import origin_of

# A Tuesday, 10 in the morning at the clinic in Chicago.
TUESDAY = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
ADDRESS = "ana.ruiz@example.com"
NUMBER = "217-555-0142"


class MovedClock:
    """The wall clock, or the time that a test says it is."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return self.at or utc_now() + self.ahead


class Visitor:
    """A patient's browser, as it asks about contacts over HTTP."""

    def __init__(self, client: CLIENT, token: str):
        self._client = client
        self.headers = {"Authorization": f"Bearer {token}", "Origin": origin_of(client)}

    async def read(self, status: int = 200) -> Any:
        return await self._json(
            await self._client.get("/api/contact", headers=self.headers), status
        )

    async def leave(self, channel: str, address: str, status: int = 200, **values: Any) -> Any:
        """Save an address, in the words that are shown now unless `wording` says others."""
        shown = (await self.read())["consent"].get(channel, {"hash": ""})
        sent = {"channel": channel, "address": address, "consent": True, "language": "en"}
        sent |= {"wording": shown["hash"]} | values
        response = await self._client.put("/api/contact", json=sent, headers=self.headers)
        return await self._json(response, status)

    async def withdraw(self, channel: str) -> Any:
        response = await self._client.post(
            "/api/contact/withdraw", json={"channel": channel}, headers=self.headers
        )
        return await self._json(response, 200)

    @staticmethod
    async def _json(response: ClientResponse, status: int) -> Any:
        data = await response.json()
        assert response.status == status, data
        return data


async def token_for(client: CLIENT, conversation_id: str) -> str:
    """A token with which the patient of a made conversation speaks."""
    token = f"token-of-{conversation_id}"
    async with app_of(client)[keys.DATABASE].work() as work:
        await work.session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(token_hash=token_hash(token))
        )
        await work.commit()
    return token


async def visitor_in_line(client: CLIENT) -> tuple[Visitor, Waiting]:
    """A patient who waits for a person."""
    case = await waiting(client)
    return Visitor(client, await token_for(client, case.conversation_id)), case


async def replied(client: CLIENT, case: Waiting, agent_id: str, epoch: int) -> None:
    """An agent's line in a case of theirs."""
    app = app_of(client)
    async with app[keys.DATABASE].work() as work:
        said = Draft("agent", "Your **biopsy** result is here.", "en", agent_id=agent_id)
        await lines.reply(work, app[keys.KEYS], case.conversation_id, agent_id, said, epoch)
        await work.commit()


async def post(client: CLIENT) -> None:
    """Do the work behind e-mails once."""
    await app_of(client)[CORE].postman.run_once()


async def ledger(client: CLIENT) -> list[tuple[str, str, str]]:
    """The ledger in short: event, channel, way."""
    async with app_of(client)[keys.DATABASE].reading() as session:
        rows = await session.scalars(select(ConsentEvent).order_by(ConsentEvent.id))
        return [(row.event, row.channel, row.how) for row in rows]


async def stored(client: CLIENT, model: type[Contact] | type[Mail]) -> list[Any]:
    """The rows of a table."""
    async with app_of(client)[keys.DATABASE].reading() as session:
        return list((await session.scalars(select(model).order_by(model.id))).all())
