"""Sums of money and times of day in a row of plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.language.tokens import Row

_NUMBER = r"(?P<sum>\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)"
_THOUSAND = r"(?P<thousand> (?:k|mil|thousand|grand)(?!\S))?"
_OWED = (
    r"bills?|copays?|co pays?|copagos?|deductible|deducible|balance|saldo|fee|charge|cuenta|factura"
)
_PAID = r"pay|paid|owe|owed|charged|charge|cost|costs|debo|pagar|pague|pago|cobraron|cobran|cuesta"
_UNIT = "dollars?|bucks|usd|dolares|dolar|pesos"
# What a bare number counts when it is no money.
_COUNTED = (
    r"(?! %| (?:percent|por ciento|days?|dias?|weeks?|semanas?|months?|meses|mes|years?|anos?"
    r"|times?"
    r"|veces|bills?|am|pm|minutes?|minutos?|hours?|horas?|people|personas)\b)"
)
_MONEY = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\S)(?P<said>\$ {_NUMBER}{_THOUSAND}(?: dollars?| usd)?)(?!\S)",
        rf"(?<!\S)(?P<said>{_NUMBER}{_THOUSAND} (?:{_UNIT}))(?!\S)",
        rf"(?<!\S){_NUMBER}{_THOUSAND} (?:{_OWED})(?!\S)",
        rf"(?<!\S)(?:{_OWED}) (?:(?:is|was|of|for|de|por|es|fue) )*{_NUMBER}"
        rf"{_THOUSAND}(?!\S){_COUNTED}",
        rf"(?<!\S)(?:{_PAID}) (?:(?:me|us|you|about|like|over|casi|unos) )*{_NUMBER}"
        rf"{_THOUSAND}(?!\S){_COUNTED}",
    )
)
_CLOCK = r"(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d))?"
_HALF = r"(?P<half>am|pm|a m|p m)"
_TIMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\S){_CLOCK} {_HALF}(?!\S)",
        r"(?<!\S)(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?!\S)",
        rf"(?<!\S)a las? {_CLOCK}(?: (?P<thirty>y media))?"
        r"(?: de la (?P<part>manana|tarde|noche))?(?!\S)",
        rf"(?<!\S)(?:at|after|before|until|by|till|around) {_CLOCK}(?!\S){_COUNTED}",
        r"(?<!\S)(?:(?:at|al|por|en|de|a|in|the|la|las|el|early|late) )*"
        r"(?P<word>noon|midday|mediodia|mornings?|afternoons?|evenings?|midnight|medianoche"
        # "Mañana" alone is a day, and "tarde" is late.
        r"|(?<=la )(?:manana|tarde|noche)|(?<=las )(?:mananas|tardes|noches))(?!\S)",
    )
)
_PARTS = {
    part: value
    for value, parts in (
        ("12:00", "noon midday mediodia"),
        ("00:00", "midnight medianoche"),
        ("morning", "morning mornings manana mananas"),
        ("afternoon", "afternoon afternoons tarde tardes"),
        ("evening", "evening evenings noche noches"),
    )
    for part in parts.split()
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Words from `first` up to `last`, and their value."""

    first: int
    last: int
    value: str


def sums(row: Row) -> Iterator[Measured]:
    """Dollars with two decimals: `340.00`."""
    for pattern in _MONEY:
        for match in pattern.finditer(row.text):
            if _is_year(match):
                continue
            thousand = 1000 if match.groupdict().get("thousand") else 1
            dollars = Decimal(match["sum"].replace(",", "")) * thousand
            said = "said" if "said" in match.groupdict() else "sum"
            yield Measured(*row.span(*match.span(said)), f"{dollars:.2f}")


def times(row: Row) -> Iterator[Measured]:
    """`17:30`, or `morning`, `afternoon` and `evening` where no hour is named."""
    for pattern in _TIMES:
        for match in pattern.finditer(row.text):
            named = match.groupdict()
            value = _PARTS[named["word"]] if named.get("word") else _clock(named)
            if value is not None:
                yield Measured(*row.span(*match.span()), value)


def _is_year(match: re.Match[str]) -> bool:
    """A bare number between 1900 and 2099 is a year unless money is said with it."""
    said = match[0]
    marked = "$" in said or re.search(r"dollar|dolar|usd|bucks", said)
    return not marked and re.search(r"\b(?:19|20)\d\d\b", said) is not None


def _clock(named: dict[str, str | None]) -> str | None:
    hour = int(named["hour"] or 0)
    minute = 30 if named.get("thirty") else int(named.get("minute") or 0)
    half = (named.get("half") or "")[:1]
    part = named.get("part")
    if hour > 12 and half:
        return None
    late = half == "p" or part in ("tarde", "noche") or (not half and not part and 1 <= hour <= 6)
    if late and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    return f"{hour:02}:{minute:02}"
