"""What a question asks of the clinic profile itself: this plan, this day, this service or price.

The words are catalogue sentences; the profile fills them. Nothing of the patient's own words
comes back, and nothing here says what a plan pays for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from bot import texts
from bot.effects import Reason
from bot.errors import CarelineError
from bot.knowledge import lookups_care, lookups_hours, lookups_plan
from bot.knowledge.facts import Figures
from bot.knowledge.plans import PlanNames
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.render import placeholders
from bot.language.entities import Entity


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

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """What the question names."""
        return self.plans.names.find(self.question, self.now) if self.question else ()

    def values(self, kind: str) -> tuple[str, ...]:
        """The values of the entities of one kind, each once."""
        return tuple(dict.fromkeys(one.value for one in self.entities if one.kind == kind))

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

    def say(self, text_id: str, **values: str) -> str:
        """A catalogue sentence of this area in the answer's language."""
        return texts.get(f"knowledge.{text_id}", self.language, **values).text


def person_needed(facts: ProfileFacts, text: str) -> Reason | None:
    """Why a person has to take the question when an article of this text answers it.

    A plan that the clinic does not list is a fact that only the clinic can state.
    """
    asks_plan = ("lookup", "plan") in placeholders(text)
    return Reason.MISSING_FACT if asks_plan and lookups_plan.unlisted(facts) else None


LOOKUPS: dict[str, Callable[[ProfileFacts], str | None]] = {
    "plan": lookups_plan.plan,
    "open": lookups_hours.open_then,
    "day": lookups_hours.open_that_day,
    "service": lookups_care.service,
    "price": lookups_care.price,
    "visit": lookups_care.visit,
}
