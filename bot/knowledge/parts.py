"""What a message asks, apart from what it tells.

People tell a story and put the question somewhere in it, or ask two things at once. A part is a
sentence or clause; one that asks has a question mark, begins like a question or says what is
wanted.
"""

from __future__ import annotations

import re

from bot.language.words import word_set, words_of

SHORT = 12  # words; a message no longer than that is one part
LEAST = 3  # words that a part needs to be read by itself
MOST = 6  # parts that are read

_ENDS = re.compile(r"(?<=[.!?;…])\s+|\n+|\s+(?:-|–|—)\s+")
# A clause that begins a question of its own: "…, and how do I", "…, tambien quiero saber".
_JOINS = re.compile(
    r"(?:,|\band\b|\balso\b|\bplus\b|\bbut\b|\bso\b|\bor\b|\by\b|\btambien\b|\btambién\b|\bademas\b"
    r"|\bademás\b|\bpero\b|\bentonces\b|\botra pregunta\b)\s+"
    r"(?=(?:also\s+|tambien\s+|también\s+)?"
    r"(?:what|how|when|where|who|which|why|can|could|do|does|did|is|are|will|would|should|am|"
    r"que|qué|como|cómo|cuando|cuándo|cuanto|cuánto|donde|dónde|quien|quién|cual|cuál|puedo|"
    r"pueden|puede|debo|tengo que|hay|aceptan|necesito|quiero|quisiera|i need|i want)\b)",
    re.IGNORECASE,
)
_ASKING = word_set(
    "what whats how hows when where who which why can could do does did is are will would should "
    "am may que como cuando cuanto cuanta cuantos donde quien cual cuales puedo pueden puede "
    "podria podrian debo hay aceptan por"
)
_WANTING = (
    *("need to", "want to", "trying to", "wondering", "like to know", "looking for", "how do i"),
    *("how can i", "can i", "do i", "does my", "is there", "i need", "help me", "tell me"),
    *("quiero", "quisiera", "necesito", "me gustaria", "busco", "saber si", "ayuda", "como hago"),
    *("puedo", "tengo que"),
)


def questions(text: str) -> tuple[str, ...]:
    """The parts that ask, in order; none where the message is short or a single part."""
    if len(text.split()) <= SHORT:
        return ()
    clauses = [clause for sentence in _ENDS.split(text) for clause in _JOINS.split(sentence)]
    parts = [part for clause in clauses if len((part := clause.strip(" ,")).split()) >= LEAST]
    if len(parts) < 2:
        return ()
    return tuple(part for part in parts if _asks(part))[:MOST]


def _asks(part: str) -> bool:
    words = words_of(part)
    said = f" {' '.join(words)} "
    begins = bool(words) and not _ASKING.isdisjoint(words[:2])
    return "?" in part or begins or any(f" {want} " in said for want in _WANTING)
