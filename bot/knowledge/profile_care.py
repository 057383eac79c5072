"""Sections of the clinic profile on care: booking, people, services, visits, portal, records."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from bot.knowledge import wording
from bot.knowledge.profile_parts import (
    ID,
    Count,
    Part,
    Phone,
    Phrase,
    Section,
    Sentence,
    Text,
    Url,
    Usd,
    entries,
    fact,
)

PRIMARY_CARE = ("doctor", "nurse_practitioner", "physician_assistant")


class Booking(Section):
    """How a visit is booked. Without `url` a booking becomes a request to the front desk."""

    url: Url | None = fact("The page where visits are booked.")
    new_patients: Sentence | None = fact("Whether new patients are taken, and where.")
    channels: Sentence | None = fact("The ways to book a visit.")
    same_day: Sentence | None = fact("How to be seen the same day.")
    walk_in: Sentence | None = fact("What happens to people who come without an appointment.")
    waitlist: Sentence | None = fact("How to be called when an earlier time opens.")
    wait: Sentence | None = fact("How long the wait for a visit usually is.")
    open_times: Sentence | None = fact("Where open times can be seen.")
    recall: Sentence | None = fact("What a reminder to book a checkup is, and what it is not.")


class Provider(Part):
    """Someone who sees patients."""

    id: str = Field(pattern=ID, description="A short name that `patients_see` uses.")
    name: Text = Field(description="First and last name, without a title.")
    role: Phrase = Field(description="What they are, in plain words.")
    kind: Literal["doctor", "nurse_practitioner", "physician_assistant", "behavioral_health"] = (
        Field(description="Lists of names hold all but `behavioral_health`.")
    )
    gender: Literal["female", "male"] | None = fact("For patients who ask for one or the other.")
    sites: tuple[str, ...] = Field(min_length=1, description="Ids of locations.")
    languages: tuple[str, ...] = Field(min_length=1, description="Codes: `en`, `es`, `pl` …")
    children: bool = Field(description="Whether they see children.")
    accepting_new: bool = Field(description="Whether they take new patients.")

    @field_validator("languages")
    @classmethod
    def _known_languages(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(codes) - set(wording.LANGUAGES)):
            known = ", ".join(wording.LANGUAGES)
            raise ValueError(f'unknown language "{unknown[0]}"; write one of {known}')
        return codes


class Departure(Part):
    """Someone who no longer sees patients here, and who sees those patients now."""

    name: Text = Field(description="First and last name.")
    role: Phrase = Field(description="What they were.")
    left_on: date = Field(description="The last day.")
    patients_see: tuple[str, ...] = Field(
        min_length=1, description="Ids of the providers who see their patients now."
    )


class Providers(Section):
    """The people who see patients, and those who left."""

    people: tuple[Provider, ...] = entries("Everyone who sees patients.")
    left: tuple[Departure, ...] = entries("People who left, and the ids of who took over.")


class Service(Part):
    """One kind of care, offered or not. Said as `We offer <name>. <note>`"""

    id: str = Field(pattern=ID, description="Articles say `service_<id>`.")
    name: Phrase = Field(description="Goes on after “We offer”; small first letter.")
    offered: bool = Field(description="Whether the clinic does it.")
    locations: tuple[str, ...] = Field(default=(), description="Ids of sites. Left out: all.")
    note: Sentence | None = fact("What else to know, or who does it if not the clinic.")


class Services(Section):
    """What the clinic does and does not do."""

    items: tuple[Service, ...] = entries("Each service, offered or not.")


class VisitType(Part):
    """One kind of visit: how long it is, and what it is for."""

    name: Phrase = Field(description="What it is called.")
    minutes: Count = Field(description="How long it is.")
    purpose: Phrase = Field(description="Goes on after the length: “for …”.")


class VisitTypes(Section):
    """The kinds of visit a patient can book."""

    items: tuple[VisitType, ...] = entries("Each kind of visit.")


class Visit(Section):
    """What a patient does before and at a visit."""

    arrive_early_minutes: Count | None = fact("How early to come.")
    late_limit_minutes: Count | None = fact("How late one may come and still be seen.")
    bring: Phrase | None = fact("What to bring.")
    forms: Sentence | None = fact("Where and when forms are filled out.")
    check_in: Sentence | None = fact("Checking in online.")
    sick: Sentence | None = fact("What to do before a visit with a cough or a fever.")
    companion: Sentence | None = fact("Who may come into the room.")
    children: Sentence | None = fact("Bringing children along.")
    minors: Sentence | None = fact("Who comes with a patient under 18.")
    without_card: Sentence | None = fact("Being seen without an insurance card.")


class NoShow(Section):
    """Missed visits and late cancellations."""

    notice_hours: Count | None = fact("How long before the visit to cancel.")
    fee_usd: Usd | None = fact("What a missed visit costs.")
    waived: Sentence | None = fact("When the fee is not charged.")


class Telehealth(Section):
    """Visits by video or phone."""

    kinds: Phrase | None = fact("The kinds of visit from home.")
    where: Sentence | None = fact("Where the patient must be at that time.")
    join: Sentence | None = fact("How to join.")
    devices: Phrase | None = fact("What the patient needs.")
    support_phone: Phone | None = fact("Who helps when the video does not work.")
    trouble: Sentence | None = fact("What happens when the video fails.")
    cost: Sentence | None = fact("What such a visit costs, compared with one at the clinic.")


class Transport(Section):
    """Getting to the clinic without a car."""

    options: Sentence | None = fact("Buses, rides, and who may pay for them.")


class Access(Section):
    """Patients with disabilities."""

    sign_language: Sentence | None = fact("Sign language interpreters.")
    wheelchair: Sentence | None = fact("Entrances, doors, and restrooms.")
    equipment: Sentence | None = fact("Exam tables, scales, and lifts.")
    service_animals: Sentence | None = fact("Service animals.")
    other: Sentence | None = fact("Other help: large print, a quiet room.")
    notice_business_days: Count | None = fact("How early to ask.")


class Languages(Section):
    """Languages spoken, and interpreters."""

    staff: Sentence | None = fact("Which languages the staff speak.")
    interpreter: Sentence | None = fact("Interpreters for other languages.")


class NurseLine(Section):
    """Nurses by phone."""

    phone: Phone | None = fact("The nurse line.")
    hours: Phrase | None = fact("When nurses answer.")


class AfterHours(Section):
    """Care when the clinic is closed."""

    urgent_care: Sentence | None = fact("An urgent care center nearby, and its hours.")
    emergency_room: Sentence | None = fact("The nearest emergency room. Names 911.")


class Portal(Section):
    """The patient portal."""

    name: Text | None = fact("What the portal is called.")
    url: Url | None = fact("Where it is.")
    start: Sentence | None = fact("What is needed to sign up.")
    reply_business_days: Count | None = fact("How soon messages are answered.")
    login_help: Sentence | None = fact("What to do when one cannot sign in.")
    support_phone: Phone | None = fact("Who helps with the portal.")
    proxy_child: Sentence | None = fact("How a parent sees a child's portal.")
    proxy_adult: Sentence | None = fact("How an adult lets another person see the portal.")
    messages: Sentence | None = fact("What messages are for, and what not.")
    results: Sentence | None = fact("When test results show.")


class Records(Section):
    """Medical records."""

    url: Url | None = fact("The page about records.")
    ready_business_days: Count | None = fact("How soon copies are ready.")
    fee: Sentence | None = fact("What copies cost.")
    transfer: Sentence | None = fact("Sending records to or from another office.")
    correction: Sentence | None = fact("Asking for a correction.")
    immunization: Sentence | None = fact("Vaccine records.")


class Refill(Section):
    """Prescription refills."""

    ready_business_days: Count | None = fact("How soon a refill is ready.")
    how: Sentence | None = fact("How to ask for one.")


class Paperwork(Section):
    """Letters and forms."""

    ready_business_days: Count | None = fact("How soon forms are ready.")
    fee_usd: Usd | None = fact("What a long form costs.")
    notes: Sentence | None = fact("Simple notes for work or school.")
    leave: Sentence | None = fact("Forms for family leave or disability.")
