"""Which language a message is in, and what to do when it hardly says.

Function words decide first: they survive typos, missing accents and English plan names in a
Spanish sentence. A letter model decides when they are silent. One bare word ("Medicaid?", "ok")
says nothing, so the conversation keeps the language it had.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal, cast

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.language.words import word_set, words_of

Language = Literal["en", "es", "other"]

# Languages that patients in the United States most often need an interpreter for, as far as
# the letter model knows them.
THIRD = (
    *("am", "ar", "bn", "de", "fa", "fr", "hi", "ht", "it", "ja", "ko", "ne"),
    *("pl", "pt", "ru", "sw", "tl", "uk", "ur", "vi", "zh"),
)
# How much likelier (natural logarithm) a third language must be than English and Spanish. The
# model is sure of itself on a few letters, so the bar is far above even odds.
THIRD_MARGIN = 6.0
THIRD_WORDS = 3

SURE = {
    "en": word_set("hello hi hey thanks thank please yes english bye goodbye morning"),
    "es": word_set(
        "hola gracias adios buenos buenas espanol castellano ayuda ayudeme quisiera "
        "necesito quiero seguro aseguranza cita citas"
    ),
}
FUNCTION = {
    "en": word_set(
        "the an and or of to for with is are am was were be been do does did dont doesnt didnt "
        "have has had havent can cant could would should will wont i im ive my mine your yours "
        "you u ur we our they them it its this that these those what whats when where wheres "
        "who why how which if in on at from by about not any some there here need want get "
        "got just but out up so because after before into than then much many long"
    ),
    "es": word_set(
        "el la los las un una unos unas de del y o que quien quienes cual cuales como cuando "
        "cuanto cuanta cuantos cuantas donde por para con sin en al es son esta estan estoy era "
        "fue ser hay mi mis su sus tu tus yo usted ustedes le les lo se nos te esto eso esa ese "
        "este estos pero porque si muy mas ya tambien puedo puede pueden tengo tiene tienen "
        "hacer hago aceptan cubre pagar algo nada aqui ahora todavia desde hasta sobre ni quiero "
        "necesito soy somos tenia dijeron mando mandaron llego cobraron"
    ),
}

_SPANISH_SIGNS = re.compile("[¿¡ñÑ]")


def language_of(text: str, previous: str = "en") -> Language:
    """The language of a message: English, Spanish, or neither.

    `previous` is what the conversation spoke so far, and what a message too short to tell keeps.
    """
    if third_language(text) is not None:
        return "other"
    kept: Language = "es" if previous == "es" else "en"
    if _SPANISH_SIGNS.search(text):
        return "es"
    words = _words(text)
    english, spanish = _votes(words, "en"), _votes(words, "es")
    if english != spanish:
        return "en" if english > spanish else "es"
    if len(words) < 2:
        return kept
    scores = _scores(text)
    if abs(scores["en"] - scores["es"]) < (THIRD_MARGIN if len(words) < 3 else 1.0):
        return kept
    return "en" if scores["en"] > scores["es"] else "es"


def third_language(text: str) -> str | None:
    """The ISO code of a language that is neither English nor Spanish; None when in doubt."""
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return None
    scores = _scores(text)
    best = max(THIRD, key=lambda language: scores[language])
    if sum(not _is_latin(letter) for letter in letters) * 2 > len(letters):
        return best if len(letters) > 1 else None
    words = _words(text)
    known = max(_votes(words, "en"), _votes(words, "es"))
    if len(words) < THIRD_WORDS or known * 3 > len(words) or _SPANISH_SIGNS.search(text):
        return None
    return best if scores[best] - max(scores["en"], scores["es"]) >= THIRD_MARGIN else None


def _words(text: str) -> list[str]:
    return [word for word in words_of(text) if word.isalpha()]


def _votes(words: list[str], language: str) -> int:
    """A word that only this language greets or thanks with counts twice."""
    sure, function = SURE[language], FUNCTION[language]
    alone = 1 if len(words) > 1 else 0  # "si" or "no" alone is either language's
    return sum(2 * (word in sure) + alone * (word in function) for word in words)


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "LATIN").startswith("LATIN")


def _scores(text: str) -> dict[str, float]:
    return dict(cast(list[tuple[str, float]], _model().rank(text.lower())))


@cache
def _model() -> LanguageIdentifier:
    model = LanguageIdentifier.from_pickled_model(MODEL_FILE)
    model.set_languages(["en", "es", *THIRD])
    return model
