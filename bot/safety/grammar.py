"""The pattern language of `data/safety/`, read once into the nodes of `pattern.py`.

word  wor*  ##      a word; words that begin so; a number of that many digits (`3#`: 30 to 39)
(a|b c|d)  (a)?     one of these; may be left out
..  ..5             up to 3, up to 5 other words of the same sentence
<kin>               a list of `lists.jsonl`, in the pattern's language
^  $                here a sentence or clause begins, ends
,                   a pause; only look-alikes need it, elsewhere pauses may stand anywhere
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.safety.normalise import PAUSE, fold, plain
from bot.safety.pattern import Chain, Choice, Edge, Gap, Node, Words, union


class PatternError(ValueError):
    """A pattern that cannot be read; raised when the patterns are loaded, never later."""


_LEXEME = re.compile(r"\s*(?:\.\.\d*|<\w+>|[()|?^$]|[^\s()|?<>^$]+)")


class Parser:
    """Reads patterns; shares equal word sets, so that a tape looks each up once."""

    def __init__(self, words: Callable[[str], list[str]], lists: Mapping[str, str]):
        self._words = words
        self._lists = lists
        self._known: dict[str, Node] = {}
        self._shared: dict[tuple[frozenset[str], tuple[str, ...]], Words] = {}

    def parse(self, source: str) -> Node:
        """The pattern as a node. Raises `PatternError`."""
        lexemes = self._lexemes(source)
        node = self._choice(lexemes)
        if lexemes:
            raise PatternError(f"{lexemes[0]!r} is left over in {source!r}")
        return node

    def _lexemes(self, source: str) -> list[str]:
        found, at = [], 0
        source = source.rstrip()
        while at < len(source):
            hit = _LEXEME.match(source, at)
            if hit is None:
                raise PatternError(f"cannot read {source[at:]!r} in {source!r}")
            found.append(hit[0].strip())
            at = hit.end()
        return found

    def _choice(self, lexemes: list[str]) -> Node:
        options = [self._chain(lexemes)]
        while lexemes and lexemes[0] == "|":
            lexemes.pop(0)
            options.append(self._chain(lexemes))
        return options[0] if len(options) == 1 else self._merged(options)

    def _chain(self, lexemes: list[str]) -> Node:
        parts: list[Node] = []
        while lexemes and lexemes[0] not in ("|", ")"):
            parts.append(self._element(lexemes))
        if not parts:
            raise PatternError("an empty place in a pattern")
        return parts[0] if len(parts) == 1 else Chain(tuple(parts))

    def _element(self, lexemes: list[str]) -> Node:
        lexeme = lexemes.pop(0)
        if lexeme == "(":
            inner = self._choice(lexemes)
            if not lexemes or lexemes.pop(0) != ")":
                raise PatternError("a bracket is not closed")
        elif lexeme.startswith("<"):
            inner = self._list(lexeme[1:-1])
        elif lexeme.startswith(".."):
            return Gap(int(lexeme[2:] or 3))
        elif lexeme in ("^", "$"):
            return Edge(begin=lexeme == "^")
        elif lexeme == "?":
            raise PatternError("? follows a bracket or a list")
        else:
            inner = self._word(lexeme)
        if lexemes and lexemes[0] == "?":
            lexemes.pop(0)
            return Choice((inner,), skippable=True)
        return inner

    def _list(self, name: str) -> Node:
        if name not in self._known:
            if name not in self._lists:
                raise PatternError(f"no list <{name}>")
            self._known[name] = self.parse(self._lists[name])
        return self._known[name]

    def _word(self, lexeme: str) -> Node:
        if "#" in lexeme or lexeme == PAUSE:
            return self._share(frozenset({lexeme}), ())
        if lexeme.endswith("*"):
            return self._share(frozenset(), (fold(plain(lexeme[:-1])),))
        words = [self._share(frozenset({word}), ()) for word in self._words(lexeme)]
        if not words:
            raise PatternError(f"{lexeme!r} is no word")
        return words[0] if len(words) == 1 else Chain(tuple(words))

    def _merged(self, options: list[Node]) -> Node:
        """Single words side by side become one set: one look-up instead of many."""
        single = [one for one in options if isinstance(one, Words)]
        others = [one for one in options if not isinstance(one, Words)]
        if single:
            both = union(single)
            others.insert(0, self._share(both.exact, both.prefixes))
        return others[0] if len(others) == 1 else Choice(tuple(others))

    def _share(self, exact: frozenset[str], prefixes: tuple[str, ...]) -> Words:
        return self._shared.setdefault((exact, prefixes), Words(exact, prefixes))
