"""Patients who write in neither English nor Spanish: danger seen in their words, and said in them.

Direct words only: what else such a message says, a person reads with an interpreter.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.language.identify import third_language
from bot.language.words import words_of
from bot.safety.phrases import DATA
from bot.safety.texts import SafetyText, TextError

MEDICAL, SUICIDE = "saf.medical", "saf.suicide"
EMERGENCY, INTERPRETER = "emergency", "interpreter"
# Letters that have no accent to take away.
_PLAIN = str.maketrans("đł", "dl")
_served = {"reviewed_only": False}


@dataclass(frozen=True)
class Spoken:
    """One language: its words of danger by category, and its texts by name."""

    code: str
    danger: Mapping[str, re.Pattern[str]]
    texts: Mapping[str, SafetyText]

    @property
    def reviewed(self) -> bool:
        """Whether somebody qualified has read the texts."""
        return all(text.reviewed_by for text in self.texts.values())


@dataclass(frozen=True)
class Danger:
    """A category of the gate, and the language it was said in."""

    category: str
    language: str


@cache
def spoken() -> Mapping[str, Spoken]:
    """All languages by code. Raises `TextError` for one that lacks a text."""
    return read_spoken(DATA / "foreign.toml")


def read_spoken(path: Path) -> Mapping[str, Spoken]:
    """The languages of a file."""
    return {code: _spoken(code, said) for code, said in tomllib.loads(path.read_text()).items()}


def danger_in(text: str) -> Danger | None:
    """The danger that the words of a third language name directly, if there is one."""
    plain, written = _plain(text), _written(text)
    for category in (SUICIDE, MEDICAL):
        for one in spoken().values():
            if one.danger[category].search(f" {plain} \n{written}"):
                return Danger(category, one.code)
    return None


def text_in(name: str, language: str | None) -> SafetyText | None:
    """The text in that language; None where there is none that may be served."""
    one = spoken().get(language or "")
    return one.texts[name] if one and (one.reviewed or not _served["reviewed_only"]) else None


def text_for_message(name: str, text: str) -> SafetyText | None:
    """The text in the language of this message."""
    return text_in(name, third_language(text))


def serve_only_reviewed(only: bool = True) -> None:
    """From now on leave out what nobody qualified has read: production does."""
    _served["reviewed_only"] = only


def _spoken(code: str, said: Mapping[str, object]) -> Spoken:
    texts = {}
    for name in (EMERGENCY, INTERPRETER):
        words = str(said.get(name) or "").strip()
        if not words:
            raise TextError(f"no text {name!r} in {code!r}")
        digest = hashlib.sha256(words.encode()).hexdigest()[:16]
        reviewer = str(said.get("reviewed_by") or "")
        texts[name] = SafetyText(f"safety.foreign.{name}", digest, code, words, reviewer)
    danger = {MEDICAL: _pattern(said["medical"]), SUICIDE: _pattern(said["suicide"])}
    return Spoken(code, danger, texts)


def _pattern(phrases: object) -> re.Pattern[str]:
    """Whole words where the phrase is in plain letters, else the letters anywhere."""
    if not isinstance(phrases, list):
        raise TextError("danger is a list of phrases")
    parts = [f" {one} " if one.isascii() else _written(one) for one in phrases]
    return re.compile("|".join(map(re.escape, parts)))


def _plain(text: str) -> str:
    return " ".join(words_of(text.lower().translate(_PLAIN)))


def _written(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower()
