"""When the clinic, or the site that a question names, is open."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.knowledge import wording
from bot.knowledge.days import asks_now, days_asked
from bot.language import holidays

if TYPE_CHECKING:
    from bot.knowledge.lookups import ProfileFacts


def open_then(facts: ProfileFacts) -> str | None:
    """Now, on the days named, or else today."""
    if asks_now(facts.question, facts.entities):
        return _open_now(facts)
    if any(one.days for one in facts.entities):
        return open_that_day(facts)
    return _day(facts.today, facts)


def open_that_day(facts: ProfileFacts) -> str | None:
    """On the days named; nothing to say of past days, of whole weeks, and when none is named."""
    return " ".join(_day(day, facts) for day in days_asked(facts.entities, facts.today)) or None


def _open_now(facts: ProfileFacts) -> str | None:
    places = facts.values("place") or (None,)
    return " ".join(filter(None, (_place_now(place, facts) for place in places))) or None


def _place_now(place: str | None, facts: ProfileFacts) -> str | None:
    hours = facts.profile.hours(place)
    there = {"place": _name(place, facts)} if place else {}
    kind = "_place" if place else ""
    if closes := hours.closes_at(facts.now):
        time = wording.clock(closes.time(), facts.language)
        return facts.say(f"open_now{kind}", time=time, **there)
    opens = hours.next_opening(facts.now)
    if opens is None:
        return None
    return facts.say(
        f"closed_now{kind}",
        day=wording.day(opens.date(), facts.language),
        time=wording.clock(opens.time(), facts.language),
        **there,
    )


def _day(day: date, facts: ProfileFacts) -> str:
    said = wording.day(day, facts.language)
    names = [h.name[facts.language] for h in facts.profile.holidays if h.date == day]
    values = {"day": said, "holiday": names[0]} if names else {"day": said}
    kind = "holiday" if names else "day"
    if not facts.profile.hours().on(day):
        return facts.say(f"closed_{kind}", **values)
    asked = facts.values("place")
    closed = [place for place in asked if not facts.profile.hours(place).on(day)]
    told = [place.id for place in facts.profile.locations if not asked or place.id in asked]
    sentences = [facts.say("closed_place", place=_name(place, facts), day=said) for place in closed]
    if closed:
        others = [place.id for place in facts.profile.locations if place.id not in closed]
        told = [place for place in others if facts.profile.hours(place).on(day)]
        sentences.append(facts.say("open_elsewhere", hours=_hours(told, day, facts)))
    else:
        sentences.append(facts.say(f"open_{kind}", hours=_hours(told, day, facts), **values))
    if not names and holidays.is_federal(day):
        # The list of holidays may have forgotten it.
        sentences.append(facts.say("open_unsure"))
    return " ".join(sentences)


def _hours(places: list[str], day: date, facts: ProfileFacts) -> str:
    said = "; ".join(
        facts.say(
            "open_place",
            place=_name(place, facts),
            hours=wording.day_hours(facts.profile.hours(place).on(day), facts.language),
        )
        for place in places
    )
    # The sentence brings its own full stop, "5 p. m." another.
    return said.removesuffix(".")


def _name(place: str, facts: ProfileFacts) -> str:
    return next(one.name for one in facts.profile.locations if one.id == place)
