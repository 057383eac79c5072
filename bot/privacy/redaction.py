"""The one redactor: what identifies a person is replaced before a text is kept or shown elsewhere.

Patterns with checksums find what has a form, words beside it what has none, and a small entity
model of our own names and addresses. The original stays where it is: sealed, with its message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Self

from bot.privacy import codes, credentials, dates, names, numerals, places, shapes
from bot.privacy.entities import Entities
from bot.privacy.parts import in_parts
from bot.privacy.spans import Redacted, Span, replaced, settled
from bot.settings import Settings

# A patient's words in their language, as they may be kept apart from the conversation.
Copied = Callable[[str, str], str]


class Redactor:
    """Redacts with the entity model of `model_dir`, once `load` has read it.

    Before, and where none is trained, patterns alone are used: names that nothing introduces stay.
    """

    def __init__(self, model_dir: Path):
        self._model_dir = model_dir
        self._entities: Entities | None = None

    def load(self) -> Self:
        """Read the entity model, which takes a second. Raises `NotTrained`."""
        self._entities = self._entities or Entities.load(self._model_dir)
        return self

    def redact(self, text: str, language: str) -> Redacted:
        """The text with a placeholder for each thing that identifies somebody."""
        find = partial(self._found, language=language)
        spans = settled(text, in_parts(text, find))
        return Redacted(replaced(text, spans), spans)

    def _found(self, text: str, language: str) -> Iterator[Span]:
        yield from by_pattern(text, language)
        if self._entities:
            yield from self._entities.find(text)


async def copies(said: Iterable[tuple[str, str]], copied: Copied) -> list[str]:
    """A copy of each text with its language, in their order; no event loop waits for it."""
    return await asyncio.to_thread(lambda: [copied(*one) for one in said])


def by_pattern(text: str, language: str) -> Iterator[Span]:
    """What form and context alone tell."""
    yield from secrets(text, language)
    yield from shapes.addresses_online(text)
    yield from places.places(text)
    yield from names.introduced(text)
    if any(character.isdigit() for character in text):
        yield from shapes.documents(text)
        yield from shapes.telephones(text)
        yield from dates.dates(text)


def secrets(text: str, language: str) -> Iterator[Span]:
    """Numbers and passwords that the words beside them tell, the secret ones among them."""
    yield from credentials.passwords(text)
    yield from numerals.spoken(text, language)
    if any(character.isdigit() for character in text):
        yield from shapes.cards(text)
        yield from credentials.card_codes(text)
        yield from shapes.social_security(text)
        yield from codes.codes(text)


@cache
def _default() -> Redactor:
    return Redactor(Settings().model_dir).load()


def redact(text: str, language: str) -> Redacted:
    """`Redactor.redact` with the model of this installation. Raises `NotTrained`."""
    return _default().redact(text, language)
