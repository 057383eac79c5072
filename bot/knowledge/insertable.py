"""What an editor can put into a text instead of typing it: the clinic's facts, the national
figures and the look-ups, each with what it says today."""

from __future__ import annotations

from typing import Any

from bot import texts
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.lookups import LOOKUPS
from bot.knowledge.markdown import plain
from bot.knowledge.profile_composed import SERVICE
from bot.knowledge.profile_guide import article_keys

Json = dict[str, Any]
LONGEST = 300  # characters of a value; a list of all plans is known by its beginning


def facts(knowledge: KnowledgeBase, language: str) -> list[Json]:
    """All places by kind and key. `value` is None for what the clinic has not stated, for a figure
    that has expired, and for a look-up, which answers the question itself."""
    content, known = knowledge.content, knowledge.facts(language)
    services = content.profile.services
    offered = {f"{SERVICE}{one.id}" for one in services.items} if services else set()
    clinic = [
        _fact("clinic", key, _short(known.clinic(key))) for key in sorted(article_keys() | offered)
    ]
    figures = [
        {
            **_fact("fact", key, _short(known.figure(key))),
            "about": figure.statement,
            "expires_on": figure.expires_on.isoformat(),
        }
        for key, figure in sorted(content.figures.root.items())
    ]
    lookups = [
        {**_fact("lookup", key, None), "about": texts.get(f"editor.lookup_{key}", language).text}
        for key in LOOKUPS
    ]
    return [*clinic, *figures, *lookups]


def _fact(kind: str, key: str, value: str | None) -> Json:
    return {
        "kind": kind,
        "key": key,
        "place": f"{{{{ {kind}.{key} }}}}",
        "value": value,
        "about": "",
        "expires_on": None,
    }


def _short(value: str | None) -> str | None:
    if not value:
        return None
    said = plain(value)
    return said if len(said) <= LONGEST else f"{said[:LONGEST].rstrip()}…"
