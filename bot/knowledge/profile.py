"""What is true of this clinic: a typed file of facts, each said in the patient's language.

Articles name a fact as `{{ clinic.<key> }}`. A fact of a section has the key
`<section>_<field>` without the unit: `fee_usd` of `[no_show]` is `clinic.no_show_fee`.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator, model_validator

from bot.errors import Invalid
from bot.knowledge import profile_care as care
from bot.knowledge import profile_composed as composed
from bot.knowledge import profile_money as money
from bot.knowledge import profile_office as office
from bot.knowledge import profile_parts as parts
from bot.knowledge import profile_references as references
from bot.knowledge.hours import Day, Hours, common, merge
from bot.knowledge.problems import explain


class ClinicProfile(parts.Part):
    """The clinic. Only the name, the time zone, a place, a phone and the promise are required."""

    name: parts.Text = Field(description="The clinic's name.")
    demo: bool = Field(
        default=False, description="`true` shows texts that nobody has reviewed, and labels them."
    )
    state: str | None = parts.fact("The state, in words.")
    time_zone: str = Field(description="As in `America/Chicago`.")
    contacts: office.Contacts
    locations: tuple[parts.Location, ...] = Field(min_length=1)
    holidays: tuple[parts.Holiday, ...] = ()
    agents: parts.Agents = parts.Agents()
    promise: parts.Promise
    queue: parts.Queue = parts.Queue()
    accepted_plans: tuple[parts.Plan, ...] = ()
    booking: care.Booking | None = None
    providers: care.Providers | None = None
    services: care.Services | None = None
    visit_types: care.VisitTypes | None = None
    visit: care.Visit | None = None
    no_show: care.NoShow | None = None
    telehealth: care.Telehealth | None = None
    transport: care.Transport | None = None
    access: care.Access | None = None
    languages: care.Languages | None = None
    nurse_line: care.NurseLine | None = None
    after_hours: care.AfterHours | None = None
    portal: care.Portal | None = None
    records: care.Records | None = None
    refill: care.Refill | None = None
    paperwork: care.Paperwork | None = None
    assistance: money.Assistance | None = None
    sliding_fee: money.SlidingFee | None = None
    self_pay: money.SelfPay | None = None
    prices: money.Prices | None = None
    estimates: money.Estimates | None = None
    bills: money.Bills | None = None
    disputes: money.Disputes | None = None
    pay: money.Pay | None = None
    payment_plan: money.PaymentPlan | None = None
    enrollment: money.Enrollment | None = None
    special_plans: money.SpecialPlans | None = None
    work_injury: money.WorkInjury | None = None
    auto: money.Auto | None = None
    network: money.Network | None = None
    referrals: money.Referrals | None = None
    official: office.Official | None = None
    confidential: office.Confidential | None = None
    privacy: office.Privacy | None = None
    complaints: office.Complaints | None = None
    legal: office.Legal | None = None
    offices: office.Offices | None = None
    callback: office.Callback | None = None
    closures: office.Closures | None = None
    outreach: office.Outreach | None = None
    identity: office.Identity | None = None

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
    def _names_agree(self) -> ClinicProfile:
        if found := list(references.problems(self)):
            raise ValidationError.from_exception_data("ClinicProfile", found)
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

    def agent_hours(self, location: str | None = None) -> Hours:
        """When people answer the chat about a site, or about any: their own week, and never past
        the site, or the last one open, on a holiday."""
        place = self.hours(location)
        if self.agents.hours is None:
            return place
        week = self.agents.hours.days
        exceptions = {
            at: common(week[at.weekday()], spans) for at, spans in place.exceptions.items()
        }
        return Hours(self.zone, week, exceptions)

    def display(self, key: str, language: str, today: date | None = None) -> str | None:
        """The words for `{{ clinic.<key> }}`; None when the clinic has not stated the fact.

        `today` leaves past holidays out. Lists are Markdown bullets, for a paragraph of their own.
        """
        if (compose := composed.composer(key)) is not None:
            return compose(self, language, today) or None
        for prefix, section in self.sections():
            words = section.words(language)
            if key.startswith(prefix) and key.removeprefix(prefix) in words:
                return words[key.removeprefix(prefix)]
        return None

    def sections(self) -> list[tuple[str, parts.Section]]:
        """The sections that are filled in, with the beginning of their keys."""
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
