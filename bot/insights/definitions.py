"""Every measure of the insights: what it is called, how it is computed, what is not counted.

The words stand in the catalogue (`insights.<id>_name`, `_means`, `_without`) in both languages;
the page, the tables and the exports all come from this list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.insights import measures
from bot.insights.facts import Facts
from bot.insights.values import Value

Unit = Literal["cases", "contacts", "messages", "time", "percent", "score"]
Group = Literal["people", "assistant", "safety"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `beside` names those without which it would mislead: shown with it, always.

    `of_cases` says that filters by reason, site and agent apply to it.
    """

    id: str
    group: Group
    unit: Unit
    compute: Callable[[Facts], Value]
    beside: tuple[str, ...] = ()
    of_cases: bool = False

    @property
    def name(self) -> str:
        """The text id of its name."""
        return f"insights.{self.id}_name"

    @property
    def means(self) -> str:
        """The text id of the sentence that defines it."""
        return f"insights.{self.id}_means"

    @property
    def without(self) -> str:
        """The text id of what is not counted."""
        return f"insights.{self.id}_without"


def _people(id: str, unit: Unit, compute: Callable[[Facts], Value]) -> Measure:
    return Measure(id, "people", unit, compute, of_cases=True)


MEASURES: tuple[Measure, ...] = (
    _people("cases", "cases", measures.cases),
    _people("first_response", "time", measures.first_response),
    _people("promise_kept", "percent", measures.promise_kept),
    _people("warned", "percent", measures.warned),
    _people("abandonment", "percent", measures.abandonment),
    _people("handling", "time", measures.handling),
    _people("reopened", "percent", measures.reopened),
    _people("rating_person", "score", measures.rating_person),
    Measure("contacts", "assistant", "contacts", measures.contacts),
    Measure(
        "containment",
        "assistant",
        "percent",
        measures.containment,
        beside=("contained_repeat", "rating_assistant"),
    ),
    Measure("contained_repeat", "assistant", "percent", measures.contained_repeat),
    Measure("rating_assistant", "assistant", "score", measures.rating_assistant),
    Measure(
        "repeat_contact",
        "assistant",
        "percent",
        measures.repeat_contact,
        beside=("browser_only", "unlinkable"),
    ),
    Measure("browser_only", "assistant", "percent", measures.browser_only),
    Measure("unlinkable", "assistant", "percent", measures.unlinkable),
    Measure("handoff_rate", "assistant", "percent", measures.handoff_rate),
    Measure("answered_turns", "assistant", "percent", measures.answered_turns),
    Measure("unanswered_turns", "assistant", "percent", measures.unanswered_turns),
    Measure("failed_turns", "assistant", "percent", measures.failed_turns),
    Measure("safety_full", "safety", "messages", measures.safety_full),
    Measure("safety_soft", "safety", "messages", measures.safety_soft),
    Measure("safety_time", "safety", "time", measures.safety_time),
    Measure("safety_unanswered", "safety", "messages", measures.safety_unanswered),
)
BY_ID: Mapping[str, Measure] = {measure.id: measure for measure in MEASURES}


def group(name: Group) -> list[Measure]:
    """The measures of one part of the page, in order."""
    return [measure for measure in MEASURES if measure.group == name]
