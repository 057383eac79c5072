"""Dates of somebody's life: of birth, where a word or the year says so, and of visits.

A whole date with its year is an identifier (45 CFR 164.514(b)); the first of a month is not, since
plans and laws begin on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.cues import Cue, cue_of
from bot.privacy.numbers import full_year, is_date
from bot.privacy.spans import Kind, Span

# A whole date before this year, with no word about it, is somebody's birthday more often than not.
LONG_AGO = 2012
PUBLIC = re.compile(
    r"\b(?:since|effective|deadline|law|act|rule|by|until|before|after|begin\w*|start\w*|desde|hasta|ley|antes|despu[eé]s"
    r"|vigen\w*|empieza\w*|l[ií]mite|plazo)\b[^.;!?\d]{0,20}$",
    re.IGNORECASE,
)
MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene",
            "february feb febrero",
            "march mar marzo",
            "april apr abril abr",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto ago",
            "september sept sep septiembre setiembre",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre dic",
        ),
        1,
    )
    for name in names.split()
}
MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|ro|º|°)?"
YEAR = r"(?P<year>\d{4}|'?\d{2})"
GAP = r"[\s,/-]{1,3}(?:(?:de|del|of)(?:l\s+a[nñ]o)?\s+)?"
NUMERIC = re.compile(
    r"(?<![\w$])(?<!\d[./-])(\d{1,4})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\w]|[/-]\d)"
)
SPACED = re.compile(r"(?<![\w$])(\d{1,2}) (\d{1,2}) ((?:19|20)\d{2}|\d{2})(?!\w)")
RUN = re.compile(r"(?<![\w$])(?:\d{8}|\d{6})(?!\w)")
WRITTEN = (
    re.compile(rf"\b{MONTH}{GAP}{DAY}(?:{GAP}{YEAR})?(?!\w|[/-]\d)", re.IGNORECASE),
    re.compile(rf"(?<!\w){DAY}{GAP}{MONTH}(?:{GAP}{YEAR})?(?!\w|[/-]\d)", re.IGNORECASE),
)


def dates(text: str) -> Iterator[Span]:
    """Dates of birth, and other whole dates."""
    for found in NUMERIC.finditer(text):
        year = _numeric_year(*found.group(1, 3, 4))
        if year:
            first = 1 in (int(found[1]), int(found[3]))
            yield from _read(text, found, year, first=first)
    for found in SPACED.finditer(text):
        if _numeric_year(*found.groups()) and _called(text, found, near=True):
            yield Span(found.start(), found.end(), Kind.DOB)
    for found in RUN.finditer(text):
        if _run_is_date(found[0]) and _called(text, found, near=True):
            yield Span(found.start(), found.end(), Kind.DOB)
    for pattern in WRITTEN:
        for found in pattern.finditer(text):
            year = _written_year(found)
            if year is not None:
                yield from _read(text, found, year, first=int(found["day"]) == 1)


def _read(text: str, found: re.Match[str], year: int, *, first: bool) -> Iterator[Span]:
    cue = cue_of(text, found.start(), found.end())
    if cue and cue.meaning is Kind.DOB:
        yield Span(found.start(), found.end(), Kind.DOB)
    elif year and not first and not PUBLIC.search(text, 0, found.start()):
        old = year <= LONG_AGO and cue is None
        yield Span(found.start(), found.end(), Kind.DOB if old else Kind.DATE)


def _called(text: str, found: re.Match[str], *, near: bool) -> bool:
    cue: Cue | None = cue_of(text, found.start(), found.end())
    return cue is not None and cue.meaning is Kind.DOB and (cue.near or not near)


def _numeric_year(first: str, second: str, third: str) -> int | None:
    """The year of three numbers, in the order of any country; None when they are no date."""
    if len(first) == 4:
        year, month, day = int(first), int(second), int(third)
        return year if is_date(year, month, day) else None
    if len(first) == 3:
        return None
    year, one, other = full_year(int(third)), int(first), int(second)
    return year if is_date(year, one, other) or is_date(year, other, one) else None


def _run_is_date(digits: str) -> bool:
    parts = [(digits[:2], digits[2:4], digits[4:])]
    if len(digits) == 8:
        parts.append((digits[:4], digits[4:6], digits[6:]))
    return any(_numeric_year(*part) for part in parts)


def _written_year(found: re.Match[str]) -> int | None:
    """The year of a written date, 0 when it names none; None when it is no date."""
    year = full_year(int(found["year"].strip("'"))) if found["year"] else 0
    real = is_date(year or 2000, MONTHS[found["month"].lower()], int(found["day"]))
    return year if real else None
