"""Addresses are taken as people type them, kept in one form, and shown masked."""

from __future__ import annotations

import pytest

from bot.errors import Invalid
from bot.outreach.addresses import masked, parsed, spoken


@pytest.mark.parametrize(
    ("channel", "typed", "kept"),
    [
        ("phone", "(217) 555-0142", "+12175550142"),
        ("phone", "1 217 555 0142", "+12175550142"),
        ("phone", "+52 55 1234 5678", "+525512345678"),
        ("email", " Ana.Ruiz@Example.COM ", "Ana.Ruiz@example.com"),
    ],
)
def test_what_people_type_is_kept_in_one_form(channel: str, typed: str, kept: str) -> None:
    assert parsed(channel, typed) == kept


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        ("phone", "911"),
        ("phone", "555-0142"),
        ("phone", "call me maybe"),
        ("phone", "117-555-0142"),
        ("email", "ana"),
        ("email", "ana@example"),
        ("email", "ana@example.com\nBcc: all@example.com"),
        ("email", "a@b.com, c@d.com"),
        ("email", "ana..ruiz@example.com"),
        ("email", "josé@example.com"),
        ("email", '"ana ruiz"@example.com'),
    ],
)
def test_what_is_no_address_is_refused_by_field_with_a_remedy(channel: str, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parsed(channel, typed)
    assert (refused.value.field, bool(refused.value.remedy)) == ("address", True)
    assert typed not in refused.value.message


def test_a_screen_shows_enough_to_recognise_an_address_and_no_more() -> None:
    assert masked("email", "ana@example.com") == "a•••@example.com"
    assert masked("phone", "+12175550142") == "•••-•••-0142"


def test_whoever_calls_sees_the_number_as_people_write_it() -> None:
    assert spoken("+12175550142") == "217-555-0142"
    assert spoken("+525512345678") == "+525512345678"
