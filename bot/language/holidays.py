"""Holidays by the names people in the United States give them, and the rule each is dated by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from bot.language.tokens import phrase

Rule = Callable[[int], date]
MONDAY, THURSDAY, SUNDAY = 0, 3, 6


def _fixed(month: int, day: int) -> Rule:
    return lambda year: date(year, month, day)


def _nth(nth: int, weekday: int, month: int, after: int = 0) -> Rule:
    def rule(year: int) -> date:
        first = date(year, month, 1)
        ahead = (weekday - first.weekday()) % 7
        return first + timedelta(days=ahead + 7 * (nth - 1) + after)

    return rule


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())


def _from_easter(days: int) -> Rule:
    return lambda year: _easter(year) + timedelta(days=days)


def _easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian rule (Meeus)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    shift = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * shift) // 451
    month, day = divmod(h + shift - 7 * m + 114, 31)
    return date(year, month, day + 1)


# Names are split by "|"; the first rules are the federal holidays.
_FEDERAL: tuple[tuple[Rule, str], ...] = (
    (_fixed(1, 1), "new year | new years | new years day | new year day | ano nuevo"),
    (
        _nth(3, MONDAY, 1),
        "mlk | mlk day | martin luther king | martin luther king day | dia de martin luther king"
        " | martin luther king jr day | dia de martin luther king jr",
    ),
    (_nth(3, MONDAY, 2), "presidents day | president day | dia de los presidentes"),
    (
        _last_monday_of_may,
        "memorial day | dia de los caidos | dia de la recordacion | memorial weekend",
    ),
    (_fixed(6, 19), "juneteenth | june teenth"),
    (_fixed(7, 4), "independence day | dia de la independencia"),
    (_nth(1, MONDAY, 9), "labor day | labour day | dia del trabajo | dia del trabajador"),
    (
        _nth(2, MONDAY, 10),
        "columbus day | indigenous peoples day | indigenous people day | dia de la raza"
        " | dia de colon | dia de los pueblos indigenas",
    ),
    (_fixed(11, 11), "veterans day | veteran day | dia de los veteranos | dia del veterano"),
    (
        _nth(4, THURSDAY, 11),
        "thanksgiving | thanksgiving day | accion de gracias | dia de accion de gracias"
        " | sangiving | turkey day | dia del pavo",
    ),
    (_fixed(12, 25), "christmas | christmas day | xmas | xmas day | navidad | dia de navidad"),
)
_OTHER: tuple[tuple[Rule, str], ...] = (
    (
        _nth(4, THURSDAY, 11, after=1),
        "day after thanksgiving | black friday | viernes negro | friday after thanksgiving"
        " | dia despues de accion de gracias | dia despues de thanksgiving",
    ),
    (_fixed(12, 24), "christmas eve | xmas eve | nochebuena | noche buena"),
    (_fixed(12, 26), "day after christmas"),
    (
        _fixed(12, 31),
        "new years eve | new year eve | fin de ano | nochevieja | vispera de ano nuevo",
    ),
    (_fixed(1, 6), "dia de reyes | dia de los reyes | reyes magos | three kings day"),
    (_fixed(2, 14), "valentines day | valentine day | dia de san valentin"),
    (_fixed(3, 17), "st patricks day | saint patricks day | st patrick day"),
    (_from_easter(-2), "good friday | viernes santo"),
    (_from_easter(-3), "holy thursday | jueves santo"),
    (_from_easter(0), "easter | easter sunday | domingo de resurreccion | domingo de pascua"),
    (_from_easter(1), "easter monday"),
    (_fixed(5, 5), "cinco de mayo"),
    (_nth(2, SUNDAY, 5), "mothers day | mother day"),
    (_fixed(5, 10), "dia de la madre | dia de las madres"),
    (_nth(3, SUNDAY, 6), "fathers day | father day | dia del padre"),
    (_fixed(10, 31), "halloween | noche de brujas"),
    (_fixed(11, 2), "dia de los muertos | dia de muertos"),
)
NAMES: dict[tuple[str, ...], Rule] = {
    phrase(name): rule for rule, names in (*_FEDERAL, *_OTHER) for name in names.split("|")
}
SINGLE = frozenset(name[0] for name in NAMES if len(name) == 1)
LONGEST = max(map(len, NAMES)) + 2  # words; a clinic's own names may be longer


def on(rule: Rule, today: date) -> date:
    """The next time the holiday is kept, today included."""
    this_year = rule(today.year)
    return this_year if this_year >= today else rule(today.year + 1)


def is_federal(day: date) -> bool:
    """Whether most offices are closed that day by the calendar alone."""
    return any(rule(day.year) == day for rule, _ in _FEDERAL)


def kept(
    words: Sequence[str], today: date, own: Mapping[tuple[str, ...], date]
) -> Iterator[tuple[int, int, date]]:
    """Holidays named in a row of words, from one word up to another, and when they are next.

    `own` dates the names a clinic has dates of its own for, and comes before the calendar.
    """
    for first in range(len(words)):
        for last in range(first + 1, min(first + LONGEST, len(words)) + 1):
            name = tuple(words[first:last])
            if name in own:
                yield first, last, own[name]
            elif name in NAMES:
                yield first, last, on(NAMES[name], today)
