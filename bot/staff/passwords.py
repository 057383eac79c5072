"""Passwords: what is accepted, how they are hashed, and a check that takes the same time always.

argon2id with the parameters of argon2-cffi (RFC 9106, low memory). Hashing takes tens of
milliseconds and most of a core, so it runs in a thread.
"""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import Invalid

MIN_CHARS = 12
MAX_CHARS = 256
MIN_DIFFERENT = 5
MIN_BESIDE_NAME = 8

_COMMON = """
123456789012 1234567890123 123123123123 123456123456 abcdefghijkl abcdef123456 abcd12345678
qwertyuiop12 qwertyuiop123 qwertyuiopas qwerty123456 1q2w3e4r5t6y 1qaz2wsx3edc
password1234 password12345 password123456 password2024 password2025 password2026
passwordpassword p@ssw0rd1234 passw0rd1234 letmeinletmein letmein12345 welcome12345
welcomewelcome changeme1234 changemechangeme administrator administrator1 admin1234567
iloveyou1234 iloveyouiloveyou careline1234 carelinecareline frontdesk123 receptionist1
hospital1234 contraseña123 contraseña1234 contrasena123 contrasena1234 bienvenido123
"""
COMMON = frozenset(_COMMON.split())

_HASHER = PasswordHasher()
# Verified against when there is no account, so that a wrong name costs what a wrong password does.
_NOBODY = _HASHER.hash("an account that does not exist")


def check_rules(name: str, password: str) -> None:
    """Raises `Invalid` that says which rule the password breaks."""
    plain = password.casefold()
    broken = (
        (len(password) < MIN_CHARS, f"shorter than {MIN_CHARS} characters"),
        (len(password) > MAX_CHARS, f"longer than {MAX_CHARS} characters"),
        (len(plain.replace(name.casefold(), "")) < MIN_BESIDE_NAME, "little more than the name"),
        (len(set(plain)) < MIN_DIFFERENT, "the same few characters over and over"),
        (plain in COMMON, "one of the first that anybody would try"),
    )
    for applies, problem in broken:
        if applies:
            raise Invalid(
                f"the password is {problem}",
                field="password",
                remedy=f"Use {MIN_CHARS} characters or more; four random words are a good choice.",
            )


async def hashed(password: str) -> str:
    """The hash to store."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Takes as long when nothing is stored."""
    right = await asyncio.to_thread(_verify, stored or _NOBODY, password)
    return right and stored is not None


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
