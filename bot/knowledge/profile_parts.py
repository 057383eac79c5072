"""The parts of a clinic profile: places, plans, and one section per subject.

Every fact of a section may be left out. A fact that is missing is never guessed: the
question that needs it goes to a person.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt

from bot.knowledge import wording
from bot.knowledge.hours import Day, Span


class Part(BaseModel):
    """Unknown keys are refused: a misspelled fact must not look like a missing one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(Part):
    """Words in both languages."""

    en: str = Field(min_length=1)
    es: str = Field(min_length=1)

    def __getitem__(self, language: str) -> str:
        return self.es if language == "es" else self.en


Said = str | Bilingual
"""A plain string is the same in both languages: a number, a name, an address."""


def say(value: Said, language: str) -> str:
    """The words in one language."""
    return value if isinstance(value, str) else value[language]


def _spans(value: Any) -> Any:
    """`"08:00-17:00"`, or a list of such for a day with a break."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError('write hours as "08:00-17:00", or a list of such for a day with a break')
    return tuple(_span(text) for text in texts)


def _span(text: str) -> Span:
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise ValueError(f'"{text}" is not a span of hours; write it as "08:00-17:00"') from None
    if opens >= closes:
        raise ValueError(f'"{text}" ends before it starts; hours stay within one day')
    return Span(opens, closes)


Spans = Annotated[Day, BeforeValidator(_spans)]


class Week(Part):
    """Hours per weekday; a day left out is closed."""

    mon: Spans = ()
    tue: Spans = ()
    wed: Spans = ()
    thu: Spans = ()
    fri: Spans = ()
    sat: Spans = ()
    sun: Spans = ()

    @property
    def days(self) -> tuple[Day, ...]:
        """Monday first."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)


class Location(Part):
    """One site."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    address: str = Field(min_length=1)
    parking: Bilingual | None = None
    transit: Bilingual | None = None
    access: Bilingual | None = None
    hours: Week


class Holiday(Part):
    """A date that differs from the week. No `hours`: closed. No `locations`: all of them."""

    date: date
    name: Bilingual
    hours: Spans = ()
    locations: tuple[str, ...] = ()


class Plan(Part):
    """One line of business of a payer. To accept a plan is less than to be in its network."""

    payer: str = Field(min_length=1)
    line: Literal[
        "commercial", "marketplace", "medicare", "medicare_advantage", "medicaid", "other"
    ]
    aliases: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    network: Literal["in_network", "accepted", "not_accepted"]
    last_verified: date

    @property
    def label(self) -> str:
        """`Aetna (HMO, PPO)`."""
        return f"{self.payer} ({', '.join(self.products)})" if self.products else self.payer


class Agents(Part):
    """When people answer the chat; no `hours`: whenever a site is open."""

    hours: Week | None = None


class Promise(Part):
    """Minutes within which a person answers, by priority; and after the next opening."""

    urgent: PositiveInt
    high: PositiveInt
    normal: PositiveInt
    after_opening: PositiveInt


class Section(Part):
    """Facts about one subject. Numbers carry their unit as the end of their name."""

    last_verified: date

    def words(self, language: str) -> dict[str, str]:
        """What is known, by field name without its unit."""
        known = {}
        for field, value in self:
            if value is not None and field != "last_verified":
                name, words = _worded(field, value, language)
                known[name] = words
        return known


def _worded(field: str, value: Any, language: str) -> tuple[str, str]:
    if isinstance(value, Decimal):
        return field.removesuffix("_usd"), wording.money(value)
    if not isinstance(value, int):
        return field, say(value, language)
    if field.endswith("_percent"):
        return field.removesuffix("_percent"), f"{value}%"
    # Longest first, or `business_days` would be taken for `days`.
    units = sorted(wording.UNITS, key=len, reverse=True)
    unit = next(unit for unit in units if field.endswith(f"_{unit}"))
    return field.removesuffix(f"_{unit}"), wording.amount(value, unit, language)


class Contacts(Section):
    """How to reach the clinic. Its keys have no prefix: `clinic.phone`."""

    phone: str
    relay: str = "711"
    fax: str | None = None
    email: str | None = None
    mail: str | None = None
    billing_phone: str | None = None
    billing_hours: Bilingual | None = None
    billing_email: str | None = None
    records_phone: str | None = None


class Booking(Section):
    """How a visit is booked. Without `url` a booking becomes a request to the front desk."""

    url: str | None = None
    new_patients: Bilingual | None = None


class Visit(Section):
    """What a patient does before a visit, and when late."""

    arrive_early_minutes: PositiveInt | None = None
    late_limit_minutes: PositiveInt | None = None


class NoShow(Section):
    """Missed visits and late cancellations."""

    notice_hours: PositiveInt | None = None
    fee_usd: Decimal | None = None
    waived: Bilingual | None = None


class Pay(Section):
    """How a bill is paid."""

    url: str | None = None
    methods: Bilingual | None = None
    checks_to: str | None = None


class PaymentPlan(Section):
    """Paying in parts."""

    minimum_usd: Decimal | None = None
    longest_months: PositiveInt | None = None
    interest: Bilingual | None = None


class Assistance(Section):
    """The clinic's own help with bills."""

    name: Bilingual | None = None
    offer: Bilingual | None = None
    who: Bilingual | None = None
    documents: Bilingual | None = None
    url: str | None = None
    decision_business_days: PositiveInt | None = None
    deadline_days: PositiveInt | None = None


class SelfPay(Section):
    """Patients without insurance, or who do not use it."""

    discount_percent: PositiveInt | None = None


class Disputes(Section):
    """A bill that looks wrong."""

    reply_business_days: PositiveInt | None = None


class Portal(Section):
    """The patient portal."""

    name: str | None = None
    url: str | None = None
    start: Bilingual | None = None
    reply_business_days: PositiveInt | None = None


class Records(Section):
    """Copies of medical records."""

    url: str | None = None
    ready_business_days: PositiveInt | None = None
    fee: Bilingual | None = None


class Refill(Section):
    """Prescription refills."""

    ready_business_days: PositiveInt | None = None


class Languages(Section):
    """Languages spoken, and interpreters."""

    staff: Bilingual | None = None
    interpreter: Bilingual | None = None


class NurseLine(Section):
    """Nurses by phone."""

    phone: str | None = None
    hours: Bilingual | None = None


class Telehealth(Section):
    """Visits by video or phone."""

    kinds: Bilingual | None = None
    where: Bilingual | None = None
