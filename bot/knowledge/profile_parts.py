"""What the clinic profile is built from: kinds of facts, places, plans, and the base of sections.

Every fact of a section may be left out. A fact that is missing is never guessed: the
question that needs it goes to a person.
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
)

from bot.effects import Reason
from bot.knowledge import wording
from bot.knowledge.hours import Day, Span

ID = r"^[a-z][a-z0-9_]*$"
_PHONE = re.compile(r"(1-)?\d{3}-\d{3}-\d{4}( ext\. \d+)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Part(BaseModel):
    """Unknown keys are refused: a misspelled fact must not look like a missing one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(Part):
    """Words in both languages."""

    en: str = Field(min_length=1)
    es: str = Field(min_length=1)

    def __getitem__(self, language: str) -> str:
        return self.es if language == "es" else self.en


class Sentence(Bilingual):
    """Whole sentences, which stand on their own between others."""

    @field_validator("en", "es")
    @classmethod
    def _ends(cls, text: str) -> str:
        if not text.endswith((".", "!", "?")):
            raise ValueError("these are whole sentences; end them with a full stop")
        return text


class Phrase(Bilingual):
    """Words that fit inside a sentence."""

    @field_validator("en", "es")
    @classmethod
    def _goes_on(cls, text: str) -> str:
        if text.endswith(".") and not text.endswith("m."):  # `5 p. m.`
            raise ValueError("this is put inside a sentence; leave the full stop out")
        return text


def _phone(text: str) -> str:
    if text != "711" and not _PHONE.fullmatch(text):
        raise ValueError(f'"{text}" is not a phone number; write it as "217-555-0100"')
    return text


def _url(text: str) -> str:
    if not text.startswith("https://") or " " in text:
        raise ValueError(f'"{text}" is not an address; write it as "https://clinic.example/page"')
    return text


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError(f'"{text}" is not an e-mail address; write it as "hello@clinic.example"')
    return text


Text = Annotated[str, Field(min_length=1)]
Phone = Annotated[str, AfterValidator(_phone)]
Url = Annotated[str, AfterValidator(_url)]
Email = Annotated[str, AfterValidator(_email)]
Usd = Annotated[Decimal, Field(ge=0)]
Count = Annotated[int, Field(strict=True, gt=0)]
Percent = Annotated[int, Field(strict=True, gt=0, le=100)]


def fact(what: str) -> Any:
    """A fact that a clinic may leave out; `what` is its line in docs/clinic-profile.md."""
    return Field(default=None, description=what)


def entries(what: str) -> Any:
    """A list of tables, empty when left out."""
    return Field(default=(), description=what)


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

    id: str = Field(pattern=ID, description="A short name that other sections use.")
    name: Text = Field(description="What patients call the site.")
    aliases: tuple[str, ...] = Field(default=(), description="Other names patients use for it.")
    address: Text = Field(description="Street, city, state, and ZIP code.")
    parking: Sentence | None = fact("Where to park.")
    transit: Sentence | None = fact("Buses and trains.")
    access: Sentence | None = fact("How to get in without stairs.")
    hours: Week = Field(description="`mon` to `sun`; a day left out is closed.")


class Holiday(Part):
    """A date that differs from the week."""

    date: Annotated[date, Field(description="The day.")]
    name: Bilingual = Field(description="What it is called.")
    hours: Spans = Field(default=(), description="Left out: closed.")
    locations: tuple[str, ...] = Field(default=(), description="Ids of sites. Left out: all.")


class Plan(Part):
    """One line of business of a payer. To accept a plan is less than to be in its network."""

    payer: Text = Field(description="The name on the card.")
    payer_es: Text | None = fact("Its Spanish name, when it has one.")
    line: Literal[
        "commercial", "marketplace", "medicare", "medicare_advantage", "medicaid", "other"
    ] = Field(description="What kind of coverage it is.")
    aliases: tuple[str, ...] = Field(default=(), description="Other names and misspellings.")
    products: tuple[str, ...] = Field(default=(), description="HMO, PPO, and the like.")
    network: Literal["in_network", "accepted", "not_accepted"] = Field(
        description="`accepted`: billed, but without a network contract."
    )
    last_verified: date = Field(description="The day someone checked it with the payer.")

    @property
    def label(self) -> str:
        """`Aetna (HMO, PPO)`."""
        return self.said("en")

    def said(self, language: str) -> str:
        """The label in one language; most names are the same in both."""
        payer = self.payer_es if language == "es" and self.payer_es else self.payer
        return f"{payer} ({', '.join(self.products)})" if self.products else payer


class Agents(Part):
    """When people answer the chat."""

    people: Count = Field(
        default=2, description="How many usually answer at once; used while nobody is signed in."
    )
    at_once: Count = Field(default=3, description="Conversations that one of them has at a time.")
    hours: Week | None = fact(
        "`mon` to `sun`. Left out: whenever the site that a case is about is open, or any."
    )


ReasonMinutes = dict[Reason, Count]


class Promise(Part):
    """Minutes within which a person answers."""

    urgent: Count = Field(description="In danger or in distress.")
    high: Count = Field(description="Soon.")
    normal: Count = Field(description="All others.")
    after_opening: Count = Field(description="Asked while closed: after the next opening.")
    warning: Count = Field(
        default=10,
        description="How long before the promised time a patient may be told of a later one.",
    )
    reasons: ReasonMinutes = Field(
        default_factory=dict, description="Own limits of single reasons, as `records = 60`."
    )


class Queue(Part):
    """How people work the queue of the chat."""

    assignment: Literal["pull", "push"] = Field(
        default="pull",
        description="`pull`: people claim. `push`: cases go to the least loaded person present.",
    )
    capacity: Count = Field(
        default=4, description="Cases of one person at once, unless their account says otherwise."
    )
    unskilled: bool = Field(
        default=False, description="`true`: push to anyone while nobody with the skills is there."
    )
    offer_minutes: Count = Field(
        default=2, description="A pushed case that nobody opens goes to the next person after this."
    )
    alarm_urgent: Count = Field(default=2, description="Minutes unclaimed until an alarm.")
    alarm_high: Count = Field(default=10, description="The same, for what is soon.")
    alarm_normal: Count = Field(default=20, description="The same, for all others.")


class Section(Part):
    """Facts about one subject. Numbers carry their unit as the end of their name."""

    last_verified: date = Field(description="The day someone checked this section.")

    def words(self, language: str) -> dict[str, str]:
        """What is known, by field name without its unit. Lists of tables are said elsewhere."""
        known = {}
        for field, value in self:
            if value is None or isinstance(value, date | tuple):
                continue
            if isinstance(value, int | Decimal):
                name, unit = measured(field)
                known[name] = wording.measure(value, unit, language)
            else:
                known[field] = value if isinstance(value, str) else value[language]
        return known


def measured(field: str) -> tuple[str, str]:
    """The name articles use and the unit: `ready` and `business_days`."""
    # Longest first, or `business_days` would be taken for `days`.
    for unit in sorted(("usd", "percent", *wording.UNITS), key=len, reverse=True):
        if field.endswith(f"_{unit}"):
            return field.removesuffix(f"_{unit}"), unit
    raise ValueError(f"the number `{field}` has no unit in its name")
