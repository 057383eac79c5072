"""Whether a number can be what it looks like: checksums and the rules of those who issue it."""

from __future__ import annotations

from datetime import date

TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})
OLDEST_YEAR, LAST_YEAR = 1900, 2100
VIN_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)],
        strict=True,
    )
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def digits_of(text: str) -> str:
    """Only the digits."""
    return "".join(character for character in text if character.isdigit())


def is_luhn(digits: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_card(digits: str) -> bool:
    """A card number: a network's first digit, its length, and the check digit."""
    lengths = {"3": (14, 15, 16), "4": (13, 16, 19), "5": (16,), "6": (16, 17, 18, 19), "2": (16,)}
    if len(digits) not in lengths.get(digits[:1], ()) or len(set(digits)) < 2:
        return False
    return is_luhn(digits)


def is_ssn(digits: str) -> bool:
    """A Social Security number as issued, or the 9xx of a taxpayer number (ITIN)."""
    if len(digits) != 9:
        return False
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area in ("000", "666") or group == "00" or serial == "0000":
        return False
    return area < "900" or 50 <= int(group) <= 99


def is_us_phone(digits: str) -> bool:
    """Ten digits of the North American plan, with or without the country's 1."""
    local = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    if len(local) != 10 or local[0] in "01" or local[3] in "01":
        return False
    return local[1:3] != "11" and len(set(local)) > 2


def is_toll_free(digits: str) -> bool:
    """A number of a business or a hotline, which callers do not pay for."""
    return digits[-10:-7] in TOLL_FREE


def is_vin(text: str) -> bool:
    """A vehicle's number with its check digit (ISO 3779, as used in North America)."""
    code = text.upper()
    if len(code) != 17 or any(character not in VIN_VALUES for character in code):
        return False
    rest = sum(VIN_VALUES[c] * weight for c, weight in zip(code, VIN_WEIGHTS, strict=True)) % 11
    return code[8] == ("X" if rest == 10 else str(rest))


def is_date(year: int, month: int, day: int) -> bool:
    """A day of the calendar in somebody's lifetime."""
    try:
        return date(year, month, day).year >= OLDEST_YEAR and year <= LAST_YEAR
    except ValueError:
        return False


def full_year(year: int) -> int:
    """The year that two digits mean, for somebody's birth: none of them lies ahead."""
    if year >= 100:
        return year
    return 2000 + year if year <= 30 else 1900 + year
