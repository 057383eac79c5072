"""What a patient left to be reached by: saved with consent, changed, and withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import UnitOfWork
from bot.errors import Conflict, Invalid
from bot.handoff.models import RESOLVED, Handoff
from bot.outreach import ledger
from bot.outreach.addresses import masked, parsed
from bot.outreach.digests import digest
from bot.outreach.ledger import How, Wording
from bot.outreach.models import EMAIL, PHONE, Contact
from bot.outreach.times import WEEKDAYS, BestTime, Wish
from bot.privacy import audit
from bot.privacy.encryption import KeyRing

CHANNELS = (EMAIL, PHONE)


@dataclass(frozen=True, slots=True)
class Left:
    """What the form says. `wording_hash` is of the words that the patient saw."""

    channel: str
    address: str = field(repr=False)
    best_time: BestTime
    days: tuple[str, ...]
    consent: bool
    wording_hash: str


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact as its patient and the agents see it."""

    id: int
    channel: str
    shown: str
    best_time: str
    days: tuple[str, ...]
    language: str


def address_context(conversation_id: str, channel: str) -> str:
    """The place an address is sealed for."""
    return f"contact:{conversation_id}:{channel}"


def wish_of(contact: Contact) -> Wish:
    """When its patient likes to be called."""
    best: dict[str, BestTime] = {"morning": "morning", "afternoon": "afternoon"}
    return Wish(best.get(contact.best_time, "any"), tuple(filter(None, contact.days.split(","))))


def address_of(contact: Contact, keys: KeyRing) -> str | None:
    """The address in plain; None once consent is withdrawn."""
    if contact.address is None:
        return None
    context = address_context(contact.conversation_id, contact.channel)
    return str(keys.open(contact.address, context))


async def live(session: AsyncSession, conversation_id: str) -> Sequence[Contact]:
    """The contacts of a conversation that may be used."""
    found = await session.scalars(
        select(Contact)
        .where(Contact.conversation_id == conversation_id, Contact.withdrawn_at.is_(None))
        .order_by(Contact.channel)
    )
    return found.all()


async def views(
    session: AsyncSession, keys: KeyRing, conversation_id: str
) -> Sequence[ContactView]:
    """The same, with their addresses masked."""
    return [view(one, keys) for one in await live(session, conversation_id)]


def view(contact: Contact, keys: KeyRing) -> ContactView:
    """One contact, masked."""
    return ContactView(
        contact.id,
        contact.channel,
        masked(contact.channel, address_of(contact, keys) or "•"),
        contact.best_time,
        wish_of(contact).days,
        contact.language,
    )


async def save(
    work: UnitOfWork,
    keys: KeyRing,
    conversation_id: str,
    left: Left,
    words: Wording,
    language: str,
    at: datetime,
) -> Contact:
    """Keep a contact, or change the one of its channel, and write the consent down.

    The caller has locked the conversation. Raises `Invalid` with the field, or `Conflict` when the
    words of the consent have changed since the patient read them.
    """
    address = _agreed(left, words)
    hashed = await digest(work.session, keys, left.channel, address)
    contact = await work.session.scalar(
        select(Contact).where(
            Contact.conversation_id == conversation_id, Contact.channel == left.channel
        )
    )
    if contact is None:
        contact = Contact(conversation_id=conversation_id, channel=left.channel, seen_at=at)
        work.session.add(contact)
    elif contact.withdrawn_at is None and contact.address_hash != hashed:
        await ledger.withdrawn(work, contact, "form", at)
    contact.address = keys.seal(address, address_context(conversation_id, left.channel))
    contact.address_hash = hashed
    contact.language = language
    contact.best_time = left.best_time
    contact.days = ",".join(day for day in WEEKDAYS if day in left.days)
    contact.saved_at, contact.seen_at, contact.withdrawn_at = at, at, None
    await work.session.flush()
    await ledger.given(work, hashed, contact, words, at)
    await audit.record(
        work, "patient", "contact.saved", conversation_id, contact=contact.id, channel=left.channel
    )
    return contact


def _agreed(left: Left, words: Wording) -> str:
    """The address, if it is one and these words were agreed to."""
    address = parsed(left.channel, left.address)
    if not left.consent:
        raise Invalid("no consent", field="consent", remedy="Tick the box, or close the form.")
    if left.wording_hash != words.hash:
        raise Conflict("the words of the consent have changed", remedy="Read them again.")
    return address


async def withdraw(
    work: UnitOfWork,
    conversation_id: str,
    channels: Collection[str],
    how: How,
    at: datetime,
) -> Sequence[Contact]:
    """Take consent back for these channels, or for all when none of them was left.

    Whoever asks to be left alone means everywhere: the same address is withdrawn in every other
    conversation too. The addresses are erased. Returns the contacts that were live until now.
    """
    own = await live(work.session, conversation_id)
    meant = [one for one in own if one.channel in channels] or (own if how == "chat" else [])
    if not meant:
        return []
    same = select(Contact).where(
        Contact.address_hash.in_([one.address_hash for one in meant]),
        Contact.withdrawn_at.is_(None),
    )
    ended = (await work.session.scalars(same.order_by(Contact.id))).all()
    return [one for one in ended if await _end(work, one, how, at)]


async def _end(work: UnitOfWork, contact: Contact, how: How, at: datetime) -> bool:
    """Withdraw one contact; False when another transaction did it first."""
    won = await work.session.scalar(
        update(Contact)
        .where(Contact.id == contact.id, Contact.withdrawn_at.is_(None))
        .values(withdrawn_at=at, address=None)
        .returning(Contact.id)
    )
    if won is None:
        return False
    await ledger.withdrawn(work, contact, how, at)
    await audit.record(
        work,
        "agent" if how == "wrong_number" else "patient",
        "contact.withdrawn",
        contact.conversation_id,
        contact=contact.id,
        channel=contact.channel,
        how=how,
    )
    return True


async def open_handoff(session: AsyncSession, conversation_id: str) -> Handoff | None:
    """The case that waits or is worked on, if there is one."""
    found: Handoff | None = await session.scalar(
        select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.state != RESOLVED)
    )
    return found
