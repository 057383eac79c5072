"""Which plan a question names, misspelled or not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.knowledge.profile import ClinicProfile
from bot.knowledge.profile_parts import Plan
from bot.language.identify import FUNCTION

LONGEST_NAME = 6  # words
FUZZY_FROM = 5  # letters: shorter names are one letter away from ordinary words


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What people say around the name of a plan.
_AROUND = {
    "en": _set(
        """
        accept accepts accepted accepting take takes taking honor insurance insurances
        insured plan plans coverage covered cover covers policy clinic office doctor doctors
        see seen here your yours still also now okay ok kind kinds type which other health
        medical card member through use using work works job employer company kids kid son
        daughter mom dad mother father wife husband family child children patient patients
        new old list network participate participating provider providers good with without
        me us it yall guys right private any under have has got come visit appointment
        switched changed just currently know tell check name like said say mean means state
        government hmo ppo epo pos
        """
    ),
    "es": _set(
        """
        aceptan acepta aceptar aceptado toman toma reciben recibe trabajan trabaja seguro
        seguros seguranza aseguranza plan planes cobertura poliza clinica consultorio doctor
        doctora medico medica salud tarjeta mio mia tipo tipos cual cuales otro otra tambien
        todavia ahora atienden atiende ver trabajo empresa compania hijos hijo hija mama
        papa esposo esposa familia ninos nino nina paciente pacientes nuevo nueva lista red
        ustedes alli ahi aca aqui usar uso ir cita consulta cambie acabo saber revisar
        nombre como hmo ppo epo favor digame quiere decir significa estado gobierno dijeron
        pueden puede verme atenderme privado
        """
    ),
}
_WORD = re.compile(r"[a-z0-9&]+")
_NAMES_A_PLAN = re.compile(
    r"\b(?:take|takes|accept|accepts|honor|have|got|with|use|under|work with|participate in|about|"
    r"aceptan?|toman?|reciben?|trabajan con|tengo|tiene|tenemos|con|usan?|atienden|uso)"
    r"\s+(?P<rest>.+)"
)


def normal(text: str) -> list[str]:
    """Lower-case words without accents or apostrophes."""
    bare = unicodedata.normalize("NFKD", re.sub(r"['’]", "", text.lower()))
    return _WORD.findall("".join(c for c in bare if not unicodedata.combining(c)))


@dataclass(frozen=True)
class PlanNames:
    """Every name of every plan of a profile, ready to be found in a question."""

    plans: tuple[Plan, ...]

    @classmethod
    def of(cls, profile: ClinicProfile) -> PlanNames:
        """The names that the profile states."""
        return cls(profile.accepted_plans)

    def find(self, question: str) -> Plan | None:
        """The plan with the longest name that the question holds, a slip of one letter forgiven."""
        words = normal(question)
        for size in range(min(LONGEST_NAME, len(words)), 0, -1):
            grams = [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]
            for gram in grams:
                if gram in self._exact:
                    return _meant(self._exact[gram], words)
            for gram in grams:
                if (near := self._near(gram)) is not None:
                    return near
        return None

    def names_another(self, question: str) -> bool:
        """Whether the question seems to name a plan that the profile does not know."""
        match = _NAMES_A_PLAN.search(" ".join(normal(question)))
        words = normal(match["rest"] if match else question)
        left = [word for word in words if word not in _ORDINARY and len(word) > 2]
        return bool(left) and len(left) <= 3

    @cached_property
    def _exact(self) -> dict[str, Plan]:
        names: dict[str, Plan] = {}
        for plan in self.plans:
            for name in (plan.payer, *plan.aliases):
                names.setdefault(" ".join(normal(name)), plan)
        return names

    @cached_property
    def _slips(self) -> dict[str, Plan]:
        """Names with one letter left out: two words one slip apart share one of these."""
        slips: dict[str, Plan] = {}
        for name, plan in self._exact.items():
            if len(name) >= FUZZY_FROM:
                for slip in _slips_of(name):
                    slips.setdefault(slip, plan)
        return slips

    def _near(self, gram: str) -> Plan | None:
        if len(gram) < FUZZY_FROM or gram in _ORDINARY:
            return None
        return next((self._slips[slip] for slip in _slips_of(gram) if slip in self._slips), None)


def _meant(plan: Plan, words: list[str]) -> Plan | None:
    # "Medicare Advantage" is sold by others: it says nothing about the public plan.
    return None if plan.line == "medicare" and "advantage" in words else plan


def _slips_of(name: str) -> Iterator[str]:
    yield name
    for at in range(len(name)):
        yield name[:at] + name[at + 1 :]


_ORDINARY = frozenset().union(*_AROUND.values(), *FUNCTION.values())
