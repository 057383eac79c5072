"""Whether a name that is also an ordinary word or a person's name stands for a payer here.

"do you take united" and "oscar insurance" do; "united we stand" and "Dr. Oscar" do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.language.words import word_set

_BEFORE = word_set(
    "take takes taking accept accepts accepting accepted honor have has got bill use using via "
    "insurance insurer insurers plan plans payer carrier provider through "
    "aceptan acepta aceptar toman toma reciben recibe tengo tenemos tiene tienen seguro seguros "
    "seguranza aseguranza aseguradora plan planes cubre paga autorizo aprobo nego"
)
_BEFORE_2 = {
    *(("work", "with"), ("works", "with"), ("working", "with"), ("contract", "with")),
    *(("contracted", "with"), ("insured", "by"), ("covered", "by"), ("network", "with")),
    *(("insurance", "is"), ("plan", "is"), ("carrier", "is"), ("network", "for")),
    *(("trabajan", "con"), ("red", "de"), ("red", "con"), ("contrato", "con"), ("seguro", "es")),
    *(("plan", "es"), ("seguro", "de"), ("plan", "de"), ("asegurado", "con"), ("switched", "to")),
    *(("what", "about"), ("how", "about"), ("que", "tal"), ("y", "con"), ("se", "llama")),
}
_BETWEEN = word_set("the my our your el la mi su like also tambien only")
_AFTER = word_set(
    "insurance plan plans ppo hmo epo pos hdhp medicare medicaid marketplace advantage coverage "
    "network accepted members member card seguro seguros "
    "cover covers covered pay pays paid approve approves approved deny denied denies "
    "cubre cubren cubrio paga pagan pago autorizo aprobo nego"
)
# Where a message speaks of paying for care, "with Humana" is no person.
_PAYING = word_set(
    "cover covers covered coverage insurance insured pay pays paid free copay deductible network "
    "cubre cubren cubierto cubierta cubiertos cubiertas cobertura seguro paga gratis copago "
    "deducible"
)
_WITH = word_set("with by under con por bajo")
_AFTER_2 = {("in", "network"), ("out", "of"), ("en", "red"), ("en", "la"), ("ok", "there")}
_TITLES = word_set(
    "dr dra doctor doctora mr mrs ms miss sr sra srta senor senora nurse don dona with"
)
# A message of nothing but these and the name asks about the name.
_ALONE = word_set(
    "what how about and or y o e que tal hay con de the is are do does you u also tambien take "
    "accept aceptan toman ok okay there here in network pues entonces then now for please por favor"
)
_BETWEEN_NAMES = word_set("or and o y e u with from through thru by via con de por")
_PERSON_FOLLOWS = word_set("with said told dijo here s y")


def meant_here(
    words: Sequence[str], first: int, last: int, sure: Iterable[tuple[int, int]]
) -> bool:
    """Whether the words from `first` up to `last` mean a payer; `sure` are payers for certain."""
    before = [word for word in words[max(0, first - 3) : first] if word not in _BETWEEN]
    if before and before[-1] in _WITH and not _PAYING.isdisjoint(words):
        return True
    if before and before[-1] in _TITLES and tuple(before[-2:]) not in _BEFORE_2:
        return False
    rest = [*words[:first], *words[last:]]
    if all(word in _ALONE for word in rest):
        return True
    if any(_joined(words, (first, last), other) for other in sure):
        return True
    after = words[last : last + 2]
    said_before = bool(before) and (before[-1] in _BEFORE or tuple(before[-2:]) in _BEFORE_2)
    said_after = bool(after) and (after[0] in _AFTER or tuple(after) in _AFTER_2)
    return said_after or (said_before and not (after and after[0] in _PERSON_FOLLOWS))


def _joined(words: Sequence[str], one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Two names said together: "aetna or united", "humana, cigna", "medicaid from molina"."""
    left, right = sorted((one, other))
    between = words[left[1] : right[0]]
    return len(between) <= 2 and all(word in _BETWEEN_NAMES for word in between)
