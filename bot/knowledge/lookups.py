"""What a question asks of the clinic profile itself: this plan, this day.

The words are catalogue sentences; the profile fills them. Nothing of the patient's own words
comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot import texts
from bot.errors import CarelineError
from bot.knowledge import wording
from bot.knowledge.days import asks_now, days_asked
from bot.knowledge.facts import Figures
from bot.knowledge.plans import PlanNames
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.profile_parts import Plan


class UnknownLookup(CarelineError):
    """An article names a look-up that does not exist."""

    code = "unknown_lookup"


@dataclass(frozen=True)
class ProfileFacts:
    """The facts for one answer: this clinic, this language, this question, this moment."""

    profile: ClinicProfile
    figures: Figures
    plans: PlanNames
    language: str
    question: str
    now: datetime

    @property
    def today(self) -> date:
        """The date at the clinic."""
        return self.now.astimezone(self.profile.zone).date()

    def clinic(self, key: str) -> str | None:
        """The clinic's own words for the fact."""
        return self.profile.display(key, self.language, self.today)

    def figure(self, key: str) -> str | None:
        """The national figure while it holds."""
        return self.figures.display(key, self.language, self.today)

    def lookup(self, key: str) -> str | None:
        """The sentence that answers the question from the profile."""
        if key not in LOOKUPS:
            raise UnknownLookup(f"no look-up {key!r}", field=key)
        return LOOKUPS[key](self)

    def _say(self, text_id: str, **values: str) -> str:
        return texts.get(f"knowledge.{text_id}", self.language, **values).text


def _plan(facts: ProfileFacts) -> str | None:
    plan = facts.plans.find(facts.question)
    if plan is None:
        unknown = facts.plans.names_another(facts.question)
        return facts._say("plan_unknown" if unknown else "plan_unnamed")
    verified = wording.day(plan.last_verified, facts.language)
    return facts._say(_plan_text(plan), plan=plan.said(facts.language), verified=verified)


def _plan_text(plan: Plan) -> str:
    # Medicare and Medicaid run by the state have no network to be outside of.
    if plan.network == "accepted" and plan.line in ("medicare", "medicaid"):
        return "plan_public"
    return f"plan_{plan.network}"


def _open(facts: ProfileFacts) -> str | None:
    if asks_now(facts.question):
        return _open_now(facts)
    days = days_asked(facts.question, facts.profile, facts.today) or (facts.today,)
    return " ".join(_day(day, facts) for day in days)


def _open_now(facts: ProfileFacts) -> str | None:
    hours = facts.profile.hours()
    if closes := hours.closes_at(facts.now):
        return facts._say("open_now", time=wording.clock(closes.time(), facts.language))
    opens = hours.next_opening(facts.now)
    if opens is None:
        return None
    return facts._say(
        "closed_now",
        day=wording.day(opens.date(), facts.language),
        time=wording.clock(opens.time(), facts.language),
    )


def _day(day: date, facts: ProfileFacts) -> str:
    said = wording.day(day, facts.language)
    names = [h.name[facts.language] for h in facts.profile.holidays if h.date == day]
    values = {"day": said, "holiday": names[0]} if names else {"day": said}
    kind = "holiday" if names else "day"
    if not facts.profile.hours().on(day):
        return facts._say(f"closed_{kind}", **values)
    places = [
        facts._say(
            "open_place",
            place=place.name,
            hours=wording.day_hours(facts.profile.hours(place.id).on(day), facts.language),
        )
        for place in facts.profile.locations
    ]
    return facts._say(f"open_{kind}", hours="; ".join(places), **values)


LOOKUPS: dict[str, Callable[[ProfileFacts], str | None]] = {"plan": _plan, "open": _open}
