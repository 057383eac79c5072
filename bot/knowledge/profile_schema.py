"""What the profile's models say of themselves: kinds of fields, tables inside tables, keys."""

from __future__ import annotations

from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from bot.knowledge import profile_parts as parts


def hints(model: type[parts.Part]) -> dict[str, Any]:
    """The types of a table's fields, with what is annotated to them."""
    found = get_type_hints(model, include_extras=True)
    return {field: found[field] for field in model.model_fields}


def known(hint: Any) -> Any:
    """The type without `None`."""
    if get_origin(hint) in (Union, UnionType):
        return next(arg for arg in get_args(hint) if arg is not type(None))
    return hint


def table(hint: Any) -> type[parts.Part] | None:
    """The table, or the table of a list, that a field holds."""
    inner = known(hint)
    if get_origin(inner) is tuple:
        inner = get_args(inner)[0]
    said = (parts.Bilingual, parts.Week)
    is_table = isinstance(inner, type) and issubclass(inner, parts.Part)
    return inner if is_table and not issubclass(inner, said) else None


def is_list(hint: Any) -> bool:
    """Whether the field holds several of its kind."""
    return get_origin(known(hint)) is tuple


def key(section: str, field: str, model: type[parts.Part]) -> str | None:
    """What articles call a field of a section."""
    hint = hints(model)[field]
    if not issubclass(model, parts.Section) or field == "last_verified" or table(hint):
        return None
    numbers = (parts.Usd, parts.Percent, parts.Count)
    name = parts.measured(field)[0] if known(hint) in numbers else field
    return name if section == "contacts" else f"{section}_{name}"


def doc(model: type[parts.Part]) -> str:
    """What a table is for, in one line."""
    return " ".join((model.__doc__ or "").split())
