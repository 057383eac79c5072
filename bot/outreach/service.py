"""Reaching patients, for the rest of the program: contacts, e-mails and the work behind them.

Other packages send by `Outreach.send`: it writes the e-mail down in the caller's transaction and
is silent where e-mail is not set up or consent is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock, utc_now
from bot.db import UnitOfWork
from bot.errors import Conflict, Invalid
from bot.events import OwnerChanged
from bot.handoff.cases import locked
from bot.knowledge.profile import ClinicProfile
from bot.outreach import callbacks, contacts, ledger, links, outbox, templates, times
from bot.outreach.contacts import Left
from bot.outreach.ledger import How, Wording
from bot.outreach.models import EMAIL, PHONE, Contact
from bot.outreach.stop import Stop
from bot.privacy.encryption import KeyRing
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Staff:
    """An address of the clinic's own people: needs no consent and cannot be unsubscribed."""

    address: str = field(repr=False)


class Outreach:
    """One process's way to patients who have left."""

    def __init__(
        self,
        keys: KeyRing,
        settings: Settings,
        clinic: Callable[[], ClinicProfile],
        *,
        clock: Clock = utc_now,
    ):
        self._keys = keys
        self._settings = settings
        self._clinic = clinic
        self.now = clock

    @property
    def can_mail(self) -> bool:
        """Whether e-mail is set up."""
        return bool(self._settings.smtp_url.get_secret_value())

    def channels(self) -> tuple[str, ...]:
        """What patients are offered now: nothing that we could not do."""
        calls = self.call_due(times.Wish()) is not None
        offered = {EMAIL: self.can_mail, PHONE: calls}
        return tuple(channel for channel, possible in offered.items() if possible)

    def call_days(self) -> tuple[str, ...]:
        """The weekdays on which the clinic can call."""
        return times.clinic_days(self._clinic().agent_hours())

    def call_due(self, wish: times.Wish, after: timedelta = timedelta()) -> datetime | None:
        """By when somebody with this wish is to be called."""
        return times.due(self.now() + after, self._clinic().agent_hours(), wish)

    def is_quiet(self) -> bool:
        """Whether it is too early or too late to call anybody."""
        return times.is_quiet(self.now(), self._clinic().agent_hours())

    def wording(self, channel: str, language: str) -> Wording:
        """What a patient agrees to."""
        return ledger.wording(channel, language, self._clinic().name)

    async def save(
        self, work: UnitOfWork, conversation_id: str, left: Left, language: str
    ) -> Contact:
        """Keep how a waiting patient may be reached; a phone number plans a call.

        `Conflict` when nothing waits for a person: then there is nothing to reach them about.
        """
        held = await locked(work, conversation_id)
        case = await contacts.open_handoff(work.session, conversation_id)
        if case is None:
            raise Conflict("nothing waits for a person here", remedy="Ask for a person first.")
        if left.channel not in self.channels():
            raise Invalid("this way is not offered", field="channel", remedy="Choose another.")
        words, at = self.wording(left.channel, language), self.now()
        contact = await contacts.save(work, self._keys, conversation_id, left, words, language, at)
        contact.seen_seq = held.last_seq
        due_at = self.call_due(contacts.wish_of(contact)) if left.channel == PHONE else None
        if due_at is not None:
            await callbacks.plan(work, contact, case.id, due_at, at)
        work.emit(OwnerChanged(conversation_id))
        return contact

    async def withdraw(
        self, work: UnitOfWork, conversation_id: str, channels: Sequence[str], how: How
    ) -> bool:
        """Take consent back, and end the calls that are owed. False when there was none."""
        await locked(work, conversation_id)
        at = self.now()
        ended = await contacts.withdraw(work, conversation_id, channels, how, at)
        await callbacks.end_withdrawn(work, [one.id for one in ended], at)
        if ended:
            work.emit(OwnerChanged(conversation_id))
        return bool(ended)

    async def stop(self, work: UnitOfWork, conversation_id: str, asked: Stop) -> bool:
        """The patient asked in the chat to be left alone."""
        return await self.withdraw(work, conversation_id, sorted(asked.channels), "chat")

    async def unsubscribe(self, work: UnitOfWork, token: str) -> None:
        """Withdraw the e-mail of an unsubscribe link; again is fine. Raises `NotFound`."""
        target = await links.look(work.session, token, links.UNSUBSCRIBE, self.now())
        await self.withdraw(work, target.conversation_id, (EMAIL,), "link")

    async def send(
        self,
        work: UnitOfWork,
        template: str,
        contact: Contact | Staff,
        language: str,
        **values: str,
    ) -> int | None:
        """Write an e-mail down, to be sent after commit. Returns its id in the outbox.

        None, and nothing is written, when no mail server is set, or when the patient's contact
        is no e-mail or its consent is withdrawn. `values` are those that the template names
        (`bot/outreach/templates.py`) and hold no words and no matter of a patient. Raises
        `UnknownTemplate`, also for a template that is meant for others than `contact`.
        """
        wanted = templates.template(template, values)
        if wanted.patient is isinstance(contact, Staff):
            raise templates.UnknownTemplate("this e-mail is for others", field="template")
        body: dict[str, Any] = {"values": values}
        if isinstance(contact, Staff):
            body["recipient"] = contact.address
        else:
            body["recipient"] = contacts.address_of(contact, self._keys)
            if contact.channel != EMAIL or contact.withdrawn_at or not body["recipient"]:
                return None
        if not self.can_mail:
            return None
        if not isinstance(contact, Staff):
            body |= await self._links(work, contact, back=wanted.link)
        return await outbox.put(
            work,
            self._keys,
            template,
            language,
            body,
            self.now(),
            contact_id=None if isinstance(contact, Staff) else contact.id,
            domain=self._settings.mail_from.rpartition("@")[2].rstrip(">"),
        )

    async def _links(self, work: UnitOfWork, contact: Contact, *, back: bool) -> dict[str, str]:
        now, site = self.now(), self._settings.address
        until = now + links.UNSUBSCRIBE_FOR
        out = await links.make(work, contact, links.UNSUBSCRIBE, until)
        made = {"unsubscribe": f"{site}/u/{out}"}
        if back:
            until = now + timedelta(hours=self._settings.link_hours)
            made["link"] = f"{site}/r/{await links.make(work, contact, links.RETURN, until)}"
        return made
