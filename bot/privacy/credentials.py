"""Passwords and card codes: nothing in their shape tells, only the words before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.cues import cue_of
from bot.privacy.everyday import NO_PASSWORDS
from bot.privacy.spans import Kind, Span

WORD = (
    r"(?:(?:portal|account|login|wifi|my|mychart|temp(?:orary)?|old|new|email|e-mail)\s+)*"
    r"(?:pass\s?words?|passwrd|pasword|pass\s?code|pass\s?phrase|pwd|pw|psw|pass|contrase(?:ñ|n|ni)a"
    r"|contra(?=\s*[:=])|clave(?:\s+de\s+(?:acceso|internet|la\s+cuenta|el\s+portal|mi\s+cuenta))?"
    r"|palabra\s+clave)"
)
MIDDLE = (
    r"(?:\s+(?:for|to|on|at|of|in|del?|de\s+la|para|al?|el|la|my|mi|the|your|su)\b"
    r"(?:\s+[\w']{1,30}){1,4}?)?"
)
LINK = (
    r"(?:\s*(?:[:=]|->|–|—)\s*(?:is\s+|es\s+)?|\s+(?:is|es|was|era|it's|its|would\s+be|ser[ií]a)\s*[:=]?\s+"
    r"|\s+(?:is\s+|es\s+)?(?:set\s+to|changed\s+to|called|puse|puesta\s+como)\s+)"
)
PASSWORD = re.compile(rf"\b{WORD}{MIDDLE}{LINK}", re.IGNORECASE)
# "the code to get into the portal is", "la clave que me dieron es": only what looks odd counts.
CODE = (
    r"(?:code|c[oó]digo)(?=[^.;!?\n]{0,40}\b(?:portal|log\s?in|sign\s?in|get\s+in|mychart"
    r"|website|app|account|entrar|acceder|ingresar|p[aá]gina)\b)"
)
DESCRIBED = re.compile(
    rf"\b(?:{WORD}|{CODE})(?:\s+[\w'-]{{1,30}}){{1,8}}?(?:\s*[:=]\s*|\s+(?:is|es|was|era)\s+)",
    re.IGNORECASE,
)
BARE = re.compile(rf"\b{WORD}\s+(?=\S)", re.IGNORECASE)
BACKWARDS = re.compile(
    r"(?<!\S)(\S{4,40})\s+(?:is|es)\s+(?:my|mi|the|la)\s+(?:portal\s+|login\s+)?"
    r"(?:password|passcode|contrase(?:ñ|n)a|clave|pin)\b",
    re.IGNORECASE,
)
TYPED = re.compile(
    r"(?:i\s+(?:typed|type|entered|enter|put|use|used|tried|try)|puse|pongo|us[eoé]|escrib[ií]|met[ií])\s+"
    r"(\S{5,40})(?=\s+(?:as|for|como|de|and\s+it)\b)",
    re.IGNORECASE,
)
PIN = re.compile(
    r"\b(?:pin(?:\s+(?:number|code))?|(?:verification|access|login|one[- ]time|sms|texted"
    r"|6[- ]digit|two[- ]factor|2fa|auth(?:entication)?)\s+(?:code|pin|password)|otp|nip|"
    r"c[oó]digo\s+de\s+(?:verificaci[oó]n|acceso|ingreso)|clave|passcode)"
    r"(?:\s+(?:is|es|was|era|that\s+came|they\s+sent\s+me|que\s+me\s+lleg[oó]|que\s+me\s+mandaron|for|del?|"
    r"para|my|mi|el|la|the|portal|tarjeta|card|debit|d[eé]bito|number|n[uú]mero)){0,6}\s*[:=#]?\s*"
    r"(\d[\d -]{2,8}\d|\d{4,8}|[A-Z0-9]{3}-?[A-Z0-9]{3})(?!\w)"
)
PIN_ANY_CASE = re.compile(PIN.pattern, re.IGNORECASE)
QUOTED = re.compile(r"[\"'“”‘’«`]([^\"“”«»`\n]{3,60}?)[\"'“”’»`](?!\w)")
TOKEN = re.compile(r"\S{3,64}")
CVV = re.compile(r"(?<![\w$.,/:-])\d{3,4}(?![\w%/]|[.,:-]\d)")
CVV_UNIT = re.compile(
    r"\s*(?:dollars?|d[oó]lares|digits?|d[ií]gitos|numbers?|n[uú]meros|pesos|times)\b", re.I
)
STATE_ENDS = ("ing", "ed", "ando", "iendo", "ado", "ido", "ada", "ida")


def passwords(text: str) -> Iterator[Span]:
    """What is given as a password, a PIN or a code to sign in with."""
    for found in PASSWORD.finditer(text):
        yield from _secret_after(text, found.end(), linked=True)
    for pattern in (BARE, DESCRIBED):
        for found in pattern.finditer(text):
            yield from _secret_after(text, found.end(), linked=False)
    for pattern in (BACKWARDS, TYPED):
        for found in pattern.finditer(text):
            value = found[1].strip("\"'.,;:()")
            if _is_odd(value) and (pattern is BACKWARDS or re.search(WORD, text, re.IGNORECASE)):
                yield Span(
                    found.start(1), found.start(1) + len(found[1].rstrip(".,;:)")), Kind.PASSWORD
                )
    for found in PIN_ANY_CASE.finditer(text):
        if any(character.isdigit() for character in found[1]):
            yield Span(found.start(1), found.end(1), Kind.PASSWORD)


def card_codes(text: str) -> Iterator[Span]:
    """The three or four digits that a card is proved with."""
    for found in CVV.finditer(text):
        if CVV_UNIT.match(text, found.end()):
            continue
        cue = cue_of(text, found.start(), found.end())
        if cue and cue.meaning is Kind.CVV:
            yield Span(found.start(), found.end(), Kind.CVV)


def _secret_after(text: str, at: int, *, linked: bool) -> Iterator[Span]:
    quoted = QUOTED.match(text, at)
    if quoted and linked:
        yield Span(quoted.start(1), quoted.end(1), Kind.PASSWORD)
        return
    token = TOKEN.match(text, at)
    if not token:
        return
    value = token[0].rstrip(".,;:)?\"'")
    if len(value) < 3:
        return
    end = at + len(value)
    if _is_odd(value) or (linked and _is_given(text, value, end)):
        yield Span(at, end, Kind.PASSWORD)


def _is_odd(value: str) -> bool:
    """Nobody writes such a word in a sentence: letters with digits or signs, or mixed capitals."""
    digits = any(character.isdigit() for character in value)
    letters = any(character.isalpha() for character in value)
    signs = any(not character.isalnum() for character in value.strip("'\"()[]"))
    inside = value[1:] != value[1:].lower() and not value.isupper()
    return len(value) >= 4 and (
        (digits and (letters or signs or len(value) >= 5))
        or (letters and inside)
        or (letters and signs and value[-1] in "!@#$%^&*_")
    )


def _is_given(text: str, value: str, end: int) -> bool:
    """A plain word is a password when the sentence ends with it."""
    word = value.lower()
    if word in NO_PASSWORDS or word.endswith(STATE_ENDS) or len(word) < 4:
        return False
    return (
        re.match(
            r"\W*(?:$|[.,;!\n)]|and\b|but\b|can\b|y\b|pero\b|please\b|por\s+favor\b)",
            text[end:],
            re.I,
        )
        is not None
    )
