"""A log of 2,000 questions that found no answer, 40 gaps among them: the same every time.

The ways to ask are written by hand (`tests/evaluation/gaps.jsonl`). Here they get the voices in
which they come: greetings, a name, an aside, slips of the thumb. Between them stand questions that
are no gap: one-offs, and one question each about subjects that have an article. All pass through
the redactor, as in life. Nothing is fitted on them.
"""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.evaluation.sets import FOLDER
from bot.privacy.redaction import Redactor

FILE = FOLDER / "gaps.jsonl"
ELSEWHERE = FOLDER / "questions.jsonl"
SIZE, ONCE = 2000, 600
LEAST, MOST = 12, 90  # questions of one gap
SEED = 20261122

BEFORE = {
    "en": (
        *("hi", "hello", "hey there", "good morning", "hi, quick question", "ok so", "um", "yo"),
        *("excuse me", "hoping you can help", "one more thing", "sorry to bother you"),
        *("i called twice and nobody picked up", "i looked all over your website"),
        *("my wife told me to ask", "not sure if this is the right place", "second time asking"),
        *("im in the car so ill make it short", "i tried the portal first"),
    ),
    "es": (
        *("hola", "buenas tardes", "buenos dias", "hola buenas", "disculpe", "oiga", "perdon"),
        *("una pregunta", "hola, una pregunta rapida", "otra cosa", "por favor me ayuda"),
        *("ya hable dos veces y nadie contesta", "busque en la pagina y no viene"),
        *("mi señora me pidio que preguntara", "no se si es aqui", "es la segunda vez que escribo"),
        *("ando manejando, rapidito", "primero busque en el portal"),
    ),
}
AFTER = {
    "en": (
        *("please", "thanks", "thank you so much", "asap", "thx", "please and thank you"),
        *("my appointment is thursday", "need to know today", "let me know", "anyone there?"),
        *("god bless", "i get off work at 5", "we are coming from out of town"),
    ),
    "es": (
        *("por favor", "gracias", "muchas gracias", "porfa", "me urge", "gracias de antemano"),
        *("mi cita es el jueves", "necesito saber hoy", "me avisa", "hay alguien?"),
        *("dios la bendiga", "salgo de trabajar a las 5", "venimos de lejos"),
    ),
}
# Invented people: the redactor has to take them out.
WHO = {
    "en": (
        "this is Rosa Delgado, dob 04/12/1980",
        "my name is Kevin Marshall",
        "its Denise Whitaker, call me at 217-555-0143",
        "Tom Okafor here, member id XJH448201937",
        "my email is p.lindgren@example.com",
    ),
    "es": (
        "soy Rosa Delgado, naci el 12/04/1980",
        "me llamo Ernesto Villalobos",
        "habla Guadalupe Rentería, mi cel es 217-555-0143",
        "soy Iván Castañeda, mi numero de miembro es XJH448201937",
        "mi correo es m.quiroga@example.com",
    ),
}


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log. `gap` is the true one; None for a question that is none."""

    gap: str | None
    language: str
    text: str


def seeded(redactor: Redactor, *, seed: int = SEED, file: Path = FILE) -> list[Logged]:
    """The log, redacted and in the order of time."""
    chance = random.Random(seed)  # noqa: S311 - a log that is the same every time
    written = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    ways: dict[str, list[Logged]] = {}
    once: list[Logged] = []
    for row in written:
        one = Logged(row["gap"], row["language"], row["text"])
        ways.setdefault(one.gap, []).append(one) if one.gap else once.append(one)
    once += _answered_elsewhere(chance, ONCE - len(once))
    sizes = _sizes(chance, len(ways), SIZE - len(once))
    found = once
    for size, own in zip(sizes, ways.values(), strict=True):
        found += _asked(chance, own, size)
    chance.shuffle(found)
    return [
        Logged(one.gap, one.language, redactor.redact(one.text, one.language).text) for one in found
    ]


def _answered_elsewhere(chance: random.Random, count: int) -> list[Logged]:
    """Questions about subjects that have an article, one a subject: a miss, but no gap."""
    rows = [json.loads(line) for line in ELSEWHERE.read_text("utf-8").splitlines()]
    chance.shuffle(rows)
    by_topic = {topic: row for row in rows for topic in row["topics"][:1]}
    return [Logged(None, row["language"], row["text"]) for row in list(by_topic.values())[:count]]


def _sizes(chance: random.Random, gaps: int, total: int) -> list[int]:
    """A few gaps are asked often and many now and then, as in life."""
    weights = [1 / (at + 3) for at in range(gaps)]
    chance.shuffle(weights)
    free = total - LEAST * gaps
    sizes = [min(MOST, LEAST + int(free * one / sum(weights))) for one in weights]
    while sum(sizes) < total:
        at = chance.randrange(gaps)
        sizes[at] += sizes[at] < MOST
    return sizes


def _asked(chance: random.Random, ways: Sequence[Logged], size: int) -> Iterator[Logged]:
    """`size` questions: every way to ask before any comes again, and then in another voice."""
    lot: list[Logged] = []
    seen: set[str] = set()
    while len(lot) < size:
        lot += chance.sample(list(ways), len(ways))
    for one in lot[:size]:
        text = one.text if one.text not in seen and chance.random() < 0.5 else _voiced(chance, one)
        seen.add(one.text)
        yield Logged(one.gap, one.language, text)


def _voiced(chance: random.Random, one: Logged) -> str:
    text = one.text
    if chance.random() < 0.35:
        text = _slipped(chance, text)
    if chance.random() < 0.4:
        text = f"{chance.choice(BEFORE[one.language])}, {text}"
    elif chance.random() < 0.15:
        text = f"{chance.choice(WHO[one.language])}, {text}"
    if chance.random() < 0.35:
        text = f"{text}, {chance.choice(AFTER[one.language])}"
    if chance.random() < 0.1:
        text = text.upper()
    return text


def _slipped(chance: random.Random, text: str) -> str:
    """A letter lost, doubled or in the wrong place; sometimes all accents are lost."""
    if chance.random() < 0.3:
        bare = unicodedata.normalize("NFKD", text)
        return "".join(letter for letter in bare if not unicodedata.combining(letter))
    words = text.split()
    long = [at for at, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not long:
        return text
    at = chance.choice(long)
    word, place = words[at], chance.randrange(1, len(words[at]) - 1)
    words[at] = chance.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        )
    )
    return " ".join(words)
