"""E-mail addresses and phone numbers: what is accepted, how it is kept, what a screen shows."""

from __future__ import annotations

import re

from bot.errors import Invalid
from bot.outreach.models import EMAIL

LONGEST = 254
_EMAIL = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}",
    re.ASCII,
)
_PHONE = re.compile(r"\+?[\d\s().-]{7,25}")
# Area codes and exchanges of North America begin with 2 to 9; 911 and the like are no patients.
_NORTH_AMERICAN = re.compile(r"[2-9]\d{2}[2-9]\d{6}")


def parsed(channel: str, typed: str) -> str:
    """The address in the one form it is kept in. Raises `Invalid` naming the field and remedy."""
    return _email(typed) if channel == EMAIL else _phone(typed)


def masked(channel: str, address: str) -> str:
    """Enough to recognise one's own address, too little to use it."""
    if channel == EMAIL:
        name, _, domain = address.partition("@")
        return f"{name[0]}•••@{domain}"
    return f"•••-•••-{address[-4:]}"


def spoken(address: str) -> str:
    """A number as people write it: `217-555-0142`, or as it is when it is none of ours."""
    digits = address.removeprefix("+1")
    if len(digits) == 10 and digits.isdigit():
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return address


def _email(typed: str) -> str:
    name, at, domain = typed.strip().rpartition("@")
    address = f"{name}{at}{domain.casefold()}"
    if len(address) > LONGEST or not _EMAIL.fullmatch(address) or ".." in address:
        raise Invalid(
            "this is no e-mail address", field="address", remedy="Write it like name@example.com."
        )
    return address


def _phone(typed: str) -> str:
    digits = re.sub(r"\D", "", typed)
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    abroad = typed.strip().startswith("+") and 8 <= len(digits) <= 15 and not digits.startswith("0")
    ours = _NORTH_AMERICAN.fullmatch(digits) is not None
    if not _PHONE.fullmatch(typed.strip()) or not (ours or (abroad and len(digits) != 10)):
        raise Invalid(
            "this is no phone number",
            field="address",
            remedy="Write ten digits with the area code, like 217-555-0142.",
        )
    return f"+1{digits}" if ours else f"+{digits}"
