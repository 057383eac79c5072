"""Names inside a clinic profile that must agree: ids given twice, sites and people unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.knowledge.profile import ClinicProfile


def problems(profile: ClinicProfile) -> Iterator[str]:
    """What does not agree, each with the key and what to do."""
    places = [place.id for place in profile.locations]
    people = [person.id for person in profile.providers.people] if profile.providers else []
    services = [service.id for service in profile.services.items] if profile.services else []
    yield from _twice("locations", places)
    yield from _twice("providers.people", people)
    yield from _twice("services.items", services)
    for key, named in _sites(profile):
        yield from _unknown(key, named, places, "locations")
    for key, named in _successors(profile):
        yield from _unknown(key, named, people, "providers.people")


def _sites(profile: ClinicProfile) -> Iterator[tuple[str, tuple[str, ...]]]:
    for holiday in profile.holidays:
        yield f"holidays, {holiday.date}, `locations`", holiday.locations
    for person in profile.providers.people if profile.providers else ():
        yield f"providers.people, {person.id}, `sites`", person.sites
    for service in profile.services.items if profile.services else ():
        yield f"services.items, {service.id}, `locations`", service.locations


def _successors(profile: ClinicProfile) -> Iterator[tuple[str, tuple[str, ...]]]:
    for person in profile.providers.left if profile.providers else ():
        yield f"providers.left, {person.name}, `patients_see`", person.patients_see


def _twice(key: str, ids: Iterable[str]) -> Iterator[str]:
    for name, times in Counter(ids).items():
        if times > 1:
            yield f'two entries of {key} have the `id` "{name}"; give each its own'


def _unknown(key: str, named: Iterable[str], known: list[str], where: str) -> Iterator[str]:
    if unknown := [name for name in named if name not in known]:
        yield (
            f'{key}: no entry of {where} has the id "{unknown[0]}"; '
            f"write one of {', '.join(known) or 'the ids you give there'}"
        )
