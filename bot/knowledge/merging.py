"""Two people changed one text: what both of them did to it, piece by piece.

A text is merged by sentences and lines, a list as a set, a date as a whole. Nothing is decided
here where both changed the same: the pieces of both go back, for a person to choose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from merge3 import Merge3

TEXTS = ("title", "lead", "more")
LISTS = ("variants", "golden", "sources")
VALUES = ("verified_on", "expires_on")
FIELDS = (*TEXTS, *LISTS, *VALUES)

Json = dict[str, Any]

# What stands between two sentences, or two lines.
_BETWEEN = re.compile(r"((?:(?<=[.!?…])|(?<=[.!?…][\"'”»)*_]))\s+|\s*\n\s*)")
_KINDS = {"unchanged": "same", "a": "theirs", "b": "mine", "same": "both"}


def merge(
    base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> list[Json]:
    """The fields that somebody changed since `base`, in the order of the form.

    A text has `parts`; a part that both changed is of kind `conflict` and has all three texts. A
    list has `merged` and who added and removed what. A value has `merged`, or is a `conflict`.
    """
    found = []
    for name in FIELDS:
        three = base.get(name), theirs.get(name), mine.get(name)
        if name in TEXTS:
            one = _text(*(text or "" for text in three))
        elif name in LISTS:
            one = _list(*(list(items or ()) for items in three))
        else:
            one = _value(*three)
        if one is not None:
            found.append({"field": name, **one})
    return found


def pieces(text: str) -> list[str]:
    """The sentences of a text and what stands between them; joined they are the text."""
    return [piece for piece in _BETWEEN.split(text) if piece]


def _text(base: str, theirs: str, mine: str) -> Json | None:
    if base == theirs == mine:
        return None
    parts = list(_parts(pieces(base), pieces(theirs), pieces(mine)))
    by = [who for who, text in (("theirs", theirs), ("mine", mine)) if text != base]
    conflict = any(part["kind"] == "conflict" for part in parts)
    return {"kind": "text", "parts": parts, "by": by, "conflict": conflict}


def _parts(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> Iterator[Json]:
    regions: list[Any] = list(Merge3(base, theirs, mine).merge_regions())
    begins = [one[1] if one[0] == "unchanged" else None for one in regions]
    at = 0
    for number, region in enumerate(regions):
        kind = region[0]
        if kind == "unchanged":
            at = region[2]
            yield {"kind": "same", "text": "".join(base[region[1] : at])}
            continue
        following = (begin for begin in begins[number + 1 :] if begin is not None)
        before = "".join(base[at : next(following, len(base))])
        if kind == "conflict":
            _, _, _, from_, to, mine_from, mine_to = region
            yield {
                "kind": "conflict",
                "base": before,
                "theirs": "".join(theirs[from_:to]),
                "mine": "".join(mine[mine_from:mine_to]),
            }
        else:
            said = mine if kind == "b" else theirs
            text = "".join(said[region[1] : region[2]])
            yield {"kind": _KINDS[kind], "text": text, "base": before}


def _list(base: list[Any], theirs: list[Any], mine: list[Any]) -> Json | None:
    if base == theirs == mine:
        return None
    kept = [one for one in mine if one in theirs or one not in base]
    merged = kept + [one for one in theirs if one not in base and one not in mine]
    return {
        "kind": "list",
        "merged": merged,
        "added": {"theirs": _less(theirs, base), "mine": _less(mine, base)},
        "removed": {"theirs": _less(base, theirs), "mine": _less(base, mine)},
        "by": [who for who, one in (("theirs", theirs), ("mine", mine)) if one != base],
        "conflict": False,
    }


def _less(items: list[Any], others: list[Any]) -> list[Any]:
    return [one for one in items if one not in others]


def _value(base: Any, theirs: Any, mine: Any) -> Json | None:
    if base == theirs == mine:
        return None
    conflict = base not in (theirs, mine) and theirs != mine
    return {
        "kind": "value",
        "base": base,
        "theirs": theirs,
        "mine": mine,
        "merged": theirs if mine == base else mine,
        "by": [who for who, one in (("theirs", theirs), ("mine", mine)) if one != base],
        "conflict": conflict,
    }
