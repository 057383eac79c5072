"""Names inside a clinic profile that must agree: ids given twice, sites and people unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pydantic_core import InitErrorDetails, PydanticCustomError

if TYPE_CHECKING:
    from bot.knowledge.profile import ClinicProfile

Key = tuple[str | int, ...]


def problems(profile: ClinicProfile) -> Iterator[InitErrorDetails]:
    """Ids given twice, then names that no id answers to."""
    people = profile.providers.people if profile.providers else ()
    services = profile.services.items if profile.services else ()
    left = profile.providers.left if profile.providers else ()
    sites = [place.id for place in profile.locations]
    staff = [person.id for person in people]
    yield from _twice(("locations",), sites)
    yield from _twice(("providers", "people"), staff)
    yield from _twice(("services", "items"), [service.id for service in services])
    methods = profile.identity.methods if profile.identity else ()
    yield from _twice(("identity", "methods"), [method.id for method in methods])
    for at, holiday in enumerate(profile.holidays):
        yield from _unknown(("holidays", at, "locations"), holiday.locations, sites)
    for at, person in enumerate(people):
        yield from _unknown(("providers", "people", at, "sites"), person.sites, sites)
    for at, service in enumerate(services):
        yield from _unknown(("services", "items", at, "locations"), service.locations, sites)
    for at, gone in enumerate(left):
        yield from _unknown(("providers", "left", at, "patients_see"), gone.patients_see, staff)


def _twice(key: Key, ids: list[str]) -> Iterator[InitErrorDetails]:
    for at, name in enumerate(ids):
        if name in ids[:at]:
            yield _problem(
                (*key, at, "id"), f'"{name}" is the id of another entry; give each its own'
            )


def _unknown(key: Key, named: Iterable[str], known: list[str]) -> Iterator[InitErrorDetails]:
    for name in named:
        if name not in known:
            choices = f"write one of {', '.join(known)}" if known else "none is stated"
            yield _problem(key, f'no entry has the id "{name}"; {choices}')


def _problem(key: Key, what: str) -> InitErrorDetails:
    return {
        "type": PydanticCustomError("reference", "{what}", {"what": what}),
        "loc": key,
        "input": None,
    }
