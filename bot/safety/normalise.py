"""A message as the gate reads it: plain lower-case words, whatever the keyboard did to them.

Accents, invisible characters, doubled letters, missing apostrophes, chat short forms and common
misspellings are folded away, the same for messages and for patterns, so that they meet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

STOP, PAUSE = ".", ","
SHORT_SENTENCE = 5
LONGEST_WORD = 40

_LOOKALIKES = str.maketrans(
    dict.fromkeys("'’‘`´ʼ′＇", "") | dict(zip("аеорсухіАЕОРСУХІ", "aeopcyxiaeopcyxi", strict=True))
)
_SHORT_FORM = re.compile(r"\b(i|he|she|it|they|we|you|who|that|there)['’‘`´ʼ′＇](ll|d|ve|re)\b")
_LONG_FORMS = {"ll": "will", "d": "would", "ve": "have", "re": "are"}
_INVISIBLE = re.compile("[\u0300-\u036f\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e"
                        "\u2060-\u206f\ufe00-\ufe0f\ufeff]")  # fmt: skip
_LEET = re.compile(r"(?<=[a-z])[01345@$](?=[a-z])")
_LEET_LETTERS = dict(zip("01345@$", "oieasas", strict=True))
_SPLIT = re.compile(
    r"\b(can|don|won|isn|aren|wasn|hasn|haven|doesn|didn|couldn|wouldn) t\b|\b(i) (m|ve)\b"
)
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_DOUBLED = re.compile(
    r"([b-df-hj-np-tv-z])\1(?=[a-z])|(?<=[a-z][a-z])([b-df-hj-np-tv-z])\2(?![a-z])"
)
_PIECE = re.compile(
    r"(?P<word>[a-z]+)|(?P<number>\d{1,3}(?:,\d{3})+|\d+)(?:[.,]\d+)?"
    r"|(?P<pause>\.{2,}|[,:()\u2013\u2014]|(?<=\s)-+(?=\s))|(?P<stop>[.!?;\n\r]+)"
)


def fold(text: str) -> str:
    """Letters once: "heeelp" is "help", "killing" is "kiling"; but "off" is not "of"."""
    return _DOUBLED.sub(r"\1\2", _DRAWN_OUT.sub(r"\1", text))


def plain(text: str) -> str:
    """Lower case, no accents, nothing invisible, "su1cide" and "can t" put right."""
    text = _SHORT_FORM.sub(lambda hit: f"{hit[1]} {_LONG_FORMS[hit[2]]}", text.casefold())
    text = unicodedata.normalize("NFKD", text.translate(_LOOKALIKES)).casefold()
    text = _LEET.sub(lambda hit: _LEET_LETTERS[hit[0]], _INVISIBLE.sub("", text))
    return _SPLIT.sub(lambda hit: hit[0].replace(" ", ""), text)


class Normaliser:
    """Splits text into words, `.` (a sentence ends) and `,` (a pause), spelling put right."""

    def __init__(self, spellings: Mapping[str, str]):
        self._spellings = {
            fold(plain(wrong)): tuple(fold(word) for word in right.split())
            for wrong, right in spellings.items()
        }

    def words(self, text: str) -> list[str]:
        """The tokens of a text. Never raises; never two marks in a row."""
        found: list[str] = []
        for piece in _PIECE.finditer(fold(plain(text))):
            kind = piece.lastgroup
            if kind == "word":
                found.append(piece["word"][:LONGEST_WORD])
            elif kind == "number":
                found.append(piece["number"].replace(",", "").lstrip("0")[:LONGEST_WORD] or "0")
            elif kind == "stop" or kind == "pause":
                _mark(found, STOP if kind == "stop" else PAUSE)
        return soften(list(self._respell(_join_letters(found))))

    def _respell(self, words: Iterable[str]) -> Iterable[str]:
        for word in words:
            yield from self._spellings.get(word, (word,))


def _mark(found: list[str], mark: str) -> None:
    """Add a mark; of two in a row the stop stays."""
    if found and found[-1] in (STOP, PAUSE):
        found[-1] = STOP if STOP in (mark, found[-1]) else PAUSE
    elif found:
        found.append(mark)


def _join_letters(words: list[str]) -> Iterable[str]:
    """Undo "s u i c i d e": four lone letters or more are one word."""
    run: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha():
            run.append(word)
            continue
        if len(run) > 3:
            yield fold("".join(run))
        else:
            yield from run
        run = []
        if word:
            yield word


def soften(words: list[str]) -> list[str]:
    """Stops beside a very short sentence become pauses: "Baby. Not breathing." is one thought."""
    stops = [at for at, word in enumerate(words) if word == STOP]
    edges = [-1, *stops, len(words)]
    for before, stop, after in zip(edges, stops, edges[2:], strict=False):
        if min(stop - before, after - stop) - 1 <= SHORT_SENTENCE:
            words[stop] = PAUSE
    return words
