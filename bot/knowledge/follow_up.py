"""A short question that leans on the one before it, asked in full.

"what about Cigna" after "do you take Aetna" asks whether we take Cigna; "and for my kids?" asks
the same for the children. What names a subject of its own is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot import texts
from bot.knowledge.content import Content
from bot.knowledge.names import ClinicNames
from bot.knowledge.outcomes import Context
from bot.knowledge.render import placeholders
from bot.language.entities import Entity
from bot.language.tokens import phrase
from bot.language.words import word_set

LONGEST = 10  # words; a longer question says itself what it is about
# Words that only join a follow-up to what was said: without them nothing but its news is left.
_JOINING = word_set(
    "and or but also too what about how if is are it its ok okay then so in at on the a an for "
    "of my our your with i we have has got instead maybe please thanks well same no not im ive "
    "meant mean sorry now one y o e u pero tambien que tal hay si con en el la los las un una "
    "de del para por mi mis su sus tengo tenemos tiene es entonces pues gracias favor digo "
    "perdon bueno al lo mismo"
)
# Words of the subject itself: a follow-up may say them again.
_SUBJECT = word_set("open abren abre plan insurance seguro day dia office clinic clinica oficina")
_PEOPLE = word_set(
    "kids kid children child son daughter baby babies newborn husband wife spouse mom mother "
    "dad father parents family teenager teen grandmother grandma grandfather brother sister me "
    "myself hijos hijo hija hijas ninos nino nina bebe esposo esposa marido mama papa padres "
    "madre padre familia abuela abuelo hermano hermana adolescente nosotros pareja"
)
# What an article speaks of, by the first words of the facts in it.
_ABOUT = (
    ("plan", ("plans", "medicare_plans", "medicaid_plans", "special_plans")),
    ("open", ("hours", "holidays", "next_holidays")),
    ("service", ("service",)),
    ("price", ("prices",)),
    ("visit", ("visit_types",)),
)
_KINDS = (
    ("payer", ("plan",)),
    ("date", ("open",)),
    ("place", ("open",)),
    ("service", ("price", "visit", "service")),
    ("visit_type", ("price", "visit", "service")),
)


@dataclass(frozen=True, slots=True)
class Last:
    """The question before: its words, what it named, and what its article looks up."""

    question: str = field(repr=False)
    entities: tuple[Entity, ...] = ()
    lookups: frozenset[str] = frozenset()


def resolved(
    question: str, context: Context, names: ClinicNames, now: datetime, content: Content
) -> str:
    """The question in full where it follows up on the last answer; else as it was asked."""
    if not context.last_article or len(phrase(question)) > LONGEST:
        return question
    article = next((one for one in content.articles if one.slug == context.last_article), None)
    if article is None:
        return question
    said = context.last_question or ""
    versions = article.versions.values()
    looked_up = lookups(f"{one.words.lead} {one.words.more or ''}" for one in versions)
    last = Last(said, names.find(said, now), looked_up)
    return in_full(question, names.find(question, now), last, context.language) or question


def lookups(answers: Iterable[str]) -> frozenset[str]:
    """What the texts of an article look up, or list, in the clinic profile."""
    found = set()
    for kind, key in (place for text in answers for place in placeholders(text)):
        if kind == "lookup":
            found.add("open" if key == "day" else key)
        if kind == "clinic":
            found |= {about for about, keys in _ABOUT if key.startswith(keys)}
    return frozenset(found)


def in_full(question: str, found: Sequence[Entity], last: Last, language: str) -> str | None:
    """The question to ask instead; None when the question stands on its own."""
    left = _own_words(question, found) - _SUBJECT
    if len(phrase(question)) > LONGEST or left - _PEOPLE:
        return None
    news = [one for one in found if any(one.kind == kind for kind, _ in _KINDS)]
    if news:
        return _in_its_place(news, last) or _by_lookup(news, last, language)
    if left and last.question:
        before = last.question if stands_alone(last.question, last.entities) else None
        before = before or _by_lookup(last.entities, last, language)
        return f"{before.rstrip('?!. ')} {question}" if before else None
    return None


def stands_alone(question: str, found: Sequence[Entity]) -> bool:
    """Whether a question has words of its own besides what it names."""
    return bool(_own_words(question, found) - _PEOPLE)


def _own_words(question: str, found: Sequence[Entity]) -> set[str]:
    """The words that neither name something nor merely join."""
    letters = list(question)
    for one in found:
        letters[one.start : one.end] = " " * (one.end - one.start)
    return set(phrase("".join(letters))) - _JOINING


def _in_its_place(news: Sequence[Entity], last: Last) -> str | None:
    """The last question with the new thing where the old one of its kind stood."""
    if not stands_alone(last.question, last.entities):
        return None
    said = last.question
    places = []
    for kind in dict.fromkeys(one.kind for one in news):
        old = [one for one in last.entities if _alike(one.kind, kind)]
        if not old:
            return None
        new = " ".join(one.text for one in news if one.kind == kind)
        places.append((old[0].start, old[-1].end, new))
    for start, end, new in sorted(places, reverse=True):
        said = f"{said[:start]}{new}{said[end:]}"
    return said


def _alike(one: str, other: str) -> bool:
    care = ("service", "visit_type")
    return one == other or (one in care and other in care)


def _by_lookup(news: Sequence[Entity], last: Last, language: str) -> str | None:
    """The question that the last article's look-up answers, about what is named now."""
    for kind, keys in _KINDS:
        named = [one for one in news if one.kind == kind]
        about = next((key for key in keys if key in last.lookups), None)
        if not named or about is None:
            continue
        if about == "open":
            return _open(news, last.entities, language)
        name = " ".join(one.text for one in named)
        value = {"plan" if about == "plan" else "name": name}
        return texts.get(f"knowledge.{about}_question", language, **value).text
    return None


def _open(news: Sequence[Entity], before: Sequence[Entity], language: str) -> str:
    """Day and site of before hold on where the follow-up names no other."""
    said = {
        kind: next((one.text for one in (*news, *before) if one.kind == kind), "")
        for kind in ("date", "place")
    }
    key = "open_question_place" if said["place"] else "open_question"
    text = texts.get(f"knowledge.{key}", language, day=said["date"], place=said["place"]).text
    return " ".join(text.replace(" ?", "?").split())
