"""The tables of the insights: the page, its charts and the exports all show these.

A row is named by a code, a column by a text id; whoever shows them finds the words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.insights.definitions import BY_ID, MEASURES
from bot.insights.facts import CaseLife, Facts
from bot.insights.periods import Period
from bot.insights.turns import OUTCOMES
from bot.insights.values import Change, Count, Spans, Value
from bot.intervals import Share

UNKNOWN = "unknown"
PEOPLE = (
    "cases",
    "first_response",
    "promise_kept",
    "warned",
    "abandonment",
    "handling",
    "reopened",
)
Cell = Value | Change | None
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Row:
    """A code and what is known of it."""

    key: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are text ids. `rows_are` says what the codes of its rows stand for."""

    id: str
    rows_are: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def tables(now: Facts, before: Facts, period: Period) -> list[Table]:
    """Every table of a period, in the order of the page."""
    return [
        summary(now, before),
        by_step(now, period),
        by_reason(now),
        by_site(now),
        by_language(now),
        by_agent(now),
        by_topic(now),
        outcomes(now),
        safety(now),
    ]


def of_measures(id: str, rows_are: str, groups: Iterable[tuple[str, Facts]], *ids: str) -> Table:
    """One row a group. What a measure may not be shown without comes with it."""
    measures = [BY_ID[one] for one in complete(ids)]
    rows = (Row(key, tuple(one.compute(facts) for one in measures)) for key, facts in groups)
    return Table(id, rows_are, tuple(one.name for one in measures), tuple(rows))


def complete(ids: Iterable[str]) -> list[str]:
    """The ids, each followed by its companions."""
    return list(dict.fromkeys(name for one in ids for name in (one, *BY_ID[one].beside)))


def summary(now: Facts, before: Facts) -> Table:
    """Every measure, this period beside the one before."""
    columns = ("insights.this_period", "insights.period_before", "insights.change")
    rows = []
    for measure in MEASURES:
        new, old = measure.compute(now), measure.compute(before)
        rows.append(Row(measure.id, (new, old, Change.between(new, old))))
    return Table("summary", "measure", columns, tuple(rows))


def by_language(facts: Facts) -> Table:
    """Every measure, English beside Spanish."""
    columns = ("staff.language_en", "staff.language_es", "insights.difference")
    english, spanish = facts.in_language("en"), facts.in_language("es")
    rows = []
    for measure in MEASURES:
        one, other = measure.compute(english), measure.compute(spanish)
        rows.append(Row(measure.id, (one, other, Change.between(other, one))))
    return Table("language", "measure", columns, tuple(rows))


def by_step(facts: Facts, period: Period) -> Table:
    """One row a day, or a week in long periods; days without anything too."""
    cases = _grouped(facts.cases, lambda one: period.step_of(one.requested_at).isoformat())
    came = _grouped(facts.contacts, lambda one: period.step_of(one.began_at).isoformat())
    said = _grouped(facts.ratings, lambda one: period.step_of(one.at).isoformat())
    groups = []
    for step in period.steps():
        key = step.isoformat()
        parts = replace(facts, cases=cases[key], contacts=came[key], ratings=said[key])
        groups.append((key, parts))
    came_first = ("contacts", "handoff_rate", "containment")
    then = ("cases", "first_response", "promise_kept", "abandonment")
    return of_measures("step", "step", groups, *came_first, *then)


def by_reason(facts: Facts) -> Table:
    """Why a person was needed, the commonest first."""
    return of_measures("reason", "reason", _split(facts, lambda case: case.reason), *PEOPLE)


def by_site(facts: Facts) -> Table:
    """Which site a case is about, where that is known."""
    return of_measures("site", "site", _split(facts, lambda case: case.site or UNKNOWN), *PEOPLE)


def by_agent(facts: Facts) -> Table:
    """One row a person: what they replied to first and how long they had it."""
    ids = {agent for case in facts.cases for agent in case.agents()}
    ordered = sorted(ids, key=lambda one: facts.names.get(one, one).casefold())
    groups = [(agent, facts.of_agent(agent)) for agent in ordered]
    shown = ("cases", "first_response", "promise_kept", "handling", "reopened", "rating_person")
    return of_measures("agent", "agent", groups, *shown)


def by_topic(facts: Facts) -> Table:
    """How often a subject needs a person, the commonest subject first."""
    came: Counter[str] = Counter()
    handed: Counter[str] = Counter()
    for contact in facts.contacts:
        for topic in contact.topics or (UNKNOWN,):
            came[topic] += 1
            handed[topic] += contact.to_person
    rows = [
        Row(topic, (Count(total), Share(handed[topic], total)))
        for topic, total in sorted(came.items(), key=lambda one: (-one[1], one[0]))
    ]
    columns = (BY_ID["contacts"].name, BY_ID["handoff_rate"].name)
    return Table("topic", "topic", columns, tuple(rows))


def outcomes(facts: Facts) -> Table:
    """How the assistant's turns ended."""
    ended = Counter(turn.outcome for turn in facts.turns)
    total = len(facts.turns)
    rows = [Row(one, (Count(ended[one]), Share(ended[one], total))) for one in OUTCOMES if total]
    columns = ("insights.turns", "insights.share_of_turns")
    return Table("outcome", "outcome", columns, tuple(rows))


def safety(facts: Facts) -> Table:
    """What the safety gate saw, by tier and category."""
    found = _grouped(facts.safety, lambda one: f"{one.tier}.{one.category or UNKNOWN}")
    rows = []
    for key in sorted(found, key=lambda one: (one.split(".")[0], -len(found[one]), one)):
        events = found[key]
        spans = Spans.of(
            (one.answered_at - one.at).total_seconds() for one in events if one.answered_at
        )
        missing = Count(sum(one.answered_at is None for one in events))
        rows.append(Row(key, (Count(len(events)), spans, missing)))
    names = ("safety_time", "safety_unanswered")
    columns = ("insights.safety_events", *(BY_ID[one].name for one in names))
    return Table("safety", "category", columns, tuple(rows))


def _split(facts: Facts, key: Callable[[CaseLife], str]) -> list[tuple[str, Facts]]:
    found = _grouped(facts.cases, key)
    ordered = sorted(found, key=lambda one: (one == UNKNOWN, -len(found[one]), one))
    return [(one, replace(facts, cases=found[one])) for one in ordered]


def _grouped(items: Sequence[Item], key: Callable[[Item], str]) -> defaultdict[str, list[Item]]:
    found: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return found
