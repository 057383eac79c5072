"""The reviewed words that a person in danger reads: one Markdown file per text and language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import frontmatter

from bot.safety.phrases import DATA, LANGUAGES

SOFT_TEXT, CLINICAL_TEXT = "safety.soft", "safety.clinical"
NURSE_LINE = "{nurse_line}"


@dataclass(frozen=True)
class SafetyText:
    """A fixed text, in the Markdown subset. `hash` is of its wording before it is filled in."""

    id: str
    hash: str
    language: str
    text: str
    reviewed_by: str = ""


class TextError(ValueError):
    """A text that is missing or cannot be used; raised when the texts are loaded, never later."""


class TextBook:
    """All safety texts, by id and by the categories they answer."""

    def __init__(self, texts: Mapping[tuple[str, str], SafetyText], ids: Mapping[str, str]):
        self._texts = texts
        self.ids = ids

    def __iter__(self) -> Iterator[SafetyText]:
        """Every text of every language."""
        return iter(self._texts.values())

    def get(self, text_id: str, locale: str) -> SafetyText:
        """The text in the locale's language, English when there is none of it."""
        language = locale.replace("_", "-").split("-")[0].lower()
        return self._texts.get((text_id, language)) or self._texts[text_id, LANGUAGES[0]]


def read_texts(folder: Path = DATA) -> TextBook:
    """The texts of a folder. Raises `TextError` unless each is there in every language."""
    texts: dict[tuple[str, str], SafetyText] = {}
    ids: dict[str, str] = {}
    for path in sorted(folder.glob("*.md")):
        post = frontmatter.load(str(path))
        text = _text(post.metadata, post.content, path)
        texts[text.id, text.language] = text
        ids |= dict.fromkeys(map(str, post.metadata.get("categories") or ()), text.id)
    for text_id in {SOFT_TEXT, CLINICAL_TEXT, *ids.values()}:
        for language in LANGUAGES:
            if (text_id, language) not in texts:
                raise TextError(f"no text {text_id!r} in {language!r}")
    return TextBook(texts, ids)


def _text(meta: Mapping[str, object], content: str, path: Path) -> SafetyText:
    text_id, language = str(meta.get("id")), str(meta.get("language"))
    if not content.strip() or path.name != f"{text_id.removeprefix('safety.')}.{language}.md":
        raise TextError(f"{path.name} is empty, or names another text or language")
    digest = hashlib.sha256(content.encode()).hexdigest()[:16]
    return SafetyText(text_id, digest, language, content, str(meta.get("reviewed_by") or ""))


def fill_nurse_line(text: str, nurse_line: str | None) -> str:
    """The text with the clinic's nurse line; without one its paragraph is left out."""
    paragraphs = text.split("\n\n")
    if not nurse_line:
        return "\n\n".join(one for one in paragraphs if NURSE_LINE not in one)
    return text.replace(NURSE_LINE, phone_link(nurse_line))


def phone_link(number: str) -> str:
    """A plain telephone number as a link that dials it; anything else stays as it is."""
    if not re.fullmatch(r"[+\d][\d ().-]{5,}\d", number):
        return number
    return f"[{number}](tel:{re.sub(r'[^+0-9]', '', number)})"
