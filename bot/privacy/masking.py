"""What nobody may read on a screen: cards, their codes, passwords, Social Security numbers.

The stored original stays sealed as it was sent; patients and agents see words in its place. Only
patterns are used: this runs for every line that is shown.
"""

from __future__ import annotations

import re
from functools import cache, partial

from bot import texts
from bot.privacy.parts import in_parts
from bot.privacy.redaction import secrets
from bot.privacy.spans import SECRETS, Kind, Span, replaced, settled

NOTICE = "privacy.keep_secret"
# A digit, or a word that may have a password behind it: without one there is nothing to hide.
HINT = re.compile(
    r"\d|pass|pwd|\bpw\b|psw|clave|contra|\bpin\b|zero|five|seven|cero|cinco|siete", re.IGNORECASE
)


def has_secrets(text: str, language: str) -> bool:
    """Whether a patient wrote something that must not be sent in a chat."""
    return bool(_secrets(text, language))


def masked(text: str, language: str) -> str:
    """The text as it may be shown."""
    found = _secrets(text, language)
    return replaced(text, found, _words(language)) if found else text


def _secrets(text: str, language: str) -> tuple[Span, ...]:
    if not HINT.search(text):
        return ()
    found = settled(text, in_parts(text, partial(secrets, language=language)))
    return tuple(span for span in found if span.kind in SECRETS)


@cache
def _words(language: str) -> dict[Kind, str]:
    language = "es" if language == "es" else "en"
    return {kind: texts.get(f"privacy.{kind.value}", language).text for kind in SECRETS}
