"""How the facts of a clinic are said in English and in Spanish: times, dates, money, lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from itertools import groupby

from bot.knowledge.hours import Day

DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
        *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
}
UNITS = {
    "minutes": {"en": ("minute", "minutes"), "es": ("minuto", "minutos")},
    "hours": {"en": ("hour", "hours"), "es": ("hora", "horas")},
    "days": {"en": ("day", "days"), "es": ("día", "días")},
    "business_days": {
        "en": ("business day", "business days"),
        "es": ("día hábil", "días hábiles"),
    },
    "months": {"en": ("month", "months"), "es": ("mes", "meses")},
}
LANGUAGES = {
    "en": {"en": "English", "es": "inglés"},
    "es": {"en": "Spanish", "es": "español"},
    "am": {"en": "Amharic", "es": "amárico"},
    "ar": {"en": "Arabic", "es": "árabe"},
    "asl": {"en": "American Sign Language", "es": "lengua de señas americana"},
    "bn": {"en": "Bengali", "es": "bengalí"},
    "de": {"en": "German", "es": "alemán"},
    "fa": {"en": "Persian", "es": "persa"},
    "fr": {"en": "French", "es": "francés"},
    "gu": {"en": "Gujarati", "es": "gujarati"},
    "hi": {"en": "Hindi", "es": "hindi"},
    "hmn": {"en": "Hmong", "es": "hmong"},
    "ht": {"en": "Haitian Creole", "es": "criollo haitiano"},
    "ja": {"en": "Japanese", "es": "japonés"},
    "ko": {"en": "Korean", "es": "coreano"},
    "pa": {"en": "Punjabi", "es": "panyabí"},
    "pl": {"en": "Polish", "es": "polaco"},
    "pt": {"en": "Portuguese", "es": "portugués"},
    "ru": {"en": "Russian", "es": "ruso"},
    "so": {"en": "Somali", "es": "somalí"},
    "sw": {"en": "Swahili", "es": "suajili"},
    "tl": {"en": "Tagalog", "es": "tagalo"},
    "uk": {"en": "Ukrainian", "es": "ucraniano"},
    "ur": {"en": "Urdu", "es": "urdu"},
    "vi": {"en": "Vietnamese", "es": "vietnamita"},
    "zh": {"en": "Chinese", "es": "chino"},
}
CLOSED = {"en": "closed", "es": "cerrado"}


def amount(value: int, unit: str, language: str) -> str:
    """`24 hours`, `1 día hábil`."""
    one, many = UNITS[unit][language]
    return f"{value} {one if value == 1 else many}"


def measure(value: int | Decimal, unit: str, language: str) -> str:
    """An amount of any unit a fact may have: `$30`, `25%`, `2 business days`."""
    if unit == "usd":
        return money(Decimal(value))
    return f"{value}%" if unit == "percent" else amount(int(value), unit, language)


def money(value: Decimal) -> str:
    """Dollars, with cents only where there are any."""
    return f"${value:,.0f}" if value == value.to_integral_value() else f"${value:,.2f}"


def clock(at: time, language: str) -> str:
    """`8 AM`, `5:30 p. m.`; midday is said in words, because 12 PM confuses."""
    if at == time(12):
        return {"en": "noon", "es": "12 del mediodía"}[language]
    hour = at.hour % 12 or 12
    digits = f"{hour}:{at:%M}" if at.minute else str(hour)
    morning, evening = {"en": ("AM", "PM"), "es": ("a. m.", "p. m.")}[language]
    return f"{digits} {morning if at.hour < 12 else evening}"


def day_hours(spans: Day, language: str) -> str:
    """`8 AM to 5 PM`, `de 8 a. m. a 5 p. m.`, `closed`."""
    if not spans:
        return CLOSED[language]
    template = {"en": "{} to {}", "es": "de {} a {}"}[language]
    said = [template.format(clock(s.opens, language), clock(s.closes, language)) for s in spans]
    return listing(said, language)


def week_hours(week: Sequence[Day], language: str) -> str:
    """`Monday to Friday, 8 AM to 5 PM; Saturday, 9 AM to noon; Sunday, closed`."""
    by_hours: dict[Day, list[str]] = {}
    for spans, run in groupby(range(7), key=lambda weekday: week[weekday]):
        by_hours.setdefault(spans, []).extend(_run(list(run), language))
    return "; ".join(
        f"{listing(names, language)}, {day_hours(spans, language)}"
        for spans, names in by_hours.items()
    )


def _run(weekdays: list[int], language: str) -> list[str]:
    """Three days and more in a row become one: `Monday to Friday`."""
    names = [DAYS[language][weekday] for weekday in weekdays]
    if len(names) < 3:
        return names
    between = {"en": " to ", "es": " a "}[language]
    return [between.join((names[0], names[-1]))]


def day(at: date, language: str) -> str:
    """`Thursday, November 26, 2026`, `jueves 26 de noviembre de 2026`."""
    weekday = DAYS[language][at.weekday()]
    return f"{weekday}{' ' if language == 'es' else ', '}{month_day(at, language)}"


def month_day(at: date, language: str) -> str:
    """`June 30, 2026`, `30 de junio de 2026`."""
    month = MONTHS[language][at.month - 1]
    if language == "es":
        return f"{at.day} de {month} de {at.year}"
    return f"{month} {at.day}, {at.year}"


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def listing(items: Sequence[str], language: str) -> str:
    """`A, B, and C`, `A, B y C` (`e` before an i sound)."""
    if len(items) < 2:
        return "".join(items)
    if language == "en":
        return (
            " and ".join(items) if len(items) == 2 else f"{', '.join(items[:-1])}, and {items[-1]}"
        )
    word = "e" if items[-1].lower().startswith(("i", "hi")) else "y"
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def bullets(items: Sequence[str]) -> str:
    """A Markdown list."""
    return "\n".join(f"- {item}" for item in items)
