"""Which passwords are accepted, and how they are checked."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from bot.errors import Invalid
from bot.staff import passwords

GOOD = "correct horse battery"


def test_a_long_uncommon_password_is_accepted() -> None:
    passwords.check_rules("ana", GOOD)
    passwords.check_rules("ana", "caballo grapa pila")


@pytest.mark.parametrize(
    "password",
    [
        *("", "elevenchars", "x" * 257, "aaaaaaaaaaaaaaaa", "abababababababab"),
        *("password1234", "PassWord1234", "ana.martinez1", "Ana.Martinez!!"),
    ],
)
def test_a_weak_password_is_refused_with_the_field_and_a_remedy(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check_rules("ana.martinez", password)
    assert refused.value.field == "password"
    assert refused.value.remedy
    assert not password or password not in refused.value.message


async def test_only_the_right_password_matches_its_hash() -> None:
    stored = await passwords.hashed(GOOD)
    assert GOOD not in stored
    assert await passwords.matches(stored, GOOD)
    assert not await passwords.matches(stored, GOOD + " ")


async def test_nothing_matches_where_nothing_is_stored() -> None:
    assert not await passwords.matches(None, "an account that does not exist")


async def test_a_broken_hash_matches_nothing() -> None:
    assert not await passwords.matches("not a hash", GOOD)


async def test_a_hash_with_old_parameters_is_outdated_and_a_new_one_is_not() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192).hash(GOOD)
    assert passwords.outdated(old)
    assert not passwords.outdated(await passwords.hashed(GOOD))
