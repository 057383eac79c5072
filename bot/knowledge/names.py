"""Every name a question to this clinic may hold: its plans, sites and services, and common payers.

What the live profile names comes before what the files know, so that a clinic's own alias for a
plan or a site always means that plan or site.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property

from bot.knowledge import care, payers
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.profile_parts import Location
from bot.language.entities import Entity, EntityFinder, Name
from bot.language.tokens import phrase
from bot.settings import ROOT

LOOK_ALIKES = ROOT / "data" / "look-alikes.toml"
LONGEST_SERVICE = 3  # words; longer names are sentences that nobody types
PLAN_TYPES = {
    "hmo": "HMO",
    "ppo": "PPO",
    "epo": "EPO",
    "pos": "POS",
    "pos plan": "POS",
    "hdhp": "HDHP",
    "high deductible plan": "HDHP",
    "high deductible health plan": "HDHP",
    "plan de deducible alto": "HDHP",
}
# A site called by one of these words is meant only together with a word for a site.
_COMMON_PLACE = frozenset(
    [
        "north",
        "south",
        "east",
        "west",
        "main",
        "central",
        "downtown",
        "uptown",
        "norte",
        "sur",
        "este",
        "oeste",
        "centro",
        "old",
        "new",
    ]
)
_SITE = ("office", "clinic", "location", "site", "building")
_SITE_ES = ("clinica", "oficina", "sede", "consultorio", "sucursal")
_STREETS = {
    "street": "st",
    "avenue": "ave",
    "road": "rd",
    "boulevard": "blvd",
    "drive": "dr",
    "lane": "ln",
    "highway": "hwy",
    "parkway": "pkwy",
}
_STREET = re.compile(r"^\d+[a-z]?\s+", re.IGNORECASE)


@dataclass(frozen=True)
class ClinicNames:
    """Finds what questions to one clinic name. Made once per profile; safe in any thread."""

    profile: ClinicProfile

    def prepare(self) -> None:
        """Build now what the first question would have to wait for."""
        _ = self._finder

    def find(self, question: str, now: datetime) -> tuple[Entity, ...]:
        """What the question names; days are those of the clinic at `now`, an aware time."""
        today = now.astimezone(self.profile.zone).date()
        return self._finder.find(question, today, self._holidays(today))

    @cached_property
    def _finder(self) -> EntityFinder:
        known = payers.load()
        return EntityFinder(
            _vocabulary(self.profile),
            look_alikes=_look_alikes(),
            ignored=tuple(phrase(words) for words in known.not_meant),
        )

    def _holidays(self, today: date) -> dict[tuple[str, ...], date]:
        """The clinic's own names, each for the next day that has it."""
        found: dict[tuple[str, ...], date] = {}
        for holiday in sorted(self.profile.holidays, key=lambda one: one.date):
            if holiday.date >= today:
                for language in ("en", "es"):
                    for name in _holiday_names(holiday.name[language]):
                        found.setdefault(name, holiday.date)
        return found


def every_name(profile: ClinicProfile) -> Iterator[str]:
    """Every name that a question to this clinic may hold, in plain words."""
    return (" ".join(name.words) for name in _vocabulary(profile))


def _holiday_names(said: str) -> Iterator[tuple[str, ...]]:
    """The whole name, and what stands before a comma: "Independence Day, observed"."""
    yield phrase(said)
    yield phrase(said.split(",")[0])


def _vocabulary(profile: ClinicProfile) -> Iterator[Name]:
    known = payers.load()
    guarded = {phrase(name) for name in known.in_context}
    for words, value in _payer_names(profile):
        yield Name(words, "payer", value, words in guarded)
    for said, value in PLAN_TYPES.items():
        # "pos" alone is an ordinary word in Spanish chats.
        yield Name(phrase(said), "plan_type", value)
    for place in profile.locations:
        for words in place_names(place, profile):
            yield Name(words, "place", place.id)
    yield from _care_names(profile)


def _payer_names(profile: ClinicProfile) -> Iterator[tuple[tuple[str, ...], str]]:
    own: dict[tuple[str, ...], str] = {}
    for plan in profile.accepted_plans:
        for name in (plan.payer, plan.payer_es, *plan.aliases):
            if name:
                own.setdefault(phrase(name), plan.payer)
    yield from own.items()
    for payer in payers.load().every():
        # Another spelling of a name that the clinic uses means what the clinic means by it.
        value = own.get(phrase(payer.name), payer.name)
        for words in payer.named():
            yield words, value
            for product in payer.products:
                yield (*words, *phrase(product)), f"{payer.name} {product}"


def place_names(place: Location, profile: ClinicProfile) -> Iterator[tuple[str, ...]]:
    """The names of a site, as the words of a phrase."""
    street, *rest = (part.strip() for part in place.address.split(","))
    for said in (place.name, *place.aliases, _STREET.sub("", street)):
        words = phrase(said)
        if not words:
            continue
        if words[-1] in _STREETS:
            yield (*words[:-1], _STREETS[words[-1]])
        if len(words) > 1 or words[0] not in _COMMON_PLACE:
            yield words
        for site in _SITE:
            yield (*words, site)
        for site in _SITE_ES:
            yield (site, *words)
            yield (site, "de", *words)
            yield (site, "del", *words)
    for city in rest:
        alone = sum(city in other.address for other in profile.locations) == 1
        if alone and city.isalpha():
            yield phrase(city)


def _care_names(profile: ClinicProfile) -> Iterator[Name]:
    kinds = care.load()
    for kind, group in (("service", kinds.services), ("visit_type", kinds.visit_types)):
        for value, one in group.items():
            for words in one.spoken:
                yield Name(words, kind, value)
    for service in profile.services.items if profile.services else ():
        for language in ("en", "es"):
            words = phrase(service.name[language])
            if len(words) <= LONGEST_SERVICE:
                yield Name(words, "service", service.id)


@cache
def _look_alikes() -> frozenset[str]:
    found = tomllib.loads(LOOK_ALIKES.read_text("utf-8"))
    return frozenset(word for words in found.values() for word in words.split())
