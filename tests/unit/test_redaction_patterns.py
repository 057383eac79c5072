"""What the redactor finds by form and context, and what it must leave as it is."""

from __future__ import annotations

import time

import pytest

from bot.privacy.parts import in_parts
from bot.privacy.redaction import by_pattern
from bot.privacy.spans import Kind, Span, replaced, settled


def redacted(text: str, language: str = "en") -> str:
    return replaced(text, settled(text, in_parts(text, lambda part: by_pattern(part, language))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pay with 5555 5555 5555 4444 please", "pay with [card] please"),
        ("amex 378282246310005", "amex [card]"),
        ("my visa is 4000 1234 5678 9011", "my visa is [card]"),  # mistyped, but called a card
        ("6011111111111117 09/28 314", "[card] [card] [cvv]"),
        ("cvv: 314", "cvv: [cvv]"),
        ("CVV314", "CVV[cvv]"),
        ("visa, the code is 314", "visa, the code is [cvv]"),
        ("expires 09/28, 314", "expires 09/28, [cvv]"),
        ("los 3 números de atrás son 902", "los 3 números de atrás son [cvv]"),
        ("ssn 219-09-9999", "ssn [ssn]"),
        ("last four of my social is 9999", "last four of my social is [ssn]"),
        ("mi seguro social es 219099999", "mi seguro social es [ssn]"),
        ("it was 219-09-9999", "it was [ssn]"),
        ("my password is Maple#Tree9", "my password is [password]"),
        ("password: bluebird", "password: [password]"),
        (
            "changed my password from Oak!77x to Elm!88y",
            "changed my password from [password] to [password]",
        ),
        ("social (last 4): 9999", "social (last 4): [ssn]"),
        ("mi contraseña es girasol, no entra", "mi contraseña es [password], no entra"),
        ("my pin is 4821", "my pin is [password]"),
        ("MRN 00482913", "MRN [mrn]"),
        ("el expediente número 77120 es mío", "el expediente número [mrn] es mío"),
        ("member id: XJB 884 201 993", "member id: [member_id]"),
        ("póliza 55-8812-0", "póliza [member_id]"),
        ("1EG4-TE5-MK72", "[member_id]"),
        ("XJB884201993 is my member number", "[member_id] is my member number"),
        ("account #88120", "account #[account]"),
        ("claim number 2026-88213 and 2026-88214", "claim number [account] and [account]"),
        ("GB82 WEST 1234 5698 7654 32", "[account]"),
        ("driver's license S514-7780-1122", "driver's license [license]"),
        ("VIN 1M8GDM9AXKP042788", "VIN [vehicle]"),
        ("mi placa es BKR 4821", "mi placa es [vehicle]"),
        ("call me at (309) 555-0188 ext 4", "call me at [phone]"),
        ("+52 33 1234 5678", "[phone]"),
        ("two one seven five five five zero one four two", "[phone]"),
        ("ana.ruiz+clinic@example.com", "[email]"),
        ("ana dot ruiz at gmail dot com", "[email]"),
        ("ana arroba gmail punto com", "[email]"),
        ("https://example.com/u/ana", "[url]"),
        ("from 192.168.4.20", "from [ip]"),
        ("dob 3/9/61", "dob [dob]"),
        ("nací el 9 de marzo de 1961", "nací el [dob]"),
        ("seen on 3/9/2026", "seen on [date]"),
        ("48 Birch Street Apt 4, Decatur, IL 62522", "[address]"),
        ("calle Morelos #118", "[address]"),
        ("P.O. Box 77", "[address]"),
        ("zip code 62522", "zip code [address]"),
    ],
)
def test_what_identifies_somebody_is_replaced(text: str, expected: str) -> None:
    language = "es" if any(word in text for word in ("mi ", "el ", "nací", "calle")) else "en"
    assert redacted(text, language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "i owe $1,250.00 since 2024",
        "the deductible is 8000 and i paid 340 dollars",
        "what is CPT 99213 and code 80053",
        "form 1095-A or W-2?",
        "call 911, 988 or 711",
        "is 1-800-633-4227 medicare?",
        "plan H1234-001",
        "my password is not working",
        "password is expired, how do i reset it",
        "the password link works for 24hrs on my iphone",
        "denial code 197 on my card",
        "the card's last 4 digits are 4242",
        "mi contraseña está bloqueada",
        "i need a security code? what is that",
        "open 8:00 to 5:30 on 12/24?",
        "plans start on 1/1/2027",
        "i was there on march 3",
        "my son is 12 and weighs 90 lbs",
        "i take 20 mg twice a day",
        "i waited 45 minutes, 3 times in a row",
        "i signed up at healthcare.gov",
        "www.medicare.gov",
        "version 10.2.3.4000",
        "room 204, floor 3",
        "the card ends and i get a new one in 2027",
        "account is 90 days late",
        "call the phone number on my card",
        "once dos veces",
    ],
)
def test_what_identifies_nobody_stays(text: str) -> None:
    assert redacted(text) == text


def test_a_number_that_fails_its_check_digit_is_no_card_unless_it_is_called_one() -> None:
    assert "[card]" not in redacted("4111 1111 1111 1112")
    assert redacted("card 4111 1111 1111 1112") == "card [card]"


def test_numbers_never_issued_as_social_security_need_the_words() -> None:
    assert "[ssn]" not in redacted("000-12-3456")
    assert redacted("social security 000-12-3456") == "social security [ssn]"


def test_a_toll_free_number_is_a_business_unless_it_is_ones_own() -> None:
    assert redacted("they said to call 1-800-555-0199") == "they said to call 1-800-555-0199"
    assert redacted("my number is 1-800-555-0199") == "my number is [phone]"


def test_numbers_in_words_are_read_in_the_language_of_the_text() -> None:
    spoken = "tres cero nueve cinco cinco cinco cero uno ocho ocho"
    assert redacted(spoken, "es") == "[phone]"
    assert redacted(spoken, "en") == spoken


def test_of_overlapping_spans_the_one_that_tells_more_is_kept_and_nothing_is_uncovered() -> None:
    text = "4111111111111111 Main"
    found = [Span(0, 21, Kind.ADDRESS), Span(0, 16, Kind.CARD)]
    assert settled(text, found) == (Span(0, 16, Kind.CARD), Span(17, 21, Kind.ADDRESS))


def test_spans_of_a_long_text_stand_where_they_were_written() -> None:
    text = "word " * 1500 + "      mrn      00482913 " + "word " * 900
    spans = settled(text, in_parts(text, lambda part: by_pattern(part, "en")))
    assert [text[span.start : span.end] for span in spans] == ["00482913"]


@pytest.mark.parametrize(
    "piece", ["a", "1 ", " ", "calle ", "a@a.", "+1", "password is ", "my dad A "]
)
def test_whatever_is_pasted_takes_time_with_its_length_only(piece: str) -> None:
    def seconds(length: int) -> float:
        started = time.thread_time()
        redacted("calle " + piece * (length // len(piece)))
        return time.thread_time() - started

    seconds(2000)
    assert seconds(40_000) < 40 * max(seconds(4000), 0.05)
