"""Which plans of the clinic's list a question names, and what it names that is not on the list.

A payer and its lines of business are different plans: "Aetna Medicaid" is not answered by what
the list says of Aetna, nor a PPO by what it says of an HMO. In doubt the plan counts as unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.knowledge import payers
from bot.knowledge.names import ClinicNames
from bot.knowledge.payers import Payer
from bot.knowledge.plan_words import ORDINARY
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.profile_parts import Plan
from bot.language.entities import Entity
from bot.language.tokens import phrase, without_accents
from bot.language.words import word_set

_WORD = re.compile(r"[a-z0-9&]+")
_NAMES_A_PLAN = re.compile(
    r"\b(?:take|takes|accept|accepts|honor|have|got|with|use|under|work with|participate in|about|"
    r"aceptan?|toman?|reciben?|trabajan con|tengo|tiene|tenemos|con|usan?|atienden|uso)"
    r"\s+(?P<rest>.+)"
)
# Words between a payer and a program that make one plan of the two: "Medicaid through Molina".
_LINKS = word_set("with through thru by from via de por con mediante plan plans")
_TAKEN = word_set("take takes accept accepts have aceptan acepta toman toma reciben tengo")
_PLAIN = word_set("original regular straight traditional full plain both only solo")
_PROGRAMS = {("medicare",), ("medicaid",)}


def normal(text: str) -> list[str]:
    """Lower-case words without accents or apostrophes."""
    return _WORD.findall(without_accents(re.sub(r"['’]", "", text.lower())))


@dataclass(frozen=True)
class Named:
    """A plan as a question names it; without a name, one of a payer that nobody knows.

    `plans` are those of the list that it is; with none of them, `akin` are plans of the same
    payer that it may be. `generic` is a kind of plan without a name.
    """

    name: str
    payer: str
    plans: tuple[Plan, ...] = ()
    akin: tuple[Plan, ...] = ()
    generic: bool = False

    @property
    def unlisted(self) -> bool:
        """Whether the list says nothing about it."""
        return not self.plans and not self.generic


@dataclass(frozen=True)
class PlanNames:
    """The clinic's list of plans, and what questions call them."""

    names: ClinicNames

    @classmethod
    def of(cls, profile: ClinicProfile) -> PlanNames:
        """The plans that the profile lists. Takes tenths of a second, so that no question does."""
        names = ClinicNames(profile)
        names.prepare()
        return cls(names)

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The list."""
        return self.names.profile.accepted_plans

    def named(self, question: str, found: Sequence[Entity], language: str) -> tuple[Named, ...]:
        """The plans that the entities of a question name, each once, in order."""
        types = tuple(dict.fromkeys(one.value for one in found if one.kind == "plan_type"))
        named = [
            self._resolve(value, program, types, language)
            for value, program in self._grouped(question, found)
        ]
        known = [one for one in named if not one.generic] or named
        return tuple({one.name: one for one in known}.values())

    def names_another(self, question: str) -> bool:
        """Whether a question without a known name seems to name a plan all the same."""
        match = _NAMES_A_PLAN.search(" ".join(normal(question)))
        words = normal(match["rest"] if match else question)
        left = [word for word in words if word not in ORDINARY and len(word) > 2]
        return bool(left) and len(left) <= 3

    def _grouped(
        self, question: str, found: Sequence[Entity]
    ) -> Iterator[tuple[str, Payer | None]]:
        """Each payer, with the program that it is said together with; none for a strange one."""
        left = [one for one in found if one.kind == "payer"]
        while left:
            one, *rest = left
            pair = left[:2] if rest and _linked(question, one, rest[0]) else []
            programs = [self._program(each.value) for each in pair]
            if [bool(each) for each in programs] in ([True, False], [False, True]):
                brand = pair[0] if programs[1] else pair[1]
                yield brand.value, programs[0] or programs[1]
                left = rest[1:]
            else:
                strange = self._program(one.value) and _follows_a_strange_name(question, one)
                yield "" if strange else one.value, None
                left = rest

    def _resolve(
        self, value: str, program: Payer | None, types: tuple[str, ...], language: str
    ) -> Named:
        if not value:
            return Named("", "")
        payer, product = _national(value)
        exact = [plan for plan in self.plans if plan.payer == value]
        brand = self._brands.get(value) if exact else payer
        if program:
            said = f"{brand.said(language) if brand else value} {program.said(language)}"
            plans = [plan for plan in self._of(brand) if plan.line == program.line]
            return _typed(said, brand, plans, [], types)
        if exact or payer is None:
            return _typed(value, brand, exact, [], types)
        said = f"{payer.said(language)} {product}".strip()
        if payer.generic:
            return Named(said, payer.name, generic=True)
        own, akin = self._own(payer)
        if product:
            plans = [plan for plan in own if product.lower() in _products(plan)]
            return _typed(said, payer, plans, [] if plans else own, ())
        return _typed(said, payer, own, akin, types)

    def _own(self, payer: Payer) -> tuple[list[Plan], list[Plan]]:
        """The plans of the list that are this payer's by their very name, and its other ones."""
        akin = self._of(payer)
        main = phrase(payer.name)
        own = [plan for plan in self.plans if main in map(phrase, (plan.payer, *plan.aliases))]
        own = own or [plan for plan in akin if phrase(plan.payer) in set(payer.named())]
        if not own and phrase(payer.name) in _PROGRAMS:
            # A public program that the list has under its name in the state.
            public = [plan for plan in self.plans if plan.line == payer.line]
            akin = [plan for plan in public if phrase(payer.name)[0] in phrase(plan.payer)]
            own = akin if len(public) == 1 else []
        return own, akin

    def _program(self, value: str) -> Payer | None:
        """The public program or kind of plan that this name stands for alone."""
        own = [plan for plan in self.plans if plan.payer == value]
        names = {phrase(name) for plan in own for name in (plan.payer, *plan.aliases)}
        if public := sorted(_PROGRAMS & names):
            return payers.by_words()[public[0]]
        payer, product = _national(value)
        if payer is None or product or payer.line == "other":
            return None
        return payer if payer.generic or phrase(payer.name) in _PROGRAMS else None

    def _of(self, brand: Payer | None) -> list[Plan]:
        if brand is None:
            return []
        return [plan for plan in self.plans if self._brands.get(plan.payer) == brand]

    @cached_property
    def _brands(self) -> dict[str, Payer]:
        """The payer behind each plan of the list, as far as its name says."""
        found: dict[str, Payer] = {}
        for plan in self.plans:
            words = phrase(plan.payer)
            held = [
                (not payer.generic and name not in _PROGRAMS, len(name), payer)
                for name, payer in payers.by_words().items()
                if _holds(words, name)
            ]
            if held:
                found[plan.payer] = max(held, key=lambda one: one[:2])[2]
        return found


def _typed(
    said: str,
    brand: Payer | None,
    plans: Sequence[Plan],
    akin: Sequence[Plan],
    types: tuple[str, ...],
) -> Named:
    """Only the plans whose products have the type that was named."""
    payer = brand.name if brand else said
    fitting = [plan for plan in plans if _has(plan, types)]
    if plans and not fitting:
        return Named(f"{said} {' '.join(types)}", payer, akin=tuple(plans))
    return Named(said, payer, tuple(fitting), () if fitting else tuple(akin))


def _follows_a_strange_name(question: str, program: Entity) -> bool:
    """ "do you take Zigzag Medicare" asks for a plan of Zigzag's."""
    words = phrase(question[: program.start])[-2:]
    return len(words) == 2 and words[0] in _TAKEN and words[1] not in ORDINARY | _PLAIN


def _linked(question: str, one: Entity, other: Entity) -> bool:
    between = question[one.end : other.start]
    return not re.search(r"[,;.?!/]", between) and _LINKS.issuperset(phrase(between))


def _has(plan: Plan, types: tuple[str, ...]) -> bool:
    if not types or not plan.products or plan.network == "not_accepted":
        return True
    words = {word.upper() for product in plan.products for word in phrase(product)}
    return any(kind in words for kind in types)


def _products(plan: Plan) -> set[str]:
    return {product.lower() for product in plan.products}


def _holds(words: Sequence[str], name: Sequence[str]) -> bool:
    size = len(name)
    return any(tuple(words[at : at + size]) == tuple(name) for at in range(len(words) - size + 1))


def _national(value: str) -> tuple[Payer | None, str]:
    """The payer of the files with this name, and the product that is said after it."""
    known = payers.by_name()
    if value in known:
        return known[value], ""
    for name, payer in known.items():
        if payer.products and value.startswith(f"{name} "):
            return payer, value.removeprefix(f"{name} ")
    return None, ""
