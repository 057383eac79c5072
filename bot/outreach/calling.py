"""Calling patients back, as the console does it: never at night, and a message where calls fail."""

from __future__ import annotations

from collections.abc import Callable

from bot.db import UnitOfWork
from bot.errors import Conflict
from bot.handoff.cases import Agent
from bot.knowledge.profile import ClinicProfile
from bot.outreach import call_queries, callbacks, contacts
from bot.outreach.addresses import spoken
from bot.outreach.callbacks import GAVE_UP, CallOutcome
from bot.outreach.models import EMAIL
from bot.outreach.service import Outreach
from bot.outreach.times import AGAIN_AFTER, Wish
from bot.privacy.encryption import KeyRing


class QuietHours(Conflict):
    """Too early or too late to call anybody."""

    code = "quiet_hours"

    def __init__(self) -> None:
        super().__init__(
            "nobody is called between 9 PM and 8 AM", remedy="Call after 8 in the morning."
        )


class Calls:
    """What an agent does with the calls that are owed."""

    def __init__(self, keys: KeyRing, clinic: Callable[[], ClinicProfile], outreach: Outreach):
        self._keys = keys
        self._clinic = clinic
        self._outreach = outreach
        self.now = outreach.now

    async def hold(self, work: UnitOfWork, callback_id: int, agent: Agent) -> str:
        """Take a call, and get the number. `Conflict` at night, or when a colleague is calling."""
        if self._outreach.is_quiet():
            raise QuietHours()
        return spoken(await callbacks.hold(work, self._keys, callback_id, agent, self.now()))

    async def log(
        self, work: UnitOfWork, callback_id: int, agent: Agent, outcome: CallOutcome
    ) -> str:
        """Write down what came of it, and see to what comes next. Returns the call's state."""
        contact = await call_queries.contact_of(work.session, callback_id)
        wish = contacts.wish_of(contact) if contact else Wish()
        state = await callbacks.log(
            work,
            self._keys,
            callback_id,
            agent,
            outcome,
            self.now(),
            again_at=self._outreach.call_due(wish, AGAIN_AFTER),
            phone=self._clinic().contacts.phone,
        )
        if state == GAVE_UP and contact is not None:
            for other in await contacts.live(work.session, contact.conversation_id):
                if other.channel == EMAIL:
                    await self._outreach.send(work, "not_reached", other, other.language)
        return state
