"""How far the guesses about a message are trusted: `data/people/trust.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from bot.settings import ROOT

FILE = ROOT / "data" / "people" / "trust.toml"


@dataclass(frozen=True, slots=True)
class Trust:
    """The shares of the file, which says what each is for."""

    sure_kind: float
    doubtful_kind: float
    ours: float
    found: float
    best_guess: float
    person_follows: float


@cache
def trust() -> Trust:
    """What the file says, read once. Raises `TypeError` when a share is missing or unknown."""
    return Trust(**tomllib.loads(FILE.read_text("utf-8")))
