"""Dates as patients say them, found in a row of plain words and dated from a given day.

A date is a first and a last day; most are one day long. "Next" with a weekday means the week that
begins on the coming Monday; "que viene" and "próximo" mean the coming one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.language.tokens import Row

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mondays mon lunes",
            "tuesday tuesdays tue tues martes",
            "wednesday wednesdays wed weds wensday miercoles",
            "thursday thursdays thu thur thurs jueves",
            "friday fridays fri viernes",
            "saturday saturdays satur sabado sabados",
            "sunday sundays domingo domingos",
        )
    )
    for name in names.split()
}
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero",
            "february feb febrero",
            "march mar marzo",
            "april apr abril",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto",
            "september sept sep septiembre setiembre",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre",
        ),
        1,
    )
    for name in names.split()
}
NUMBERS = {
    name: number
    for number, names in (
        (1, "a an one un una"),
        (2, "two dos couple"),
        (3, "three tres"),
        (4, "four cuatro"),
        (5, "five cinco"),
        (6, "six seis"),
        (7, "seven siete"),
        (10, "ten diez"),
    )
    for name in names.split()
}
_ORDINALS = {
    name: number
    for number, names in enumerate(
        (
            *("first primero", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"),
            *("ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth"),
        ),
        1,
    )
    for name in names.split()
}
# The words that say which day: a misspelled one is read as the word it stands for.
WORDS = frozenset(
    (
        *WEEKDAYS,
        *MONTHS,
        *("today", "tomorrow", "tonight", "weekend", "manana", "afternoon", "evening", "morning"),
    )
)


@dataclass(frozen=True, slots=True)
class Found:
    """Words from `first` up to `last`, and the days they mean."""

    first: int
    last: int
    begins: date
    ends: date


Days = tuple[date, date]
Reading = Callable[[re.Match[str], date], Days | None]


def _one_of(names: dict[str, int] | tuple[str, ...]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_DAY, _MONTH = _one_of(WEEKDAYS), _one_of(MONTHS)
_COUNT = rf"\d{{1,2}}|{_one_of(NUMBERS)}"
_NTH = rf"\d{{1,2}}(?: (?:st|nd|rd|th|o|ro))?|{_one_of(_ORDINALS)}"
_YEAR = r"(?: (?:de |del |of )?(?P<year>20\d\d))?"
# What the number before it counts, so that it is no day of the month.
_NO_DAY = (
    r"(?! %| (?:time|times|one|ones|bill|bills|visit|visits|floor|question|option|dose|shot|"
    r"opinion|"
    r"payment|appointment|appt|part|trimester|grade|letter|call|claim|street|st|ave|avenue|"
    r"pregunta|opcion|de cada|por ciento|vez|veces|am|pm|or|and|y|o)\b)"
)


def _span(days: int, length: int = 1) -> Reading:
    return lambda match, today: (
        today + timedelta(days=days),
        today + timedelta(days=days + length - 1),
    )


def _weekday(match: re.Match[str], today: date) -> Days:
    weekday = {**WEEKDAYS, "sat": 5, "sun": 6}[match["day"]]
    monday = today - timedelta(days=today.weekday())
    before, after = match["before"] or "", match["after"] or ""
    ahead = today + timedelta(days=(weekday - today.weekday()) % 7)
    if before in ("last", "this past") or after in ("pasado", "pasada"):
        ahead -= timedelta(days=7)
    elif before == "next":
        ahead = monday + timedelta(days=7 + weekday)
    elif (before or after) and ahead == today and "this" not in before and before != "este":
        # "El próximo lunes", said on a Monday, is not today.
        ahead += timedelta(days=7)
    if (match["week"] or "") and ahead - timedelta(days=ahead.weekday()) == monday:
        ahead += timedelta(days=7)
    return ahead, ahead


def _weekend(match: re.Match[str], today: date) -> Days:
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    if today.weekday() == 6:
        saturday = today - timedelta(days=1)
    if match["next"]:
        saturday += timedelta(days=7)
    return max(saturday, today), saturday + timedelta(days=1)


def _this_week(match: re.Match[str], today: date) -> Days:
    return today, today + timedelta(days=6 - today.weekday())


def _next_week(match: re.Match[str], today: date) -> Days:
    monday = today + timedelta(days=7 - today.weekday())
    return monday, monday + timedelta(days=6)


def _ahead(match: re.Match[str], today: date) -> Days:
    unit = 7 if match["unit"].startswith(("week", "semana")) else 1
    day = today + timedelta(days=unit * _number(match["count"]))
    return day, day


def _of_month(match: re.Match[str], today: date) -> Days | None:
    year = int(match["year"]) if match["year"] else None
    return _single(_dated(today, MONTHS[match["month"]], _number(match["nth"]), year))


def _of_this_month(match: re.Match[str], today: date) -> Days | None:
    day = _number(match["nth"])
    for ahead in range(13):
        year, month = divmod(today.month - 1 + ahead, 12)
        found = _valid(today.year + year, month + 1, day)
        if found and found >= today:
            return found, found
    return None


def _digits(match: re.Match[str], today: date) -> Days | None:
    """Month first, as written in the United States; day first when there is no such month."""
    one, two, *rest = (int(part) for part in re.split("[/-]", match["digits"]))
    if len(rest) > 1 or one > 31:
        return None
    year = rest[0] + (2000 if rest[0] < 100 else 0) if rest else None
    month, day = (one, two) if one <= 12 else (two, one)
    return _single(_dated(today, month, day, year))


# In order: what begins at the same word as an earlier one, and is no longer, is left out.
_READINGS: tuple[tuple[re.Pattern[str], Reading], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})(?!\S)"), reading)
    for pattern, reading in (
        (r"(?:the )?day after tomorrow|pasado manana", _span(2)),
        (
            r"today|tonight|hoy|esta (?:noche|tarde|manana)|this (?:afternoon|evening|morning)"
            r"|ahorita|2day",
            _span(0),
        ),
        # "Por la mañana" is a time of day.
        (r"tomorrow|tmrw|tmw|tomm?orow|(?<!la )(?<!las )(?<!esta )manana", _span(1)),
        (r"yesterday|ayer", _span(-1)),
        (
            r"(?:(?:el|los|this|the|on|un|este) )*(?:(?P<next>next|proximo|siguiente) )?"
            r"(?:weekends?|wknd|fin(?:es)? de semana)(?: que viene)?",
            _weekend,
        ),
        (
            r"(?:next|(?:la )?proxima|(?:la )?siguiente) (?:week|semana)"
            r"|(?:la )?semana (?:que viene|que entra|entrante|proxima)",
            _next_week,
        ),
        (r"(?:this|esta) (?:week|semana)", _this_week),
        (
            rf"(?:in|within|en|dentro de) (?P<count>{_COUNT}) "
            r"(?P<unit>days?|weeks?|dias?|semanas?)",
            _ahead,
        ),
        (
            rf"(?:(?:on|el|los|the) )?(?:(?P<before>this coming|this past|next|this|coming|last"
            rf"|proximo|este) )?(?P<day>{_DAY})"
            rf"(?: (?P<after>que viene|que entra|proximo|entrante|pasado))?"
            rf"(?: (?P<week>next week|de la proxima semana|de la semana que viene))?",
            _weekday,
        ),
        # Alone these are other words: "I sat there", "in the sun".
        (
            r"(?:on|open|open on|closed|this|(?P<before>next)) "
            r"(?P<alone>(?P<day>sat|sun))(?P<after>)(?P<week>)",
            _weekday,
        ),
        (rf"(?P<month>{_MONTH}) (?:the )?(?P<nth>{_NTH}){_YEAR}", _of_month),
        (
            rf"(?:the |el )?(?:dia )?(?P<nth>{_NTH}) (?:of |de )?(?P<month>{_MONTH}){_YEAR}",
            _of_month,
        ),
        (
            rf"(?:the|on the) (?P<nth>(?:[5-9]|[12]\d|3[01]) (?:st|nd|rd|th)){_NO_DAY}",
            _of_this_month,
        ),
        (
            rf"(?:on|by|until|open|before) the (?P<nth>[1-4] (?:st|nd|rd|th)){_NO_DAY}",
            _of_this_month,
        ),
        (rf"el (?:dia (?P<nth>[1-9]|[12]\d|3[01])){_NO_DAY}", _of_this_month),
        (rf"el (?P<nth>[5-9]|[12]\d|3[01]){_NO_DAY}", _of_this_month),
        (r"(?P<digits>\d{1,2}[/-]\d{1,2}[/-](?:20)?\d\d)", _digits),
        (r"(?P<digits>(?!24/7|50/50|1/2|1/3|2/3|1/4|3/4|9/11)\d{1,2}/\d{1,2})", _digits),
        (r"(?:on|el|for|del|of|by) (?P<digits>(?!24/7)\d{1,2}/\d{1,2})", _digits),
    )
)


def dates(row: Row, today: date) -> Iterator[Found]:
    """The dates in a row of words, in no order; of two that overlap the longer is meant."""
    for pattern, reading in _READINGS:
        for match in pattern.finditer(row.text):
            days = reading(match, today)
            if days is not None and match[0].strip():
                # A bare "sat" is a day because of the words before it, which are no part of it.
                said = "alone" if "alone" in match.groupdict() else 0
                first, last = row.span(*match.span(said))
                yield Found(first, last, *days)


def _number(text: str) -> int:
    first = text.split()[0]
    return int(first) if first.isdigit() else {**NUMBERS, **_ORDINALS}[first]


def _dated(today: date, month: int, day: int, year: int | None) -> date | None:
    if year is not None:
        return _valid(year, month, day)
    # Eight years reach the next February 29.
    found = (_valid(today.year + ahead, month, day) for ahead in range(9))
    return next((one for one in found if one and one >= today), None)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _single(day: date | None) -> Days | None:
    return None if day is None else (day, day)
