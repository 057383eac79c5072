"""Stored text is sealed for its place, and keys can be rotated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CarelineError
from bot.privacy.encryption import CannotOpen, KeyRing

OLD = "old:" + "11" * 32
NEW = "new:" + "22" * 32


@given(st.text())
def test_what_is_sealed_opens_again(words: str) -> None:
    ring = KeyRing(NEW)
    assert ring.open(ring.seal({"text": words}, "message:a:1"), "message:a:1") == {"text": words}


def test_the_words_do_not_appear_in_what_is_stored() -> None:
    assert b"asthma" not in KeyRing(NEW).seal("asthma", "message:a:1")


def test_a_value_copied_to_another_place_does_not_open() -> None:
    ring = KeyRing(NEW)
    sealed = ring.seal("hello", "message:a:1")
    assert ring.open(sealed, "message:a:1") == "hello"
    with pytest.raises(CannotOpen):
        ring.open(sealed, "message:b:1")


def test_a_changed_value_does_not_open() -> None:
    ring = KeyRing(NEW)
    sealed = bytearray(ring.seal("hello", "x"))
    sealed[-1] ^= 1
    with pytest.raises(CannotOpen):
        ring.open(bytes(sealed), "x")


@pytest.mark.parametrize("sealed", [b"", b"new:", b"new:cut short", b"no colon"])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(CannotOpen):
        KeyRing(NEW).open(sealed, "x")


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key() -> None:
    old = KeyRing(OLD).seal("kept", "x")
    ring = KeyRing(f"{NEW},{OLD}")
    assert ring.open(old, "x") == "kept"
    assert ring.seal("fresh", "x").startswith(b"new:")


def test_a_key_that_left_the_ring_opens_nothing() -> None:
    with pytest.raises(CannotOpen):
        KeyRing(NEW).open(KeyRing(OLD).seal("gone", "x"), "x")


@pytest.mark.parametrize("text", ["", "k1", "k1:zz", "k1:" + "11" * 31, ":" + "11" * 32])
def test_a_malformed_key_ring_is_refused_by_the_name_of_its_setting(text: str) -> None:
    with pytest.raises(CarelineError) as refused:
        KeyRing(text)
    assert refused.value.field == "encryption_keys"
