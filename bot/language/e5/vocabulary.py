"""The part of a vocabulary for a hundred languages that Latin letters can ever need.

Other pieces never match such a text, so that leaving them out changes no sentence of ours; text in
another alphabet becomes unknown pieces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

SPECIAL = 4  # start, padding, end, unknown: the first pieces, which keep their numbers
MASK = "<mask>"
WORD_START = "▁"

# Letters end with Latin Extended-B; then, until Greek, come accents that combine. Punctuation,
# money and letter-like signs lie apart.
LAST_LETTER = 0x24F
LAST_SIGN = 0x36F
SIGNS = ((0x2000, 0x206F), (0x20A0, 0x20CF), (0x2100, 0x214F))
ORDINALS = "ªºµ"


def kept(pieces: Sequence[str]) -> list[int]:
    """The numbers of the pieces that stay, in order."""
    return [
        number
        for number, piece in enumerate(pieces)
        if number < SPECIAL or (piece != MASK and _latin(piece))
    ]


def pruned(tokenizer: dict[str, Any], numbers: Sequence[int]) -> dict[str, Any]:
    """A tokenizer file's content with those pieces only, numbered anew in their order.

    It neither pads nor cuts off; `numbers` begin with the special pieces.
    """
    found = {key: deepcopy(value) for key, value in tokenizer.items() if key != "model"}
    vocabulary = tokenizer["model"]["vocab"]
    found["model"] = {**tokenizer["model"], "vocab": [vocabulary[number] for number in numbers]}
    found["added_tokens"] = [one for one in found["added_tokens"] if one["id"] < SPECIAL]
    return {**found, "padding": None, "truncation": None}


def _latin(piece: str) -> bool:
    return all(sign == WORD_START or _of_latin_text(sign) for sign in piece)


def _of_latin_text(sign: str) -> bool:
    code = ord(sign)
    if unicodedata.category(sign).startswith("L"):
        known = code < 128 or sign in ORDINALS or "LATIN" in unicodedata.name(sign, "")
        return code <= LAST_LETTER and known
    return code <= LAST_SIGN or any(first <= code <= last for first, last in SIGNS)
