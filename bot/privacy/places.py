"""Street addresses and postal codes by their form; the entity model finds the others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.spans import Kind, Span

STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY"
    "|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|PR"
)
STATE_NAMES = (
    "alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho"
    "|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota"
    "|mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico|new york"
    "|north carolina|north dakota|ohio|oklahoma|oregon|pennsylvania|rhode island|south carolina"
    "|south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia|wisconsin|wyoming"
    "|puerto rico|nuevo m[eé]xico|nueva york|tejas"
)
SUFFIX = (
    r"st(?:reet|r)?|ave?(?:nue)?|av|blvd|boulevard|rd|road|ln|lane|dr(?:ive)?|ct|court|way|pl(?:ace)?"
    r"|ter(?:race)?|cir(?:cle)?|hwy|highway|pkwy|parkway|trl|trail|sq(?:uare)?|loop|plaza|alley|run|row"
    r"|path|pike|crossing|bend|ridge|point|cove|creek\s+rd|expy|turnpike|tpke|xing|mnr|manor|hollow"
)
# What stands between a house number and `street` in an address, and never in one.
NEVER = (
    r"(?!(?:so|id|i|at|in|on|of|for|to|the|my|your|our|their|his|her|a|an|and|or|but|if|is|was|are|not|no|per"
    r"|with|from|by|than|that|this|they|we|you|he|she|it|do|does|go|out|up|when|because|por|para|que|con|me|mi)\b)"
)
WORD = r"[\w.'-]{1,30}"
NAMED = rf"{NEVER}{WORD}"
UNIT = (
    r"(?:,?\s*(?:apt|apartment|unit|ste|suite|\#|lot|trlr|trailer|space|spc|bldg|building|rm|floor|fl"
    r"|apto|apartamento|depto|departamento|piso|lote|edificio|casa)\b\.?\s*(?:no\.?\s*|\#\s*)?[\w-]{1,6}"
    r"|,?\s*\#\s*\w{1,5})"
)
PLACE = rf"(?:,?\s+(?:{WORD}\s+){{0,2}}{WORD},?\s+(?:{STATES})\b\.?(?:\s+\d{{5}}(?:-\d{{4}})?)?)"
ZIP_END = r"(?:,?\s+(?:[A-Z][\w.]+\s*){0,3},?\s*\d{5}(?:-\d{4})?(?!\d))"
STREET = re.compile(
    rf"(?<![\w$./:-])\d{{1,6}}(?:-\d{{1,4}})?[a-d]?\s+(?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\b\.?\s+)?"
    rf"(?:{NAMED}\s+){{0,3}}?{NAMED}\s+(?:{SUFFIX})\b\.?(?:\s+(?:n|s|e|w|ne|nw|se|sw)\b\.?)?",
    re.IGNORECASE,
)
NOT_CALLE = r"(?!(?:y|es|que|para|en|donde|pero|est[aá])\b)"
CALLE = re.compile(
    r"\b(?:calle|avenida|av\.|avda\.?|camino|carretera|carr\.|bulevar|blvd\.?|pasaje|callej[oó]n|calzada"
    r"|privada|urb\.?|urbanizaci[oó]n|colonia|col\.|fracc\.?|barrio|residencial)\s+"
    rf"(?:{NOT_CALLE}{WORD}\s+){{0,4}}?{NOT_CALLE}{WORD}"
    r"(?:,?\s*(?:\#|n[uú]m\.?|n[uú]mero|no\.?)?\s*\d{1,6}\b[a-z]?)",
    re.IGNORECASE,
)
NUMBERED_CALLE = re.compile(
    r"(?<![\w$./:-])\d{1,6}\s+(?:calle|avenida|av\.|camino|paseo|callej[oó]n|calzada|v[ií]a)\s+"
    r"(?:(?:de|del|la|las|los|el|san|santa)\s+){0,2}[\w.'-]{1,30}",
    re.IGNORECASE,
)
PO_BOX = re.compile(
    r"\b(?:p\.?\s?o\.?\s?box|post\s+office\s+box|apartado(?:\s+postal)?)\s*\#?\s*\d{1,6}\b",
    re.IGNORECASE,
)
TAIL = (re.compile(UNIT, re.IGNORECASE), re.compile(PLACE), re.compile(ZIP_END))
ZIP = re.compile(
    r"(?:\bzip(?:\s*code)?|\bpostal(?:\s+code)?|\bc[oó]digo\s+postal|\bc\.?p\.?|\b[aá]rea\s+code\s+zip)"
    r"(?:\s*(?:is|es|of|de|:|=|\#|-|mi|my|the|el|era|was|here|aqu[ií]|para|for))*\s*(\d{5}(?:-\d{4})?)(?!\d)",
    re.IGNORECASE,
)
ZIP_AFTER = re.compile(
    r"(?<![\d$,.-])(\d{5}(?:-\d{4})?)\s*(?:zip|is\s+my\s+zip|es\s+mi\s+(?:zip|c[oó]digo))", re.I
)
ZIP_STATE = re.compile(
    rf"(?:\b(?:{STATES})|\b(?i:{STATE_NAMES}))\.?,?\s+(\d{{5}}(?:-\d{{4}})?)(?![\d,.]\d|\d)"
)
ZIP_LIVED = re.compile(
    r"\b(?:live|living|lives|reside|moved|moving|located|area|zone|near|vivo|vive|vivimos|mud[eé]|mudamos"
    r"|zona|[aá]rea|cerca)\s+(?:(?:in|to|at|near|around|the|of|en|a|al|de|del|el|la|zip|c[oó]digo)\s+){0,3}"
    r"(\d{5}(?:-\d{4})?)(?![\d,.]\d|\d|\s*(?:dollars|d[oó]lares|miles))",
    re.IGNORECASE,
)
ZIP_NINE = re.compile(r"(?<![\w.$-])\d{5}-\d{4}(?![\w-])")
# "10 minute drive", "2 years in a row": a suffix is a common word too.
COMMON = re.compile(
    r"^\d+\s+(?:.*\b(?:day|days|week|weeks|month|months|year|years|min|minute|minutes|hour|hours|mile|miles|"
    r"time|times|dollars?|bucks?|people|kids|visits?|pills?|of|in|a|the|my|and|to|is|for|with|from|on)\b)",
    re.IGNORECASE,
)


def places(text: str) -> Iterator[Span]:
    """Addresses and postal codes."""
    for pattern in (STREET, CALLE, NUMBERED_CALLE, PO_BOX):
        for found in pattern.finditer(text):
            if pattern is STREET and not _is_street(found[0]):
                continue
            yield Span(found.start(), _whole(text, found.end()), Kind.ADDRESS)
    for pattern in (ZIP, ZIP_AFTER, ZIP_STATE, ZIP_LIVED):
        for found in pattern.finditer(text):
            yield Span(found.start(1), found.end(1), Kind.ADDRESS)
    for found in ZIP_NINE.finditer(text):
        yield Span(found.start(), found.end(), Kind.ADDRESS)


# Words and signs without which a number and a few words are no address.
SIGN = re.compile(
    rf"\b(?:{SUFFIX}|calle|avenida|av|ave|camino|carretera|bulevar|callej[oó]n|calzada|paseo|colonia|apt|apto|unit|lot"
    rf"|box)\b|\#\s*\d|\d\D+\b\d{{5}}\b|\b(?:{STATE_NAMES})\b",
    re.IGNORECASE,
)
SAID = re.compile(
    r"\b(?:address|live[sd]?|living|moved|mail|send|deliver|home|house|pick\s+\w+\s+up|direcci[oó]n|vivo|vive|viv[ií]a|vivimos"
    r"|domicilio|mud\w+|cambi[eé]|mand\w+|env[ií]\w+|casa|rec[oó]j\w+)\b",
    re.IGNORECASE,
)


def is_plausible(text: str, span: Span) -> bool:
    """Whether what the model took for an address can be one: a number, and a sign of a street."""
    found = text[span.start : span.end]
    if not any(character.isdigit() for character in found):
        return False
    if SIGN.search(found) and not COMMON.match(found):
        return True
    numbered = re.match(r"\d{2,6}[a-zA-Z]?\s+[^\W\d]", found) is not None
    return numbered and SAID.search(text, max(0, span.start - 40), span.start) is not None


def _is_street(found: str) -> bool:
    """Not `2 weeks in a row`; and doctors are no streets: `4 dr` needs a name before it."""
    if COMMON.match(found):
        return False
    suffix = found.split()[-1].lower().strip(".")
    ambiguous = suffix in {
        "way",
        "run",
        "row",
        "point",
        "path",
        "court",
        "place",
        "dr",
        "drive",
        "st",
        "pl",
        "fl",
    }
    number = re.match(r"\d+", found)
    return not ambiguous or (number is not None and (len(number[0]) > 2 or found != found.lower()))


def _whole(text: str, end: int) -> int:
    """With the unit, the town and the postal code that follow."""
    for pattern in TAIL:
        found = pattern.match(text, end)
        if found:
            end = found.end()
    return end
