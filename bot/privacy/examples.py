"""Sentences to train the entity model on, made from `data/training/entities`.

Names of many cultures in sentences patients write, in the ways they type; and as many sentences
that name nobody. Nobody in them exists. The same seed gives the same sentences.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
FOLDER = Path("training/entities")
QUESTIONS = Path("training/questions")
SLOT = re.compile(r"\{(\w+)\}")
FOUND = {"name": "NAME", "given": "NAME", "family": "NAME", "address": "ADDRESS"}
LANGUAGES = ("en", "es")
SYLLABLES = [
    "ba",
    "be",
    "bo",
    "ca",
    "che",
    "da",
    "de",
    "do",
    "el",
    "en",
    "fa",
    "gu",
    "ha",
    "in",
    "ja",
    "ka",
    "ki",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "ni",
    "no",
    "ol",
    "or",
    "pa",
    "pe",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "shi",
    "ta",
    "te",
    "ti",
    "to",
    "tu",
    "un",
    "va",
    "vi",
    "wa",
    "ya",
    "yo",
    "za",
    "zi",
    "bran",
    "ders",
    "ford",
    "ger",
    "kov",
    "lyn",
    "man",
    "nov",
    "ski",
    "son",
    "ton",
    "vich",
    "well",
    "wick",
    "ez",
    "an",
    "ia",
    "as",
    "os",
]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and what it names: (start, end, label)."""

    text: str
    entities: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many sentences of each kind are made per language."""

    naming: int = 2600
    carried: int = 500
    plain: int = 1200
    questions: int = 900


class Maker:
    """Makes sentences from the lists in a data directory."""

    def __init__(self, data_dir: Path, seed: int):
        self._random = random.Random(seed)  # noqa: S311 - sentences, not secrets
        folder = data_dir / FOLDER
        cultures = tomllib.loads((folder / "names.toml").read_text("utf-8")).values()
        self._cultures = [(_words(one["given"]), _words(one["family"])) for one in cultures]
        places = tomllib.loads((folder / "places.toml").read_text("utf-8"))
        self._places = {key: _words(value) for key, value in places.items()}
        words = tomllib.loads((folder / "words.toml").read_text("utf-8"))
        self._words = {key: value.split("|") for key, value in words.items()}
        self._naming = {one: _lines(folder / f"sentences.{one}.txt") for one in LANGUAGES}
        self._plain = {one: _lines(folder / f"others.{one}.txt") for one in LANGUAGES}
        self._questions = _questions(data_dir / QUESTIONS)

    def examples(self, sizes: Sizes) -> list[Example]:
        """All sentences, shuffled."""
        made = [one for language in LANGUAGES for one in self._in_language(language, sizes)]
        self._random.shuffle(made)
        return made

    def _in_language(self, language: str, sizes: Sizes) -> Iterator[Example]:
        naming, plain = self._naming[language], self._plain[language]
        questions = self._questions[language] or plain
        yield from self._many(sizes.naming, lambda: self._pick(naming))
        yield from self._many(sizes.carried, lambda: self._carrier(naming, questions))
        yield from self._many(sizes.plain, lambda: self._pick(plain))
        yield from self._many(sizes.questions, lambda: self._pick(questions))

    def common_words(self) -> list[str]:
        """Words of questions in which nobody is named, in order: twice at least, so no slip."""
        counted = Counter(
            word
            for questions in self._questions.values()
            for question in questions
            for word in re.findall(r"[^\W\d_]+", question.lower())
        )
        return sorted(word for word, count in counted.items() if count > 1)

    def known_names(self) -> list[str]:
        """Every part of a name in the lists, in lower case, with and without accents."""
        parts = {
            part
            for lists in self._cultures
            for one in chain(*lists)
            for part in re.findall(r"[^\W\d_]{2,}", one.lower())
        }
        return sorted(parts | {_same_length(part, _plain) for part in parts})

    def _many(self, count: int, sentence: Callable[[], str]) -> list[Example]:
        return [self._typed(self._filled(sentence())) for _ in range(count)]

    def _carrier(self, names: Sequence[str], questions: Sequence[str]) -> str:
        """A real question with somebody's name before, behind or both."""
        naming = self._pick(names)
        question = self._pick(questions)
        joint = self._pick([". ", ", ", " ", "\n", "! ", " - ", "... "])
        parts = [naming, question] if self._random.random() < 0.6 else [question, naming]
        return joint.join(parts)

    def _filled(self, sentence: str) -> Example:
        text, entities, at = "", [], 0
        culture = self._pick(self._cultures)
        for slot in SLOT.finditer(sentence):
            text += sentence[at : slot.start()]
            value = self._value(slot[1], culture)
            label = FOUND.get(slot[1])
            if label:
                entities.append((len(text), len(text) + len(value), label))
            text += value
            at = slot.end()
        return Example(text + sentence[at:], tuple(entities))

    def _value(self, slot: str, culture: tuple[Sequence[str], Sequence[str]]) -> str:
        # People of one family, now and then of two cultures.
        given, family = culture if self._random.random() < 0.8 else self._pick(self._cultures)
        makers: dict[str, Callable[[], str]] = {
            "name": lambda: self._name(given, family),
            "given": lambda: self._given(given),
            "given_x": lambda: self._given(given),
            "family": lambda: self._family(family),
            "family_x": lambda: self._family(family),
            "address": self._address,
            "street_x": lambda: (
                f"{self._pick(self._places['streets'])} {self._pick(self._places['suffixes'])}"
            ),
            "city": lambda: self._pick(self._places["cities"]),
            "date": self._date,
            "phone": lambda: f"{self._digits(3)}-{self._digits(3)}-{self._digits(4)}",
            "number": lambda: self._pick(["", "W", "XYZ"]) + self._digits(9),
        }
        maker = makers.get(slot)
        return maker() if maker else self._pick(self._words[slot])

    def _name(self, given: Sequence[str], family: Sequence[str]) -> str:
        first, last = self._given(given), self._family(family)
        form = self._random.random()
        if form < 0.55:
            return f"{first} {last}"
        if form < 0.65:
            return f"{first} {self._pick('ABCDEFGHJKLMNPRST')}. {last}"
        if form < 0.78:
            return f"{first} {last} {self._family(family)}"
        if form < 0.84:
            return f"{first} {self._given(given)} {last}"
        if form < 0.9:
            return f"{last}, {first}"
        if form < 0.95:
            return f"{first} {last}-{self._family(family)}"
        return f"{first} {self._pick('ABCDEFGHJKLMNPRST')} {last}"

    def _given(self, given: Sequence[str]) -> str:
        return self._pick(given) if self._random.random() < 0.85 else self._invented()

    def _family(self, family: Sequence[str]) -> str:
        return self._pick(family) if self._random.random() < 0.8 else self._invented()

    def _invented(self) -> str:
        """A name in no list, so that the sentence tells and not the name alone."""
        return "".join(
            self._pick(SYLLABLES) for _ in range(self._random.randint(2, 3))
        ).capitalize()

    def _address(self) -> str:
        places, number = self._places, self._digits(self._random.randint(1, 5)).lstrip("0") or "7"
        if self._random.random() < 0.3:
            kind, street = self._pick(places["kinds"]), self._pick(places["calles"])
            start = f"{kind} {street} {self._pick(['', '#', 'núm. ', 'No. '])}{number}"
        else:
            start = f"{number} {self._pick(places['streets'])} {self._pick(places['suffixes'])}"
        unit = self._pick(
            [
                "",
                "",
                "",
                " Apt {}",
                " apt {}",
                ", Apt. {}",
                " #{}",
                " Unit {}",
                ", apto {}",
                " lot {}",
            ]
        )
        start += unit.format(self._pick(["2", "3B", "12", "204", "C"]))
        end = self._random.random()
        if end < 0.35:
            return start
        town = f"{start}{self._pick([', ', ' ', ', '])}{self._pick(places['cities'])}"
        if end < 0.5:
            return town
        state = f"{town}{self._pick([', ', ' '])}{self._pick(places['states'])}"
        return state if end < 0.65 else f"{state} {self._digits(5)}"

    def _date(self) -> str:
        month, day, year = (
            self._random.randint(1, 12),
            self._random.randint(1, 28),
            self._random.randint(1935, 2025),
        )
        written = f"{self._pick(self._words['month'])} {day}, {year}"
        return self._pick(
            [f"{month}/{day}/{year}", f"{month:02}-{day:02}-{year % 100:02}", written]
        )

    def _typed(self, example: Example) -> Example:
        """As somebody types it: lower case, capitals, without accents, with signs at the end."""
        text, chance = example.text, self._random.random()
        if chance < 0.42:
            text = _same_length(text, str.lower)
        elif chance < 0.49:
            text = _same_length(text, str.upper)
        elif chance < 0.8:
            text = text[:1].upper() + text[1:]
        if self._random.random() < 0.4:
            text = _same_length(text, _plain)
        ending = self._pick(["", "", "", ".", "?", "!", " ", " thanks", " gracias", "??"])
        return Example(text + ending, example.entities)

    def _digits(self, count: int) -> str:
        return "".join(self._pick("0123456789") for _ in range(count))

    def _pick(self, among: Sequence[T]) -> T:
        return among[self._random.randrange(len(among))]


def _words(line: str) -> list[str]:
    return [word.replace("_", " ") for word in line.split()]


def _lines(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line and not line.startswith("#")]


def _questions(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            found[row["language"]].append(row["text"].replace("{", "(").replace("}", ")"))
    return found


def _same_length(text: str, change: Callable[[str], str]) -> str:
    """Changed letter by letter: where names begin and end stays true."""
    return "".join(new if len(new := change(letter)) == 1 else letter for letter in text)


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]
