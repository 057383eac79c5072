"""Numbers said in words, digit by digit or in pairs: `two one seven, five five five`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.privacy.cues import cue_of
from bot.privacy.numbers import is_card
from bot.privacy.spans import Kind, Span

ONES = {
    "en": "zero one two three four five six seven eight nine",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
}
TEENS = {
    "en": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "es": "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve",
}
TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}
ALSO = {
    "en": {"oh": "0", "o": "0", "hundred": "00"},
    "es": {"un": "1", "dieciséis": "16", "veintiuno": "21", "veintidos": "22", "veintitres": "23"},
}
FILLER = {"en": r"dash|hyphen|then|and", "es": r"gui[oó]n|y|luego"}
SHORTEST = 7


def spoken(text: str, language: str) -> Iterator[Span]:
    """Long numbers in words. `once` is eleven in Spanish and no number in English."""
    language = "es" if language == "es" else "en"
    values, pattern = _words(language)
    for found in pattern.finditer(text):
        if not any(character.isalpha() for character in found[0]):
            continue  # digits alone are read elsewhere
        digits = _digits(found[0], values)
        if len(digits) >= SHORTEST:
            yield Span(found.start(), found.end(), _kind(text, found, digits))


def _kind(text: str, found: re.Match[str], digits: str) -> Kind:
    cue = cue_of(text, found.start(), found.end())
    if cue and isinstance(cue.meaning, Kind) and cue.meaning not in (Kind.CVV, Kind.DOB):
        return cue.meaning
    if is_card(digits):
        return Kind.CARD
    return Kind.PHONE if len(digits) in (7, 10, 11) else Kind.ACCOUNT


@cache
def _words(language: str) -> tuple[dict[str, str], re.Pattern[str]]:
    values = dict(ALSO[language])
    for start, step, words in ((0, 1, ONES), (10, 1, TEENS), (20, 10, TENS)):
        values |= {word: str(start + step * at) for at, word in enumerate(words[language].split())}
    one = "|".join(sorted(values, key=len, reverse=True))
    joint = rf"[\s,.-]{{1,3}}(?:(?:{FILLER[language]})[\s,.-]{{1,3}})?"
    spelled = rf"\b(?:{one}|\d{{1,4}})(?:{joint}(?:{one}|\d{{1,4}})\b){{3,}}"
    return values, re.compile(spelled, re.IGNORECASE)


def _digits(words: str, values: dict[str, str]) -> str:
    digits, ten = "", False
    for word in re.findall(r"\w+", words.lower()):
        value = word if word.isdigit() else values.get(word, "")
        # "forty two" is 42, not 402.
        joined = ten and len(value) == 1 and value != "0"
        digits = digits[:-1] + value if joined else digits + value
        ten = not word.isdigit() and len(value) == 2 and value[0] in "23456789" and value[1] == "0"
    return digits
