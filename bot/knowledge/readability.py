"""How easy a text is to read: Flesch-Kincaid grade for English, INFLESZ for Spanish.

Syllables are counted by rule, so a score is an estimate; it is steady, and that is what a limit
needs. Markup is dropped, a list item is a sentence, and a placeholder counts as one short word.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_PLACEHOLDER = re.compile(r"\{\{[^}]*\}\}")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_LIST_MARK = re.compile(r"(?m)^\s*(?:[-*]|\d+\.)\s+")
_SENTENCE_END = re.compile(r"[.!?]+(?=[\s\"\u201d]|$)|\n+")
_WORD = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")


def plain(markdown: str) -> str:
    """The words a reader sees."""
    text = _PLACEHOLDER.sub("X", _LINK.sub(r"\1", _PLACEHOLDER.sub("X", markdown)))
    return _LIST_MARK.sub("", text).replace("*", "")


def words(text: str) -> list[str]:
    """Words and numbers."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Sentences with a word in them; a line break ends one too."""
    return [part for part in _SENTENCE_END.split(text) if words(part)]


def flesch_kincaid(markdown: str) -> float:
    """US school grade of an English text; lower is easier."""
    per_sentence, per_word = _ratios(markdown, _syllables_en)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def inflesz(markdown: str) -> float:
    """Ease of a Spanish text on the INFLESZ scale; 55 is normal, 65 fairly easy."""
    per_sentence, per_word = _ratios(markdown, _syllables_es)
    return 206.835 - 62.3 * per_word - per_sentence


def _ratios(markdown: str, count: Callable[[str], int]) -> tuple[float, float]:
    text = plain(markdown)
    found = words(text)
    if not found:
        raise ValueError("a text without words has no reading level")
    return len(found) / len(sentences(text)), sum(map(count, found)) / len(found)


def _syllables_en(word: str) -> int:
    if spelled := _spelled(word):
        return spelled
    word = word.lower()
    groups = len(re.findall(r"[aeiouyé]+", word))
    silent_e = re.search(r"[^aeiouy]e$", word) and not re.search(r"[^aeiouy]le$", word)
    silent_ed = re.search(r"[^aeiouytd]ed$", word)
    silent_es = re.search(r"[^aeiouysxzcg]es$", word) and not re.search(
        r"(?:[cs]h|[^aeiouy]l)es$", word
    )
    return max(1, groups - bool(silent_e or silent_ed or silent_es))


def _syllables_es(word: str) -> int:
    if spelled := _spelled(word):
        return spelled
    # Each strong or accented vowel is a nucleus; i and u without accent lean on a neighbour.
    groups = re.findall(r"[aeiouáéíóúü]+", word.lower())
    return max(1, sum(max(1, len(re.findall(r"[aeoáéóíú]", group))) for group in groups))


def _spelled(word: str) -> int:
    """Short capitals are said letter by letter, numbers count once."""
    if word.isupper() and 1 < len(word) <= 4:
        return len(word)
    return 1 if word[0].isdigit() else 0
