"""What the clinic does, charges and plans time for, of the kinds of care that a question names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.knowledge import care, wording
from bot.knowledge.profile_care import Service
from bot.knowledge.profile_composed import SERVICE

if TYPE_CHECKING:
    from bot.knowledge.lookups import ProfileFacts

MOST = 2


def service(facts: ProfileFacts) -> str | None:
    """Whether the services named are offered; nothing to say of one the profile does not state."""
    found = dict.fromkeys(one.id for value in _asked(facts) for one in _services(value, facts))
    said = (facts.clinic(f"{SERVICE}{name}") for name in list(found)[:MOST])
    return " ".join(filter(None, said)) or None


def price(facts: ProfileFacts) -> str | None:
    """This year's price of what is named, before any help or discount."""
    listed = facts.profile.prices.items if facts.profile.prices else ()
    said = {
        facts.say(
            "price_item",
            name=one.name[facts.language],
            price=wording.money(one.usd),
            year=str(one.year),
        ): None
        for kind in _kinds(facts)
        for one in listed
        if one.year == facts.today.year and care.speaks_of(kind, [one.name])
    }
    return " ".join(list(said)[:MOST]) or None


def visit(facts: ProfileFacts) -> str | None:
    """How long the kinds of visit named are."""
    items = facts.profile.visit_types.items if facts.profile.visit_types else ()
    said = {
        facts.say(
            "visit_length",
            name=wording.capital(one.name[facts.language]),
            minutes=wording.amount(one.minutes, "minutes", facts.language),
        ): None
        for kind in _kinds(facts)
        for one in items
        if care.speaks_of(kind, [one.name])
    }
    return " ".join(list(said)[:MOST]) or None


def _asked(facts: ProfileFacts) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(one.value for one in facts.entities if one.kind in ("service", "visit_type"))
    )


def _kinds(facts: ProfileFacts) -> Iterator[care.Kind]:
    known = care.load()
    return (kind for value in _asked(facts) if (kind := known.kind(value)))


def _services(value: str, facts: ProfileFacts) -> list[Service]:
    """Those whose name speaks of this kind, or else their note; or those of a broader kind."""
    items = facts.profile.services.items if facts.profile.services else ()
    if own := [one for one in items if one.id == value]:
        return own
    known = care.load()
    kind = known.kind(value)
    if kind is None:
        return []
    found = [one for one in items if care.speaks_of(kind, [one.name])]
    found = found or [one for one in items if care.speaks_of(kind, [one.note])]
    return found or (_services(kind.broader, facts) if kind.broader else [])
