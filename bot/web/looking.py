"""One console telling the others what it shows, and being told who shows the same."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress

from aiohttp import web

from bot.errors import CarelineError
from bot.events import Event, LookersChanged
from bot.handoff.looking import SAY_EVERY, Console, look, lookers
from bot.keys import DATABASE
from bot.staff.sessions import SignedIn
from bot.web.acting import acting
from bot.web.hub import Client


class Looking:
    """What one socket's console shows. The table is the truth; events only hasten reading it."""

    def __init__(self, app: web.Application, client: Client, who: SignedIn):
        self._database = app[DATABASE]
        self._client = client
        self._console = Console(uuid.uuid4().hex, acting(who))
        self._shown: str | None = None
        self._told: list[str] = []
        self._stirred = asyncio.Event()
        # Saying it again must not overtake what is shown next.
        self._saying = asyncio.Lock()

    async def show(self, conversation_id: str | None) -> None:
        """The console shows this conversation now, or none. Raises `NotFound`."""
        async with self._saying:
            await self._say(conversation_id)
            self._shown, self._told = conversation_id, []
        self._stirred.set()

    def hear(self, event: Event) -> None:
        """Somebody may have come or gone."""
        if isinstance(event, LookersChanged) and event.conversation_id == self._shown:
            self._stirred.set()

    async def run(self) -> None:
        """Say it again now and then, and tell of others, until cancelled."""
        while True:
            with suppress(CarelineError):
                try:
                    async with asyncio.timeout(SAY_EVERY.total_seconds()):
                        await self._stirred.wait()
                except TimeoutError:
                    async with self._saying:
                        if self._shown:
                            await self._say(self._shown)
                self._stirred.clear()
                await self._tell()

    async def leave(self) -> None:
        """The console is gone."""
        with suppress(CarelineError):
            async with self._saying:
                shown, self._shown = self._shown, None
                if shown:
                    await self._say(None)

    async def _say(self, conversation_id: str | None) -> None:
        async with self._database.work() as work:
            await look(work, self._console, conversation_id)
            await work.commit()

    async def _tell(self) -> None:
        if (shown := self._shown) is None:
            return
        async with self._database.reading() as session:
            names = list(await lookers(session, shown, self._console.agent.id))
        if shown == self._shown and names != self._told:
            self._told = names
            frame = {"type": "lookers.changed", "conversation_id": shown, "names": names}
            self._client.send(frame)
