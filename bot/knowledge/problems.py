"""A validation error in words a clinic can act on: which file, which key, what to do."""

from __future__ import annotations

from pydantic import ValidationError

from bot.errors import Invalid

_REMEDIES = {
    "missing": "Add it.",
    "extra_forbidden": "Remove it, or check how it is spelled.",
    "string_too_short": "Give it a value.",
    "too_short": "Add at least one entry.",
}


def explain(error: ValidationError, where: str) -> Invalid:
    """The first problem as an `Invalid` whose `field` is the dotted key; says how many follow."""
    problems = error.errors(include_url=False, include_input=False)
    first = problems[0]
    key = ".".join(str(part) for part in first["loc"]) or "(whole file)"
    more = f" ({len(problems) - 1} more problems)" if len(problems) > 1 else ""
    message = first["msg"].removeprefix("Value error, ")
    remedy = _REMEDIES.get(first["type"], f"Correct `{key}` in {where}.")
    return Invalid(f"{where}: {key}: {message}{more}", field=key, remedy=remedy)
