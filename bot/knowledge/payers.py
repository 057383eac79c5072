"""Insurers and public programs that patients name, whether this clinic takes them or not.

They come from `data/payers.toml`. That a payer is known says nothing about the clinic: what it
takes stands in its profile alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Literal

from pydantic import Field

from bot.knowledge.profile_parts import Part, Text
from bot.language.tokens import phrase
from bot.settings import ROOT

FILE = ROOT / "data" / "payers.toml"
STATES = [
    "Alabama",
    "Alaska",
    "Arizona",
    "Arkansas",
    "California",
    "Colorado",
    "Connecticut",
    "Delaware",
    "Florida",
    "Georgia",
    "Hawaii",
    "Idaho",
    "Illinois",
    "Indiana",
    "Iowa",
    "Kansas",
    "Kentucky",
    "Louisiana",
    "Maine",
    "Maryland",
    "Massachusetts",
    "Michigan",
    "Minnesota",
    "Mississippi",
    "Missouri",
    "Montana",
    "Nebraska",
    "Nevada",
    "New Hampshire",
    "New Jersey",
    "New Mexico",
    "New York",
    "North Carolina",
    "North Dakota",
    "Ohio",
    "Oklahoma",
    "Oregon",
    "Pennsylvania",
    "Rhode Island",
    "South Carolina",
    "South Dakota",
    "Tennessee",
    "Texas",
    "Utah",
    "Vermont",
    "Virginia",
    "Washington",
    "West Virginia",
    "Wisconsin",
    "Wyoming",
    "Puerto Rico",
]
Line = Literal["commercial", "marketplace", "medicare", "medicare_advantage", "medicaid", "other"]
Words = tuple[str, ...]


class Payer(Part):
    """An insurer, a program, or a kind of plan."""

    name: Text
    name_es: Text | None = None
    line: Line | None = None
    state: str | None = None
    generic: bool = False
    aliases: tuple[str, ...] = ()
    products: tuple[str, ...] = ()

    def said(self, language: str) -> str:
        """Its name in one language; most are the same in both."""
        return self.name_es if language == "es" and self.name_es else self.name

    def named(self) -> Iterator[Words]:
        """Its names and aliases."""
        for name in (self.name, self.name_es, *self.aliases):
            if name:
                yield phrase(name)


class Payers(Part):
    """The whole file."""

    in_context: tuple[str, ...] = Field(description="Names that are ordinary words too.")
    not_meant: tuple[str, ...] = Field(description="Phrases that hold a name and mean no payer.")
    by_state: dict[str, tuple[str, ...]]
    payers: tuple[Payer, ...]

    def every(self) -> tuple[Payer, ...]:
        """The payers, and those that each state has under its own name."""
        regional = tuple(
            Payer(
                name=name.format(state=state),
                line="medicaid" if "Medicaid" in name else None,
                state=state,
                aliases=tuple(alias.format(state=state) for alias in aliases),
            )
            for state in STATES
            for name, aliases in self.by_state.items()
        )
        return (*self.payers, *regional)


@cache
def load() -> Payers:
    """The payers that come with Careline."""
    return Payers.model_validate(tomllib.loads(FILE.read_text("utf-8")))


@cache
def by_name() -> dict[str, Payer]:
    """Every payer by its name."""
    return {payer.name: payer for payer in load().every()}


@cache
def by_words() -> dict[Words, Payer]:
    """Every payer by each of its names; the first that has a name keeps it."""
    found: dict[Words, Payer] = {}
    for payer in load().every():
        for words in payer.named():
            found.setdefault(words, payer)
    return found
