"""Sections of the clinic profile on the office: contacts, privacy, complaints, messages."""

from __future__ import annotations

from pydantic import Field

from bot.knowledge.profile_parts import (
    ID,
    Count,
    Email,
    Part,
    Phone,
    Phrase,
    Section,
    Sentence,
    Text,
    Url,
    entries,
    fact,
)


class Contacts(Section):
    """How to reach the clinic. Its keys have no prefix: `clinic.phone`."""

    phone: Phone = Field(description="The main phone.")
    relay: Phone = Field(default="711", description="For people who are deaf or hard of hearing.")
    fax: Phone | None = fact("The clinic's fax.")
    email: Email | None = fact("The clinic's e-mail.")
    mail: Text | None = fact("The clinic's mail address.")
    billing_phone: Phone | None = fact("The billing office.")
    billing_hours: Phrase | None = fact("When the billing office answers.")
    billing_email: Email | None = fact("The billing office's e-mail.")
    records_phone: Phone | None = fact("The records office.")


class Official(Section):
    """How to tell the clinic's messages from fraud."""

    senders: Sentence | None = fact("The addresses and numbers the clinic writes from.")
    never: Sentence | None = fact("What the clinic never asks for.")


class Confidential(Section):
    """Privacy from the rest of the family."""

    policy: Sentence | None = fact("Messages and bills sent somewhere else; teens.")


class Privacy(Section):
    """The privacy office."""

    notice_url: Url | None = fact("The privacy notice.")
    phone: Phone | None = fact("The privacy office's phone.")
    email: Email | None = fact("The privacy office's e-mail.")
    chat: Sentence | None = fact("What becomes of chats, and what not to write in them.")


class Complaints(Section):
    """Complaints and civil rights."""

    how: Sentence | None = fact("How to complain.")
    phone: Phone | None = fact("The phone for complaints.")
    reply_business_days: Count | None = fact("How soon a complaint is answered.")
    coordinator: Sentence | None = fact("The civil rights coordinator.")


class Legal(Section):
    """Lawyers and courts."""

    contact: Sentence | None = fact("Where letters from lawyers and courts go.")


class Offices(Section):
    """People who are not patients."""

    jobs: Sentence | None = fact("Where jobs are listed.")
    vendors: Sentence | None = fact("Where sellers write.")
    providers: Sentence | None = fact("How other medical offices reach the clinic.")


class Callback(Section):
    """Being called back."""

    policy: Sentence | None = fact("How to ask for a call, and how often the clinic tries.")


class Closures(Section):
    """Days when the clinic cannot open."""

    weather: Sentence | None = fact("How patients learn that the clinic is closed.")


class IdentityMethod(Part):
    """One way to know whom an agent speaks with, before facts of an account are told."""

    id: str = Field(pattern=ID, description="A short name that is kept with the check.")
    name: Phrase = Field(description="What the agent does or asks for.")


class Identity(Section):
    """How agents make sure whom they speak with. Patients never read it."""

    methods: tuple[IdentityMethod, ...] = entries("Ways that the clinic accepts.")


class Outreach(Section):
    """Texts and reminders."""

    texts: Sentence | None = fact("What the clinic texts about, and how to stop it.")
