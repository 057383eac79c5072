"""The forms of the clinic profile, made from its models: what a field is, and what it is for.

A new fact in a model is a new field of a form; nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from bot.effects import Reason
from bot.knowledge import profile_parts as parts
from bot.knowledge import profile_schema as schema
from bot.knowledge import wording
from bot.knowledge.profile import ClinicProfile

# The facts that stand at the top of the file, in no section.
BASICS = "clinic"
# Fields that name entries of another part.
REFERENCES = {
    "sites": "locations",
    "locations": "locations",
    "patients_see": "providers",
}
KINDS: tuple[tuple[Any, str], ...] = (
    (parts.Sentence, "sentence"),
    (parts.Phrase, "phrase"),
    (parts.Bilingual, "words"),
    (parts.Phone, "phone"),
    (parts.Url, "url"),
    (parts.Email, "email"),
    (parts.Usd, "usd"),
    (parts.Percent, "number"),
    (parts.Count, "number"),
    (parts.Spans, "spans"),
    (parts.Week, "week"),
    (parts.ReasonMinutes, "minutes"),
    (tuple[str, ...], "lines"),
    (date, "date"),
    (bool, "bool"),
    (parts.Text, "text"),
    (str, "text"),
)


@cache
def forms() -> tuple[dict[str, Any], ...]:
    """Every part of the profile in the order of the model, as JSON. Not to be changed."""
    basics, others = [], []
    for name, hint in schema.hints(ClinicProfile).items():
        info = ClinicProfile.model_fields[name]
        model = schema.table(hint)
        if model is None:
            basics.append(_field(name, hint, info))
        else:
            others.append(
                {
                    "name": name,
                    "list": schema.is_list(hint),
                    "required": info.is_required(),
                    "help": schema.doc(model),
                    "fields": list(_fields(model, name)),
                }
            )
    first = {
        "name": BASICS,
        "list": False,
        "required": True,
        "help": "The clinic itself.",
        "fields": basics,
    }
    return (first, *others)


def form(part: str) -> dict[str, Any] | None:
    """The form of one part; None when the profile has no such part."""
    return next((one for one in forms() if one["name"] == part), None)


def place_of(key: str) -> tuple[str, str] | None:
    """Where the fact is filled in that articles call `clinic.<key>`: part and field."""
    for one in forms():
        for field in one["fields"]:
            if field["key"] == key or (one["name"] == BASICS and field["name"] == key):
                return one["name"], field["name"]
    if key.startswith("service_"):
        return "services", "items"
    return _COMPOSED.get(key)


_COMPOSED = {
    "hours": ("locations", "hours"),
    "addresses": ("locations", "address"),
    "getting_here": ("locations", "parking"),
    "chat_hours": ("agents", "hours"),
    "holidays": ("holidays", "date"),
    "next_holidays": ("holidays", "date"),
    "plans": ("accepted_plans", "payer"),
    "plan": ("accepted_plans", "payer"),
    "medicare_plans": ("accepted_plans", "payer"),
    "medicaid_plans": ("accepted_plans", "payer"),
    "plans_verified": ("accepted_plans", "last_verified"),
    "providers": ("providers", "people"),
    "providers_women": ("providers", "people"),
    "providers_men": ("providers", "people"),
    "providers_spanish": ("providers", "people"),
    "providers_children": ("providers", "people"),
    "providers_new": ("providers", "people"),
    "providers_left": ("providers", "left"),
    "services": ("services", "items"),
    "services_not_offered": ("services", "items"),
    "visit_types": ("visit_types", "items"),
    "prices": ("prices", "items"),
}


def _fields(model: type[parts.Part], section: str | None) -> Iterator[dict[str, Any]]:
    for name, hint in schema.hints(model).items():
        made = _field(name, hint, model.model_fields[name])
        if section is not None:
            made["key"] = schema.key(section, name, model)
        yield made


def _field(name: str, hint: Any, info: FieldInfo) -> dict[str, Any]:
    inner = schema.table(hint)
    made: dict[str, Any] = {
        "name": name,
        "kind": "rows" if inner else _kind(name, hint),
        "required": info.is_required(),
        "help": info.description or "",
        "key": None,
    }
    if inner:
        made["fields"] = list(_fields(inner, None))
    if made["kind"] == "choice":
        made["options"] = list(get_args(schema.known(hint)))
    if made["kind"] == "minutes":
        made["options"] = [reason.value for reason in Reason]
    if made["kind"] == "references":
        made["of"] = REFERENCES[name]
    if made["kind"] == "number" and (unit := _unit(name)):
        made["unit"] = unit
    return made


def _kind(name: str, hint: Any) -> str:
    inner = schema.known(hint)
    if get_origin(inner) is Literal:
        return "choice"
    if inner == tuple[str, ...] and name in REFERENCES:
        return "references"
    if inner == tuple[str, ...] and name == "languages":
        return "languages"
    plain = get_args(inner)[0] if get_origin(inner) is Annotated else inner
    return next(said for kind, said in KINDS if kind in (inner, plain))


def _unit(name: str) -> str | None:
    try:
        return parts.measured(name)[1]
    except ValueError:
        return name if name in wording.UNITS else None


def typed(fields: list[dict[str, Any]], values: dict[str, Any]) -> dict[str, Any]:
    """What a form sent, as TOML would hold it: empty fields are left out, dates are dates.

    What cannot be read stays as it was sent; the model finds fault with it.
    """
    made = {}
    by_name = {field["name"]: field for field in fields}
    # In the order of the model, however the form is laid out.
    names = [name for name in by_name if name in values]
    for name in [*names, *(one for one in values if one not in by_name)]:
        field, value = by_name.get(name), values[name]
        said = _value(field, value) if field else value
        if said is not None:
            made[name] = said
    return made


def _value(field: dict[str, Any], value: Any) -> Any:
    kind = field["kind"]
    if kind == "rows" and isinstance(value, list):
        rows = [typed(field["fields"], row) if isinstance(row, dict) else row for row in value]
        return rows or None
    if kind == "week" and isinstance(value, dict):
        # A week of no hours is stated all the same: closed on every day.
        return {day: spans for day, spans in value.items() if spans}
    if kind == "minutes" and isinstance(value, dict):
        read = {name: _scalar("number", str(said).strip()) for name, said in value.items()}
        return {name: said for name, said in read.items() if said is not None} or None
    if kind == "bool":
        return value
    if isinstance(value, str):
        return _scalar(kind, value.strip())
    if isinstance(value, dict):
        words = {name: _trimmed(said) for name, said in value.items()}
        return {name: said for name, said in words.items() if said not in ("", None)} or None
    if isinstance(value, list):
        return [said for one in value if (said := _trimmed(one)) != ""] or None
    return value


def _scalar(kind: str, text: str) -> Any:
    if not text:
        return None
    try:
        if kind == "date":
            return date.fromisoformat(text)
        if kind == "number":
            return int(text)
        if kind == "usd":
            amount = Decimal(text.removeprefix("$").replace(",", ""))
            return int(amount) if amount == amount.to_integral_value() else float(amount)
    except (ValueError, ArithmeticError):
        return text
    return text


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
