"""Which day a question means: a weekday, today, a holiday by name, a date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.knowledge import wording
from bot.knowledge.plans import normal
from bot.knowledge.profile import ClinicProfile

_WEEKDAYS = {
    " ".join(normal(name)): weekday
    for names in wording.DAYS.values()
    for weekday, name in enumerate(names)
} | {"sabados": 5, "domingos": 6, "mon": 0, "tue": 1, "tues": 1, "wed": 2, "thurs": 3, "fri": 4}
_MONTHS = {
    " ".join(normal(name)): month
    for names in wording.MONTHS.values()
    for month, name in enumerate(names, 1)
} | {"jan": 1, "feb": 2, "aug": 8, "sept": 9, "oct": 10, "nov": 11, "dec": 12}
_TODAY = ("today", "tonight", "hoy", "esta noche", "this afternoon", "esta tarde")
_NOW = ("now", "right now", "ahora", "ahorita", "en este momento")
# "por la mañana" is a time of day, not tomorrow.
_TOMORROW = re.compile(r"\btomorrow\b|(?<!la )\bmanana\b")
_WEEKEND = ("weekend", "weekends", "fin de semana", "fines de semana")
_MONTH_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH_FIRST = re.compile(rf"\b({_MONTH_NAMES})\.? (\d{{1,2}})(?:st|nd|rd|th)?\b")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}}) (?:de )?({_MONTH_NAMES})\b")
# Words of a holiday's name that other names share or that say nothing alone.
_COMMON = frozenset(
    (
        *("day", "eve", "the", "of", "after", "and", "new", "year", "jr"),
        *("dia", "de", "del", "la", "las", "los", "ano"),
    )
)


def asks_now(question: str) -> bool:
    """Whether the question is about this moment."""
    text = f" {' '.join(normal(question))} "
    return any(f" {word} " in text for word in _NOW) and not any(named_days(question))


def days_asked(question: str, profile: ClinicProfile, today: date) -> tuple[date, ...]:
    """The days meant, soonest first, from `today` on; none when the question names no day."""
    text = " ".join(normal(question))
    if holidays := _holidays(text, profile, today):
        return holidays
    return tuple(sorted(set(_dates(text, today)))) or tuple(
        today + timedelta(days=(weekday - today.weekday()) % 7)
        for weekday in dict.fromkeys(named_days(question))
    )


def named_days(question: str) -> Iterator[int]:
    """Weekdays by number, Monday is 0; plurals count, and so does the weekend."""
    words = normal(question)
    for word in words:
        singular = word[:-1] if word.endswith("s") and word[:-1] in _WEEKDAYS else word
        if singular in _WEEKDAYS:
            yield _WEEKDAYS[singular]
    if any(f" {weekend} " in f" {' '.join(words)} " for weekend in _WEEKEND):
        yield from (5, 6)


def _dates(text: str, today: date) -> Iterator[date]:
    padded = f" {text} "
    if any(f" {word} " in padded for word in _TODAY):
        yield today
    if _TOMORROW.search(text):
        yield today + timedelta(days=2 if "pasado manana" in text else 1)
    for month, day in _MONTH_FIRST.findall(text):
        yield from _next(today, _MONTHS[month], int(day))
    for day, month in _DAY_FIRST.findall(text):
        yield from _next(today, _MONTHS[month], int(day))


def _next(today: date, month: int, day: int) -> Iterator[date]:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            yield found
            return


def _holidays(text: str, profile: ClinicProfile, today: date) -> tuple[date, ...]:
    """Days ahead whose name is in the question: the longest name wins, then the next date."""
    found: dict[int, list[date]] = {}
    for holiday in profile.holidays:
        if holiday.date < today:
            continue
        names = [" ".join(normal(holiday.name[language])) for language in wording.DAYS]
        length = max(_named(name, text) for name in names)
        if length:
            found.setdefault(length, []).append(holiday.date)
    return (min(found[max(found)]),) if found else ()


def _named(name: str, text: str) -> int:
    """How much of the name the text holds: all of it, or else its telling word."""
    padded = f" {text} "
    if f" {name} " in padded:
        return len(name)
    telling = [word for word in name.split() if word not in _COMMON and not word.isdigit()]
    return len(telling[0]) if telling and f" {telling[0]} " in padded else 0
