"""What is recognised by its own shape: e-mail and web addresses, cards, telephones, plates."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from bot.privacy.cues import cue_of
from bot.privacy.numbers import digits_of, is_card, is_ssn, is_toll_free, is_us_phone, is_vin
from bot.privacy.spans import Kind, Span

# Every repetition has an end: whatever a patient pastes, a search takes time with its length only.
EMAIL = re.compile(
    r"[\w.+%'-]{1,64}\s?@\s?[\w-]{1,63}(?:\s?\.\s?[A-Za-z][\w-]{0,62}){1,5}", re.ASCII
)
AT = r"(?:\s*[(\[<]\s*(?:at|arroba)\s*[)\]>]\s*|\s+(?:at|arroba|@)\s+|@)"
SAID = r"(?:\s*[(\[<]\s*(?:dot|punto)\s*[)\]>]\s*|\s+(?:dot|punto)\s+)"
DOT = r"(?:\s*[(\[<]\s*(?:dot|punto|period)\s*[)\]>]\s*|\s+(?:dot|punto|period)\s+|\.)"
MAIL = r"(?:g\s?mail|yahoo|hot\s?mail|outlook|icloud|aol|proton(?:mail)?|live|msn|comcast|att)"
ENDS = r"(?:com|net|org|edu|mx|us|es|me|co|info)"
LOCAL_PART = (
    r"[\w+-]{1,64}(?:(?:\s(?:dot|punto|underscore|guion\s+bajo|dash|guion)\s|\.)[\w+-]{1,64}){0,6}"
)
# "At" is a common word: a full stop after it counts with a mail provider only.
SPELLED = (
    re.compile(rf"{LOCAL_PART}{AT}{MAIL}(?:{DOT}{ENDS})?\b", re.IGNORECASE),
    re.compile(rf"{LOCAL_PART}{AT}[\w-]{{2,30}}(?:{SAID}{ENDS}){{1,3}}\b", re.IGNORECASE),
    re.compile(
        rf"{LOCAL_PART}\s*[(\[]?\s*arroba\s*[)\]]?\s*[\w-]{{1,63}}(?:{DOT}{ENDS}){{0,3}}\b", re.I
    ),
)
URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']+|(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,10}/[^\s<>\"']+",
    re.I,
)
PUBLIC = re.compile(
    r"^(?:https?://)?(?:[\w-]+\.)*[\w-]+\.gov(?:[/:?]|$)|^www\.[\w.-]+/?$", re.IGNORECASE
)
IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
CARD = re.compile(r"(?<![\w.$])\d(?:[ .\-–_]{0,3}\d){12,18}(?![\w])")
CARD_WORD = re.compile(
    r"\b(?:visa|master\s?card|amex|american express|discover|debit|credit|d[eé]bito|cr[eé]dito"
    r"|card|tarjeta)\b",
    re.IGNORECASE,
)
EXPIRY = re.compile(r"(?<!\d)(?:0?[1-9]|1[0-2])\s?[/-]\s?(?:20)?\d{2}(?![\d/-])")
TRAILING = re.compile(
    r"[\s,;/-]{1,3}(?:(?:and|with|the|security|code|number|y|con|el|c[oó]digo|de|seguridad|is|es)\W{1,2}){0,5}"
    r"(\d{3,4})(?!\d|[.,]\d)(?!\s*(?:dollars?|d[oó]lares))",
    re.IGNORECASE,
)
SSN = re.compile(r"(?<![\w-])(\d{3})([-–. /]{1,3})(\d{2})([-–. /]{1,3})(\d{4})(?![\w]|-\d)")
SSN_HIDDEN = re.compile(r"(?<![\w-])[xX*#•]{3}[- ]?[xX*#•]{2}[- ]?\d{4}\b")
PHONE = re.compile(
    r"(?<![\w$.-])(?:\+?1[ .\-–]{0,3})?\(?\s?([2-9]\d{2})\s?\)?[ .\-–/]{0,3}\d{3}[ .\-–]{0,3}\d{4}"
    r"(?![\w]|-\d)(?:\s*(?:,\s*)?(?:x|ext\.?|extensi[oó]n|anexo)\s*\.?\s*\d{1,6}\b)?",
    re.IGNORECASE,
)
GROUPED = re.compile(r"(?<![\w$.-])\(?\d{2,4}\)?(?:[ .\-]\d{2,4}){2,4}(?![\w]|-\d)")
WORLD = re.compile(r"(?<!\w)\+\d{1,3}[ .(-]{0,2}\d[\d .()-]{5,17}\d(?!\w)")
AREA = re.compile(
    r"\b(?:area\s+code|c[oó]digo\s+de\s+[aá]rea)\s*(?:is|es|:)?\s*\d{3}(?!\d)", re.IGNORECASE
)
LOCAL = re.compile(r"(?<![\w$.-])[2-9]\d{2}([-–. ])\d{4}(?![\w]|[-.]\d)")
MBI = re.compile(
    r"\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[- ]?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[- ]?"
    r"[AC-HJKMNP-RT-Y]{2}\d{2}\b",
    re.IGNORECASE,
)
VIN = re.compile(r"\b[A-HJ-NPR-Z0-9]{17}\b", re.IGNORECASE)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b")
CURP = re.compile(r"\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d\b", re.IGNORECASE)
OWN = re.compile(
    r"\b(?:my|mi|call\s+me|text\s+me|reach\s+me|ll[aá]mame|ll[aá]meme)\b[^.!?]{0,30}$", re.I
)


def addresses_online(text: str) -> Iterator[Span]:
    """E-mail, also spelled out, web addresses and IP addresses."""
    for pattern in (EMAIL, *SPELLED):
        for found in pattern.finditer(text):
            yield Span(found.start(), found.end(), Kind.EMAIL)
    for found in URL.finditer(text):
        address = found[0].rstrip(".,;:!?)]")
        if not PUBLIC.match(address):
            yield Span(found.start(), found.start() + len(address), Kind.URL)
    for pattern in (IPV4, IPV6):
        for found in pattern.finditer(text):
            if _is_ip(found[0]):
                yield Span(found.start(), found.end(), Kind.IP)


def cards(text: str) -> Iterator[Span]:
    """Payment cards by their check digit, mistyped ones by the words beside them.

    With them the date of expiry and the code that follow.
    """
    for found in CARD.finditer(text):
        end = _card_end(text, found)
        if end:
            yield Span(found.start(), end, Kind.CARD)
            yield from _beside_card(text, end)


def _card_end(text: str, found: re.Match[str]) -> int | None:
    """Where a card number ends: other numbers may follow it closely. None when it is none."""
    ends = [place.end() for place in re.finditer(r"\d(?!\d)", found[0])]
    for length in reversed(ends):
        if is_card(digits_of(found[0][:length])):
            return found.start() + length
    around = text[max(0, found.start() - 60) : found.end() + 40]
    # Sixteen digits that a patient calls a card are one, whatever was mistyped.
    if len(digits_of(found[0])) >= 14 and CARD_WORD.search(around):
        return found.end()
    return None


def _beside_card(text: str, end: int) -> Iterator[Span]:
    expiry = EXPIRY.search(text, end, end + 40)
    if expiry:
        yield Span(expiry.start(), expiry.end(), Kind.CARD)
    code = TRAILING.match(text, expiry.end() if expiry else end)
    if code:
        yield Span(code.start(1), code.end(1), Kind.CVV)


def social_security(text: str) -> Iterator[Span]:
    """Social Security numbers with their hyphens, plausible or named as such."""
    for found in SSN.finditer(text):
        cue = cue_of(text, found.start(), found.end())
        called = cue is not None and cue.meaning is Kind.SSN
        if called or is_ssn(digits_of(found[0])):
            yield Span(found.start(), found.end(), Kind.SSN)
    for found in SSN_HIDDEN.finditer(text):
        yield Span(found.start(), found.end(), Kind.SSN)


def telephones(text: str) -> Iterator[Span]:
    """Telephone numbers; not the toll-free ones, which belong to businesses and hotlines."""
    for found in PHONE.finditer(text):
        digits = digits_of(re.split(r"[xXeEaA,]", found[0])[0])
        called = _called_phone(text, found)
        if is_toll_free(digits) and not OWN.search(text, 0, found.start()):
            continue
        if is_us_phone(digits) or called:
            yield Span(found.start(), found.end(), Kind.PHONE)
    for found in WORLD.finditer(text):
        if 8 <= len(digits_of(found[0])) <= 15:
            yield Span(found.start(), found.end(), Kind.PHONE)
    for found in GROUPED.finditer(text):
        if 7 <= len(digits_of(found[0])) <= 13 and _called_phone(text, found):
            yield Span(found.start(), found.end(), Kind.PHONE)
    for found in AREA.finditer(text):
        yield Span(found.end() - 3, found.end(), Kind.PHONE)
    for found in LOCAL.finditer(text):
        if found[1] in "-–" or _called_phone(text, found):
            yield Span(found.start(), found.end(), Kind.PHONE)


def documents(text: str) -> Iterator[Span]:
    """Numbers of fixed form: Medicare's, vehicles', banks', Mexico's registry."""
    for found in MBI.finditer(text):
        yield Span(found.start(), found.end(), Kind.MEMBER_ID)
    for found in VIN.finditer(text):
        if is_vin(found[0]):
            yield Span(found.start(), found.end(), Kind.VEHICLE)
    for found in CURP.finditer(text):
        yield Span(found.start(), found.end(), Kind.LICENSE)
    for found in IBAN.finditer(text):
        if _is_iban(re.sub(r"\s", "", found[0])):
            yield Span(found.start(), found.end(), Kind.ACCOUNT)


def _called_phone(text: str, found: re.Match[str]) -> bool:
    cue = cue_of(text, found.start(), found.end())
    return cue is not None and cue.meaning is Kind.PHONE


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return len(text) > 3


def _is_iban(code: str) -> bool:
    moved = code[4:] + code[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1
