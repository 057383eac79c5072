"""Numbers that say nothing by themselves: what they are, the words beside them tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.privacy.cues import NOTHING, NUMBER, Cue, cue_of
from bot.privacy.everyday import NO_CODES
from bot.privacy.numbers import digits_of, is_toll_free, is_us_phone
from bot.privacy.spans import Kind, Span

CODE = re.compile(
    r"(?<![\w$€£@])(?<!\d[.,/:-])(?:[A-Z]{1,4}[ ](?=\d))?(?:[A-Za-z]{1,8}-){0,2}"
    r"(?=[A-Za-z]{0,10}\d)[A-Za-z0-9]+"
    r"(?:[-./_][A-Za-z0-9]+|[ -]{1,3}(?=[A-Za-z]{0,3}\d)[A-Za-z0-9]{2,})*"
)
# An amount, a span of time, a dose, a time of day: a quantity, not a name for something.
UNIT = re.compile(
    r"""\s*(?:%|dollars?|bucks|usd|d[oó]lares|pesos|cents?|centavos|days?|d[ií]as?|weeks?|semanas?|wks?
    |months?|mes(?:es)?|years?|yrs?|a[nñ]os?|y/?o|hours?|hrs?|horas?|min(?:ute|uto)?s?|times?|veces
    |visits?|visitas?|sessions?|sesiones|mg|mcg|ml|g|iu|lbs?|libras|pounds|kg|kilos?|miles?|millas
    |pills?|pastillas|people|personas|kids|ni[nñ]os|hijos|a\.?m|p\.?m|o'?clock|degrees|grados|x\b|percent
    |por\s+ciento|copay|members|miembros|codes?|forms?|appointments?|citas|claims|bills|facturas)\b""",
    re.IGNORECASE | re.VERBOSE,
)
PLAN = re.compile(r"[HRSE]\d{4}-\d{3}(?:-\d{1,3})?", re.IGNORECASE)
PUBLIC = re.compile(
    r"(?:covid|h1n1|w-?[249]|1095-?[abc]?|1099\w*|401-?k|403-?b|529|[a-z]\d{1,2}(?:\.\d+)?)", re.I
)
YEAR = re.compile(r"(?:19|20)\d{2}")
TIME = re.compile(r"\d{1,2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?", re.IGNORECASE)
LONG_RUN = 8
MIXED_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Least:
    """How much a number must show: right beside its cue, marked as a number, or only near it."""

    beside: int
    marked: int
    near: int


LEAST = {
    Kind.MRN: Least(4, 3, 5),
    Kind.MEMBER_ID: Least(5, 4, 6),
    Kind.ACCOUNT: Least(5, 3, 6),
    Kind.LICENSE: Least(5, 4, 6),
    Kind.VEHICLE: Least(3, 3, 5),
    Kind.PHONE: Least(7, 7, 7),
}


def codes(text: str) -> Iterator[Span]:
    """Member, record and account numbers, plates, and long numbers that nothing explains."""
    floor, before = 0, None
    for found in CODE.finditer(text):
        start, end = _bounds(text, found)
        if start >= end or _is_quantity(text, start, end):
            continue
        cue = cue_of(text, start, end, floor)
        if cue is None and before and _listed(text[floor:start]):
            cue = before
        kind = _kind(text[start:end], cue)
        floor, before = end, cue
        if kind:
            yield Span(start, end, kind)


def _bounds(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Where the number itself begins and ends: a label such as `MRN` is no part of it."""
    start, end = found.span()
    while label := re.match(r"([A-Za-z]+)[ ]+", text[start:end]):
        if label[1].lower() not in NO_CODES:
            break
        start += label.end()
    pieces = list(re.finditer(r"[A-Za-z0-9]+", text[start:end]))
    while len(pieces) > 1 and UNIT.match(text, end) and text[start + pieces[-2].end()] == " ":
        end = start + pieces.pop(-2).end()
        pieces = list(re.finditer(r"[A-Za-z0-9]+", text[start:end]))
    return start, end


def _is_quantity(text: str, start: int, end: int) -> bool:
    value = text[start:end]
    if (
        PLAN.fullmatch(value)
        or PUBLIC.fullmatch(value)
        or text[max(0, start - 2) : start].strip() in ("$", "€")
    ):
        return True
    if UNIT.match(text, end) and len(digits_of(value)) < LONG_RUN:
        return True
    if re.match(r"[,.:]\d", text[end:]) and len(digits_of(value)) < LONG_RUN:
        return True
    return YEAR.fullmatch(value) is not None


def _listed(between: str) -> bool:
    return re.fullmatch(r"\s*(?:,|/|&|and|or|y|o|e|u)+\s*", between, re.IGNORECASE) is not None


def _kind(value: str, cue: Cue | None) -> Kind | None:
    digits, signs = digits_of(value), sum(character.isalnum() for character in value)
    if is_us_phone(digits) and (is_toll_free(digits) or not (cue and cue.near)):
        return None if is_toll_free(digits) else Kind.PHONE
    if cue is None or cue.meaning is Kind.DOB or cue.meaning is Kind.CVV:
        return _unexplained(value, digits)
    if cue.meaning is NUMBER:
        long = cue.near and len(digits) >= LEAST[Kind.ACCOUNT].near
        return _unexplained(value, digits) or (Kind.NUMBER if long else None)
    if cue.meaning is NOTHING:
        return None if cue.near and len(digits) < 14 else _unexplained(value, digits)
    if cue.meaning is Kind.SSN:
        return _social(digits, cue) or _unexplained(value, digits)
    least = LEAST[cue.meaning]
    enough = least.near if not cue.near else least.marked if cue.explicit else least.beside
    if signs < enough or len(digits) < min(enough, 2) or (not cue.near and len(digits) < 4):
        return None
    if cue.meaning is Kind.PHONE and not re.fullmatch(r"[\d\W]+", value):
        return _unexplained(value, digits)
    return cue.meaning


def _social(digits: str, cue: Cue) -> Kind | None:
    if len(digits) == 9 or (cue.near and len(digits) in (4, 8, 10)):
        return Kind.SSN
    return None


def _unexplained(value: str, digits: str) -> Kind | None:
    """A long number names somebody or something, whatever it is."""
    letters = sum(character.isalpha() for character in value)
    if letters and len(digits) >= MIXED_DIGITS:
        return Kind.NUMBER
    if not letters and is_us_phone(digits) and value.isdigit():
        return Kind.PHONE
    pieces = re.findall(r"\d+", value)
    if pieces and all(YEAR.fullmatch(piece) for piece in pieces):
        return None
    whole = max((len(piece) for piece in pieces), default=0) >= LONG_RUN
    return Kind.NUMBER if whole or len(digits) > LONG_RUN else None
