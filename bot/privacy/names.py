"""Names by the words before them, and how far a name goes that was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.privacy.everyday import NO_NAMES
from bot.privacy.places import STATE_NAMES
from bot.privacy.spans import Kind, Span


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words in lower case: known names, and what people say without naming anybody."""

    names: frozenset[str]
    common: frozenset[str]


CAPITAL = r"[A-ZÁÉÍÓÚÜÑÇŠŽĆČĐÖ][\w'’.-]{0,40}"
JOINT = r"(?:de\s+la|de\s+los|de|del|van|van\s+der|von|bin|al|da|dos|viuda\s+de|y)"
NAME = rf"{CAPITAL}(?:\s+(?:{JOINT}\s+)?{CAPITAL}){{0,3}}"
RELATION = (
    r"mom|mother|dad|father|husband|wife|son|daughter|brother|sister|baby|partner|boyfriend|girlfriend|fianc[eé]e?"
    r"|grandma|grandpa|grandmother|grandfather|grandson|granddaughter|aunt|uncle|niece|nephew|cousin|neighbor|friend"
    r"|kid|child|twins?|caregiver|roommate|stepson|stepdaughter|guardian"
    r"|mam[aá]|pap[aá]|madre|padre|espos[oa]|marido|hij[oa]|herman[oa]|beb[eé]|novi[oa]|abuel[oa]|niet[oa]|t[ií][oa]"
    r"|sobrin[oa]|prim[oa]|vecin[oa]|amig[oa]|ni[nñ][oa]|suegr[oa]|cu[nñ]ad[oa]|pareja|nuera|yerno|comadre|compadre"
)
# The words before are read in any case, the name itself in capitals only.
INTRODUCED = re.compile(
    rf"(?:\b(?i:my\s+(?:full\s+|legal\s+)?name\s+is|name\s*:|nombre\s*:|me\s+llamo|mi\s+nombre\s+es|se\s+llaman?"
    rf"|patient\s*(?:name)?\s*:|paciente\s*:|named|on\s+behalf\s+of|a\s+nombre\s+de|de\s+parte\s+de"
    rf"|(?:my|mi|his|her|su)\s+(?:{RELATION}))[\s,:]+)({NAME})"
)
# The words right before a name that introduce somebody, as they are typed in a hurry.
SAID = re.compile(
    rf"\b(?:name\s+is|names?\s*:?|named|called|me\s+llamo|nombre\s+es|nombre\s*:|se\s+llaman?|soy|this\s+is|i'?m|i\s+am"
    rf"|habla|patient|paciente|contact\s+is|contacto\s+es|she'?s|he'?s|ask\s+for|pregunte\s+por|mrs?\.?|ms\.?|sra?\.?"
    rf"|se[nñ]ora?|don|do[nñ]a|behalf\s+of|parte\s+de|(?:my|mi|su|her|his)\s+(?:{RELATION})|(?:gracias|thanks|thx),?)[\s,:]*$",
    re.IGNORECASE,
)
TITLE = re.compile(r"\b(?:dr|dra|doctor|doctora|doc|np|pa)\b\.?\s*(?:\w+\s+)?$", re.IGNORECASE)
MORE = re.compile(rf"(?:\s+(?:{JOINT}\s+)?{CAPITAL}){{1,4}}")
FIRST = re.compile(rf"(?<=[^\W_])\W?\s+({CAPITAL}(?:\s+{CAPITAL}){{0,2}})\s+$")
BEFORE = re.compile(rf"({CAPITAL})(?:\s+(?:and|y|e|&)\s+|,\s+)$")
# States are no identifiers, and some of them are names: "from Virginia", "to Carolina".
HOLIDAY_BEFORE = re.compile(
    r"\b(?:d[ií]a|fiesta|feriado|lunes|viernes|semana)\s+de\s+(?:la\s+|los\s+)?$", re.I
)
HOLIDAY_AFTER = re.compile(
    r"\s*(?:jr\.?)?(?:['’]s)?\s+(?:day|weekend|holiday|birthday\s+holiday)\b", re.I
)
REGIONS = frozenset(STATE_NAMES.split("|")) | {"carolina", "dakota", "virginia"}
FROM = re.compile(r"\b(?:from|in|to|near|of|north|south|west|de|en|a|state)\s+$", re.IGNORECASE)


def introduced(text: str) -> Iterator[Span]:
    """Capitalised words where somebody's name is said: `my dad Will`, `me llamo Luz`."""
    if not is_mixed(text):
        return
    for found in INTRODUCED.finditer(text):
        words = list(re.finditer(r"\S+", found[1]))
        end = 0
        for word in words:
            if word[0].lower().strip(".,'’") in NO_NAMES:
                break
            end = word.end()
        if end:
            name = found[1][:end].rstrip(".,-'")
            yield Span(found.start(1), found.start(1) + len(name), Kind.NAME)


def is_clinician(text: str, span: Span) -> bool:
    """Whether a title stands before the name: `Dr. Patel` is public, and what is asked about."""
    return TITLE.search(text, max(0, span.start - 30), span.start) is not None


def whole(text: str, span: Span) -> Span:
    """The name with the capitalised words that belong to it."""
    if not is_mixed(text) or not text[span.start].isupper():
        return span
    start, end = span.start, span.end
    more = MORE.match(text, end)
    if more and not set(_words(more[0])) & NO_NAMES:
        end += len(more[0].rstrip(".,'-"))
    for pattern in (FIRST, BEFORE):
        before = pattern.search(text, max(0, start - 60), start)
        if before and before.start(1) > 0 and not set(_words(before[1])) & NO_NAMES:
            start = before.start(1)
    return Span(start, end, span.kind)


def is_likely(text: str, span: Span, vocabulary: Vocabulary) -> bool:
    """Whether what the model took for a name can be one.

    Capitals inside a sentence are a reason to believe it. Without them, words before that introduce
    somebody are one, or a known name that is no everyday word.
    """
    found = text[span.start : span.end]
    before = text[max(0, span.start - 40) : span.start]
    if found.lower() in REGIONS and FROM.search(before):
        return False
    if HOLIDAY_BEFORE.search(before) or HOLIDAY_AFTER.match(text, span.end):
        return False
    words = _words(found)
    if all(word in NO_NAMES for word in words):
        return False
    if _is_capitalised(text, span):
        return not _is_broken(found, vocabulary)
    if any(word in vocabulary.names and word not in vocabulary.common for word in words):
        return True
    introduced = SAID.search(before) is not None
    everyday = all(word in vocabulary.common for word in words)
    return introduced and (not everyday or any(word in vocabulary.names for word in words))


def _is_capitalised(text: str, span: Span) -> bool:
    if not is_mixed(text):
        return False
    for word in re.finditer(r"[^\W\d_]+", text[span.start : span.end]):
        if word[0][0].isupper() and not _begins(text, span.start + word.start()):
            return True
    return False


def _is_broken(found: str, vocabulary: Vocabulary) -> bool:
    """Whether a small word that is no name stands beside a capital: "Aetna cover" is none."""
    words = re.sub(rf"\b{JOINT}\b", " ", found).split()
    return any(word.islower() and word not in vocabulary.names for word in words)


def _begins(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t\"'¿¡(")
    return not before or before[-1] in ".!?\n:"


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())


def is_mixed(text: str) -> bool:
    """Whether capitals mean something here: not where every word has one."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    capitals = sum(word[0].isupper() for word in words)
    return capitals <= max(4, 0.6 * len(words)) and not text.isupper()
