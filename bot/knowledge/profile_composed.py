"""Facts that are put together from several: lists of places, people, services, and prices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.knowledge import profile_care as care
from bot.knowledge import profile_parts as parts
from bot.knowledge import wording

if TYPE_CHECKING:
    from bot.knowledge.profile import ClinicProfile

NEXT_HOLIDAYS = 3
SERVICE = "service_"
NETWORK = {
    "in_network": {"en": "in its network", "es": "dentro de su red"},
    "accepted": {
        "en": "we accept it, but we are not in its network",
        "es": "lo aceptamos, pero no estamos en su red",
    },
}


Composer = Callable[["ClinicProfile", str, date | None], str]
"""Profile, language, and today; nothing to say is an empty text."""


def composer(key: str) -> Composer | None:
    """Who puts `{{ clinic.<key> }}` together; None when it is a plain fact."""
    if key in COMPOSED:
        return COMPOSED[key]
    if key.startswith(SERVICE):
        return _service(key.removeprefix(SERVICE))
    return None


def _hours(profile: ClinicProfile, language: str, _: date | None) -> str:
    return wording.bullets(
        [
            f"**{place.name}**: {wording.week_hours(place.hours.days, language)}"
            for place in profile.locations
        ]
    )


def _chat_hours(profile: ClinicProfile, language: str, _: date | None) -> str:
    return wording.week_hours(profile.agent_hours().week, language)


def _next_holidays(profile: ClinicProfile, language: str, today: date | None) -> str:
    return "\n".join(_holidays(profile, language, today).splitlines()[:NEXT_HOLIDAYS])


def _holidays(profile: ClinicProfile, language: str, today: date | None) -> str:
    ahead = [holiday for holiday in profile.holidays if not today or holiday.date >= today]
    places = {place.id: place.name for place in profile.locations}

    def said(holiday: parts.Holiday) -> str:
        names = [places[place] for place in holiday.locations]
        where = f", {wording.listing(names, language)}" if names else ""
        hours = wording.day_hours(holiday.hours, language)
        return f"{wording.day(holiday.date, language)} ({holiday.name[language]}{where}): {hours}"

    return wording.bullets([said(h) for h in sorted(ahead, key=lambda holiday: holiday.date)])


def _addresses(profile: ClinicProfile, language: str, _: date | None) -> str:
    return wording.bullets([f"**{place.name}**: {place.address}" for place in profile.locations])


def _getting_here(profile: ClinicProfile, language: str, _: date | None) -> str:
    said = []
    for place in profile.locations:
        notes = [note[language] for note in (place.parking, place.transit, place.access) if note]
        if notes:
            said.append(f"**{place.name}**: {' '.join(notes)}")
    return wording.bullets(said)


def _network(plan: parts.Plan, language: str) -> str:
    # Medicare and Medicaid run by the state have no network to be outside of.
    if plan.network == "accepted" and plan.line in ("medicare", "medicaid"):
        return {"en": "we accept it", "es": "lo aceptamos"}[language]
    return NETWORK[plan.network][language]


def _plans(*lines: str) -> Composer:
    def said(profile: ClinicProfile, language: str, _: date | None) -> str:
        return wording.bullets(
            [
                f"{plan.said(language)}: {_network(plan, language)}"
                for plan in profile.accepted_plans
                if plan.network != "not_accepted" and (not lines or plan.line in lines)
            ]
        )

    return said


def _plans_verified(profile: ClinicProfile, language: str, _: date | None) -> str:
    checked = [plan.last_verified for plan in profile.accepted_plans]
    return wording.day(min(checked), language) if checked else ""


def _places(profile: ClinicProfile, ids: Sequence[str], language: str) -> str:
    """The names of some sites; empty for all of them, which goes without saying."""
    chosen = [place.name for place in profile.locations if place.id in ids]
    return wording.listing(chosen, language) if len(chosen) < len(profile.locations) else ""


def _providers(profile: ClinicProfile, language: str, _: date | None) -> str:
    sites = {place.id: place.name for place in profile.locations}

    def said(person: care.Provider) -> str:
        where = wording.listing([sites[site] for site in person.sites], language)
        spoken = [wording.LANGUAGES[code][language] for code in person.languages]
        return (
            f"**{person.name}**, {person.role[language]}: {where}; "
            f"{wording.listing(spoken, language)}"
        )

    people = profile.providers.people if profile.providers else ()
    return wording.bullets([said(person) for person in people])


def _names(chosen: Callable[[care.Provider], bool]) -> Composer:
    """Names of those who give primary care: a counselor is not meant by "a female doctor"."""

    def said(profile: ClinicProfile, language: str, _: date | None) -> str:
        people = profile.providers.people if profile.providers else ()
        return wording.listing(
            [p.name for p in people if p.kind in care.PRIMARY_CARE and chosen(p)], language
        )

    return said


def _left(profile: ClinicProfile, language: str, _: date | None) -> str:
    if profile.providers is None:
        return ""
    names = {person.id: person.name for person in profile.providers.people}

    def said(person: care.Departure) -> str:
        now = wording.listing([names[who] for who in person.patients_see], language)
        when = wording.month_day(person.left_on, language)
        start = f"**{person.name}**, {person.role[language]}"
        if language == "es":
            return f"{start}: se fue el {when}. Ahora sus pacientes van con {now}."
        return f"{start}: left on {when}. Patients now see {now}."

    return wording.bullets([said(person) for person in profile.providers.left])


def _services(profile: ClinicProfile, language: str, _: date | None) -> str:
    def said(service: care.Service) -> str:
        where = _places(profile, service.locations, language) if service.locations else ""
        name = wording.capital(service.name[language])
        return f"{name} ({where})" if where else name

    items = profile.services.items if profile.services else ()
    return wording.bullets([said(service) for service in items if service.offered])


def _not_offered(profile: ClinicProfile, language: str, _: date | None) -> str:
    items = profile.services.items if profile.services else ()
    names = [service.name[language] for service in items if not service.offered]
    return wording.listing(names, language)


def _service(wanted: str) -> Composer:
    def said(profile: ClinicProfile, language: str, _: date | None) -> str:
        items = profile.services.items if profile.services else ()
        service = next((item for item in items if item.id == wanted), None)
        if service is None:
            return ""
        where = _places(profile, service.locations, language) if service.locations else ""
        first = _offer(service, where, language)
        return f"{first} {service.note[language]}" if service.note else first

    return said


def _offer(service: care.Service, where: str, language: str) -> str:
    name = service.name[language]
    if language == "es":
        start = "Ofrecemos" if service.offered else "No ofrecemos"
        return f"{start} {name} en {where}." if where else f"{start} {name}."
    start = "We offer" if service.offered else "We do not offer"
    return f"{start} {name} at {where}." if where else f"{start} {name}."


def _visit_types(profile: ClinicProfile, language: str, _: date | None) -> str:
    items = profile.visit_types.items if profile.visit_types else ()
    return wording.bullets(
        [
            f"**{wording.capital(kind.name[language])}**: "
            f"{wording.amount(kind.minutes, 'minutes', language)}, {kind.purpose[language]}"
            for kind in items
        ]
    )


def _prices(profile: ClinicProfile, language: str, today: date | None) -> str:
    """The prices of this year; those of a past or coming year could mislead."""
    listed = profile.prices.items if profile.prices else ()
    year = today.year if today else max((price.year for price in listed), default=0)
    lines = [
        f"{wording.capital(price.name[language])}: {wording.money(price.usd)}"
        for price in listed
        if price.year == year
    ]
    return wording.bullets([*lines, _prices_of(profile, year, language)]) if lines else ""


def _prices_of(profile: ClinicProfile, year: int, language: str) -> str:
    percent = profile.self_pay.discount_percent if profile.self_pay else None
    if language == "es":
        prices = f"Son los precios de {year}"
        less = f", antes del {percent}% de descuento para quien paga sin seguro"
    else:
        prices = f"These are our {year} prices"
        less = f", before the {percent}% discount for people who pay without insurance"
    return f"{prices}{less}." if percent else f"{prices}."


COMPOSED: dict[str, Composer] = {
    "name": lambda profile, language, today: profile.name,
    "state": lambda profile, language, today: profile.state or "",
    "hours": _hours,
    "chat_hours": _chat_hours,
    "holidays": _holidays,
    "next_holidays": _next_holidays,
    "addresses": _addresses,
    "getting_here": _getting_here,
    "plans": _plans(),
    "medicare_plans": _plans("medicare", "medicare_advantage"),
    "medicaid_plans": _plans("medicaid"),
    "plans_verified": _plans_verified,
    "providers": _providers,
    "providers_women": _names(lambda person: person.gender == "female"),
    "providers_men": _names(lambda person: person.gender == "male"),
    "providers_spanish": _names(lambda person: "es" in person.languages),
    "providers_children": _names(lambda person: person.children),
    "providers_new": _names(lambda person: person.accepting_new),
    "providers_left": _left,
    "services": _services,
    "services_not_offered": _not_offered,
    "visit_types": _visit_types,
    "prices": _prices,
}
