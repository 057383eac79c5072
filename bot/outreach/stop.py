"""Whether a patient asks us to stop writing to them or calling them, in whatever words.

Consent may be taken back "by any reasonable means", so free words count, not only a keyword. What
only sounds alike must not count: somebody else who will not stop calling, a medicine or a payment
to be stopped, a waiting list, and a complaint that nobody calls.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.outreach.stop_words import (
    BARE,
    BARRED,
    COURTESY,
    EMAIL,
    PHONE,
    RULES,
    THIRD_PARTY,
)

CHANNELS = ("email", "phone")
LONGEST = 600
FEW_WORDS = 3
_CLAUSES = re.compile(r"[.!?;:,\n()]+")
_JOINTS = re.compile(r" (?:and|but|so|because|y|pero|porque) ")
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Stop:
    """A wish to be left alone on these channels. `only`: the message says hardly anything else."""

    channels: frozenset[str]
    only: bool = True


def understand(text: str) -> Stop | None:
    """What a message says about stopping, or None. Reads both languages, whoever writes them."""
    message = fold(text[:LONGEST])
    if _bare(message):
        return Stop(frozenset(CHANNELS))
    for clause in _clauses(text[:LONGEST]):
        if _asks(clause):
            beside = len(message.split()) - len(clause.split())
            return Stop(_channels(clause), only=beside <= FEW_WORDS)
    return None


def fold(text: str) -> str:
    """Lower-case words with one space between them: no accents, apostrophes or marks."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("e-mail", "email"))
    kept = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’‘`´")
    return " ".join(_WORD.findall(kept))


def _clauses(text: str) -> list[str]:
    """Each clause, and the parts of it that stand between joints."""
    whole = [fold(part) for part in _CLAUSES.split(text)]
    parts = [piece for one in whole for piece in _JOINTS.split(one)]
    return [one for one in dict.fromkeys((*whole, *parts)) if one]


def _bare(message: str) -> bool:
    return COURTESY.sub("", message).strip() in BARE


def _asks(clause: str) -> bool:
    if THIRD_PARTY.search(clause) or BARRED.search(clause):
        return False
    short = COURTESY.sub("", clause).strip()
    return any(rule.search(short) for rule in RULES)


def _channels(clause: str) -> frozenset[str]:
    """The channels that are named; all of them where none is, or both."""
    named = {"email": bool(EMAIL.search(clause)), "phone": bool(PHONE.search(clause))}
    found = frozenset(channel for channel, is_named in named.items() if is_named)
    return found or frozenset(CHANNELS)
