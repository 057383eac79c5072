"""What is true of this clinic: a typed file of facts, each said in the patient's language.

Articles name a fact as `{{ clinic.<key> }}`. A fact of a section has the key
`<section>_<field>` without the unit: `fee_usd` of `[no_show]` is `clinic.no_show_fee`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator, model_validator

from bot.errors import Invalid
from bot.knowledge import profile_parts as parts
from bot.knowledge import wording
from bot.knowledge.hours import Day, Hours, common, merge
from bot.knowledge.problems import explain

NEXT_HOLIDAYS = 3
NETWORK = {
    "in_network": {"en": "in its network", "es": "dentro de su red"},
    "accepted": {
        "en": "we accept it, but we are not in its network",
        "es": "lo aceptamos, pero no estamos en su red",
    },
}


class ClinicProfile(parts.Part):
    """The clinic. Only the name, the time zone, a place, a phone and the promise are required."""

    name: str = Field(min_length=1)
    demo: bool = False
    state: str | None = None
    time_zone: str
    contacts: parts.Contacts
    locations: tuple[parts.Location, ...] = Field(min_length=1)
    holidays: tuple[parts.Holiday, ...] = ()
    agents: parts.Agents = parts.Agents()
    promise: parts.Promise
    accepted_plans: tuple[parts.Plan, ...] = ()
    booking: parts.Booking | None = None
    visit: parts.Visit | None = None
    no_show: parts.NoShow | None = None
    pay: parts.Pay | None = None
    payment_plan: parts.PaymentPlan | None = None
    assistance: parts.Assistance | None = None
    self_pay: parts.SelfPay | None = None
    disputes: parts.Disputes | None = None
    portal: parts.Portal | None = None
    records: parts.Records | None = None
    refill: parts.Refill | None = None
    languages: parts.Languages | None = None
    nurse_line: parts.NurseLine | None = None
    telehealth: parts.Telehealth | None = None

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError):
            raise ValueError(
                f'"{zone}" is not a time zone; write one as "America/Chicago"'
            ) from None
        return zone

    @model_validator(mode="after")
    def _places_agree(self) -> ClinicProfile:
        known = [place.id for place in self.locations]
        if len(set(known)) < len(known):
            raise ValueError("two locations have the same `id`")
        for holiday in self.holidays:
            if unknown := set(holiday.locations) - set(known):
                raise ValueError(f"holiday {holiday.date} names an unknown location {unknown}")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        return ZoneInfo(self.time_zone)

    def hours(self, location: str | None = None) -> Hours:
        """The hours of one site, or of the clinic: open when any site is."""
        places = [place for place in self.locations if location in (None, place.id)]
        if not places:
            raise Invalid(f"no location {location!r} in the clinic profile", field="location")
        weeks = [place.hours.days for place in places]
        week = tuple(merge([days[weekday] for days in weeks]) for weekday in range(7))
        dates = {holiday.date for holiday in self.holidays}
        exceptions = {
            at: merge([self._spans_on(at, place) for place in places]) for at in sorted(dates)
        }
        return Hours(self.zone, week, exceptions)

    def agent_hours(self) -> Hours:
        """When people answer the chat: their own week, and never past the clinic on a holiday."""
        clinic = self.hours()
        if self.agents.hours is None:
            return clinic
        week = self.agents.hours.days
        exceptions = {
            at: common(week[at.weekday()], spans) for at, spans in clinic.exceptions.items()
        }
        return Hours(self.zone, week, exceptions)

    def display(self, key: str, language: str, today: date | None = None) -> str | None:
        """The words for `{{ clinic.<key> }}`; None when the clinic has not stated the fact.

        `today` leaves past holidays out. Lists are Markdown bullets, for a paragraph of their own.
        """
        if key in _COMPOSED:
            return _COMPOSED[key](self, language, today) or None
        for prefix, section in self._sections():
            words = section.words(language)
            if key.startswith(prefix) and key.removeprefix(prefix) in words:
                return words[key.removeprefix(prefix)]
        return None

    def _sections(self) -> list[tuple[str, parts.Section]]:
        named = [(name, value) for name, value in self if isinstance(value, parts.Section)]
        return [("" if name == "contacts" else f"{name}_", value) for name, value in named]

    def _spans_on(self, at: date, place: parts.Location) -> Day:
        for holiday in self.holidays:
            if holiday.date == at and (not holiday.locations or place.id in holiday.locations):
                return holiday.hours
        return place.hours.days[at.weekday()]


def load(path: Path) -> ClinicProfile:
    """Read the profile. Raises `Invalid` naming key and remedy."""
    try:
        return ClinicProfile.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except tomllib.TOMLDecodeError as error:
        raise Invalid(
            f"{path.name}: not valid TOML: {error}",
            field=path.name,
            remedy="Check the line it names: words stand in quotes, dates do not.",
        ) from None
    except ValidationError as error:
        raise explain(error, path.name) from None


_Composer = Callable[[ClinicProfile, str, date | None], str]


def _hours(profile: ClinicProfile, language: str, _: date | None) -> str:
    return wording.bullets(
        [
            f"**{place.name}**: {wording.week_hours(place.hours.days, language)}"
            for place in profile.locations
        ]
    )


def _chat_hours(profile: ClinicProfile, language: str, _: date | None) -> str:
    return wording.week_hours(profile.agent_hours().week, language)


def _next_holidays(profile: ClinicProfile, language: str, today: date | None) -> str:
    return "\n".join(_holidays(profile, language, today).splitlines()[:NEXT_HOLIDAYS])


def _holidays(profile: ClinicProfile, language: str, today: date | None) -> str:
    ahead = [holiday for holiday in profile.holidays if not today or holiday.date >= today]
    places = {place.id: place.name for place in profile.locations}

    def said(holiday: parts.Holiday) -> str:
        names = [places[place] for place in holiday.locations]
        where = f", {wording.listing(names, language)}" if names else ""
        hours = wording.day_hours(holiday.hours, language)
        return f"{wording.day(holiday.date, language)} ({holiday.name[language]}{where}): {hours}"

    return wording.bullets([said(h) for h in sorted(ahead, key=lambda holiday: holiday.date)])


def _addresses(profile: ClinicProfile, language: str, _: date | None) -> str:
    return wording.bullets([f"**{place.name}**: {place.address}" for place in profile.locations])


def _getting_here(profile: ClinicProfile, language: str, _: date | None) -> str:
    said = []
    for place in profile.locations:
        notes = [note[language] for note in (place.parking, place.transit, place.access) if note]
        if notes:
            said.append(f"**{place.name}**: {' '.join(notes)}")
    return wording.bullets(said)


def _network(plan: parts.Plan, language: str) -> str:
    # Medicare and Medicaid run by the state have no network to be outside of.
    if plan.network == "accepted" and plan.line in ("medicare", "medicaid"):
        return {"en": "we accept it", "es": "lo aceptamos"}[language]
    return NETWORK[plan.network][language]


def _plans(*lines: str) -> _Composer:
    def said(profile: ClinicProfile, language: str, _: date | None) -> str:
        return wording.bullets(
            [
                f"{plan.label}: {_network(plan, language)}"
                for plan in profile.accepted_plans
                if plan.network != "not_accepted" and (not lines or plan.line in lines)
            ]
        )

    return said


def _plans_verified(profile: ClinicProfile, language: str, _: date | None) -> str:
    checked = [plan.last_verified for plan in profile.accepted_plans]
    return wording.day(min(checked), language) if checked else ""


_COMPOSED: dict[str, _Composer] = {
    "name": lambda profile, language, today: profile.name,
    "state": lambda profile, language, today: profile.state or "",
    "hours": _hours,
    "chat_hours": _chat_hours,
    "holidays": _holidays,
    "next_holidays": _next_holidays,
    "addresses": _addresses,
    "getting_here": _getting_here,
    "plans": _plans(),
    "medicare_plans": _plans("medicare", "medicare_advantage"),
    "medicaid_plans": _plans("medicaid"),
    "plans_verified": _plans_verified,
}
