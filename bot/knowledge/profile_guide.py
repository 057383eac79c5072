"""docs/clinic-profile.md: every section and key of the clinic profile, told from the model itself.

`python -m bot.knowledge.profile_guide > docs/clinic-profile.md` writes it; a test compares the two.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from bot.knowledge import profile_parts as parts
from bot.knowledge import profile_schema as schema
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.profile_composed import COMPOSED, SERVICE

DATA = Path("data") / "clinic.toml"
KINDS: tuple[tuple[Any, str], ...] = (
    (parts.Sentence, "sentences"),
    (parts.Phrase, "phrase"),
    (parts.Bilingual, "words"),
    (parts.Phone, "phone"),
    (parts.Url, "web address"),
    (parts.Email, "e-mail"),
    (parts.Usd, "dollars"),
    (parts.Percent, "whole percent"),
    (parts.Count, "whole number"),
    (parts.Spans, "hours"),
    (parts.Week, "table of hours"),
    (parts.ReasonMinutes, "table of whole numbers"),
    (tuple[str, ...], "list of texts"),
    (date, "date"),
    (bool, "true or false"),
    (parts.Text, "text"),
    (str, "text"),
)
MEANINGS = {
    "name": "The clinic's name.",
    "state": "The state.",
    "hours": "Bullets: the week of each site.",
    "chat_hours": "A phrase: when people answer the chat.",
    "holidays": "Bullets: the days ahead that differ from the week.",
    "next_holidays": "Bullets: the next three of them.",
    "addresses": "Bullets: each site and its address.",
    "getting_here": "Bullets: parking, transit, and access of each site.",
    "plans": "Bullets: the plans that are accepted, and whether in network.",
    "medicare_plans": "Bullets: those of Medicare.",
    "medicaid_plans": "Bullets: those of Medicaid.",
    "plans_verified": "A date: the oldest `last_verified` of the plans.",
    "providers": "Bullets: name, role, sites, languages.",
    "providers_women": "Names of women who give primary care.",
    "providers_men": "Names of men who give primary care.",
    "providers_spanish": "Names of those who speak Spanish and give primary care.",
    "providers_children": "Names of those who see children and give primary care.",
    "providers_new": "Names of those who take new patients and give primary care.",
    "providers_left": "Bullets: who left, when, and who sees their patients.",
    "services": "Bullets: what is offered, and where when not everywhere.",
    "services_not_offered": "A phrase: what is not.",
    "visit_types": "Bullets: each kind, its length, what it is for.",
    "prices": "Bullets: the prices of this year, and the discount that comes off. "
    "Give next year's before the year ends: a price of another year is never shown.",
}
_INTRO = """\
# The clinic profile

`data/clinic.toml` says what is true of your clinic. Articles name its facts, so the same articles
serve any clinic. Start from the file that comes with Careline, a made-up clinic, and replace every
fact with your own.

- **Leave out what you do not know.** A missing fact is never guessed: the question that needs it
  goes to a person, and the fact is listed as missing. A section without facts can go too.
- **Each section has `last_verified`**, the day someone checked it.
- **Words are given in both languages**: `{ en = "…", es = "…" }`. *Sentences* end with a full stop
  and stand on their own; a *phrase* goes inside a sentence and has none. Up to 25 plain words.
- **Numbers carry their unit in their name**: `fee_usd = 30` is said as “$30”,
  `notice_hours = 24` as “24 hours” or “24 horas”.
- **A misspelled key, a wrong kind, or an unknown site is refused** with the key and what to do.

`careline kb check` says which facts the articles still miss.

“In articles” is the name to write in double braces: `{{ clinic.phone }}`.
`last_verified` is left out of the tables below: every section has it.
"""


def page(example: dict[str, Any]) -> str:
    """The page, with examples from a profile as TOML read it."""
    sections = [
        block
        for name, hint in schema.hints(ClinicProfile).items()
        if (block := "\n".join(_section(name, hint, example.get(name))))
    ]
    top = [
        (name, None, hint, example.get(name))
        for name, hint in schema.hints(ClinicProfile).items()
        if schema.table(hint) is None
    ]
    required = "\n".join(["## Top of the file", "", *_table(ClinicProfile, top)])
    return "\n\n".join([_INTRO.rstrip(), required, _put_together(), *sections]) + "\n"


def article_keys() -> set[str]:
    """Every `{{ clinic.<key> }}` that some profile can fill, services aside."""
    keys = set(COMPOSED)
    for name, hint in schema.hints(ClinicProfile).items():
        model = schema.table(hint)
        if model and issubclass(model, parts.Section):
            keys |= {key for field in model.model_fields if (key := schema.key(name, field, model))}
    return keys


def _put_together() -> str:
    lines = ["## Facts put together from several", "", "| In articles | What it says |"]
    lines += ["| --- | --- |", *(f"| `{key}` | {MEANINGS[key]} |" for key in COMPOSED)]
    return "\n".join([*lines, f"| `{SERVICE}<id>` | Sentences: one service of `[services]`. |"])


def _section(name: str, hint: Any, example: Any) -> Iterator[str]:
    model = schema.table(hint)
    if model is None:
        return
    listed = get_origin(hint) is tuple
    yield f"## `[[{name}]]`" if listed else f"## `[{name}]`"
    yield f"\n{schema.doc(model)}"
    yield from _fields(name, model, example)
    for field, inner in schema.hints(model).items():
        row = schema.table(inner)
        if row is not None and get_origin(inner) is tuple:
            yield f"\n### `[[{name}.{field}]]`\n\n{schema.doc(row)}"
            yield from _fields(None, row, (example or {}).get(field))


def _fields(prefix: str | None, model: type[parts.Part], example: Any) -> Iterator[str]:
    first = _first(example)
    rows = [
        (field, schema.key(prefix, field, model) if prefix else None, hint, first.get(field))
        for field, hint in schema.hints(model).items()
        if field != "last_verified" or not issubclass(model, parts.Section)
        if not (get_origin(hint) is tuple and schema.table(hint))
    ]
    if rows:
        yield ""
        yield from _table(model, rows)


def _table(
    model: type[parts.Part], rows: Sequence[tuple[str, str | None, Any, Any]]
) -> Iterator[str]:
    named = any(key for _, key, _, _ in rows)
    columns = ["In the file", *(["In articles"] if named else []), "Kind", "What", "Example"]
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for field, key, hint, example in rows:
        info = model.model_fields[field]
        cells = [f"`{field}`", *([f"`{key}`" if key else ""] if named else [])]
        cells += [_kind(hint, info), info.description or "", _shown(example)]
        yield f"| {' | '.join(cells)} |"


def _kind(hint: Any, info: FieldInfo) -> str:
    known = schema.known(hint)
    if get_origin(known) is Literal:
        said = "one of " + ", ".join(f"`{choice}`" for choice in get_args(known))
    else:
        plain = get_args(known)[0] if get_origin(known) is Annotated else known
        said = next(name for kind, name in KINDS if kind in (known, plain))
    return f"{said}; required" if info.is_required() else said


def _first(example: Any) -> dict[str, Any]:
    if isinstance(example, list):
        # The entry that shows the most.
        return max(example, key=len) if example else {}
    return example or {}


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return value.get("en") or ", ".join(f'{key} = "{said}"' for key, said in value.items())
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(page(tomllib.loads(DATA.read_text("utf-8"))))
