"""What patients meant to type, and what must stay as they typed it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.correction import LANGUAGES, Corrector

ARTICLES = (
    ("en", "What is a copay? Your deductible is what you pay before Ambetter pays."),
    ("es", "Su copago es lo que paga en cada visita. " * 20),
)


@pytest.fixture(scope="module")
def corrector() -> Corrector:
    return Corrector(ARTICLES)


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("en", "what is my insurence", "what is my insurance"),
        ("en", "my dedutible", "my deductible"),
        ("en", "cancel my apointment", "cancel my appointment"),
        ("en", "Can i chnage it", "can i change it"),
        ("es", "una resonanzia", "una resonancia"),
        ("es", "mi copgo", "mi copago"),
    ],
)
def test_a_slip_becomes_the_word_that_was_meant(
    corrector: Corrector, language: str, typed: str, meant: str
) -> None:
    assert corrector.corrected(typed, language) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("la direccion", "la dirección"), ("el medico", "el médico"), ("cuanto es", "cuanto es")],
)
def test_accents_that_phones_leave_out_are_put_back_where_the_word_has_them(
    corrector: Corrector, typed: str, meant: str
) -> None:
    assert corrector.corrected(typed, "es") == meant


def test_accents_that_were_typed_are_never_taken_away(corrector: Corrector) -> None:
    assert corrector.corrected("¿cómo pagó?", "es") == "¿cómo pagó?"


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("en", "appt tmrw", "appointment tomorrow"),
        ("es", "xq el bil", "porque el factura"),
    ],
)
def test_short_forms_of_chats_are_written_out(
    corrector: Corrector, language: str, typed: str, meant: str
) -> None:
    assert corrector.corrected(typed, language) == meant


@pytest.mark.parametrize("text", ["my mole hurts", "wash the car", "hers and mine", "on hold"])
def test_a_real_word_stays_though_another_is_more_common(corrector: Corrector, text: str) -> None:
    assert corrector.corrected(text, "en") == text


def test_a_word_of_the_searched_texts_is_no_slip() -> None:
    assert Corrector(ARTICLES).corrected("do you take ambetter", "en") == "do you take ambetter"
    assert Corrector().corrected("zambetter", "en") == "zambetter"


def test_a_word_of_the_other_language_stays(corrector: Corrector) -> None:
    assert corrector.corrected("quiero el appointment center", "es").endswith("center")
    assert corrector.corrected("necesito the referral", "en").startswith("necesito")


@pytest.mark.parametrize("text", ["Ich möchte einen Termin", "ITA"])
def test_a_language_without_known_words_is_left_alone(corrector: Corrector, text: str) -> None:
    assert corrector.corrected(text, "de") == text


def test_numbers_marks_and_short_words_stay(corrector: Corrector) -> None:
    text = "$340.50 on 3/14, a ct at 7?"
    assert corrector.corrected(text, "en") == text


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_any_text_can_be_corrected_and_no_word_gets_lost(text: str, language: str) -> None:
    corrected = Corrector(ARTICLES).corrected(text, language)
    assert len(corrected.split()) >= len(text.split())


def test_of_a_very_long_text_the_beginning_is_corrected(corrector: Corrector) -> None:
    words = corrector.corrected("insurence " * 500, "en").split()
    assert words[0] == "insurance"
    assert words[-1] == "insurence"


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.language.correction.MOST_KEPT", 3)
    corrector = Corrector()
    corrector.corrected("many words that nobody wrote before", "en")
    assert len(corrector._meant) <= 3


@given(
    st.lists(st.sampled_from(["copago", "copay", "deductibel", "dedutible", "facturra", "clame"])),
    st.sampled_from(LANGUAGES),
    st.lists(st.sampled_from(["copagos", "deductibel", "factura", "claim", "frobnicate"])),
)
def test_after_an_edit_words_are_meant_as_in_a_corrector_made_anew(
    looked_up: list[str], language: str, come: list[str]
) -> None:
    corrector = Corrector(ARTICLES)
    text = " ".join(looked_up)
    corrector.corrected(text, language)
    new = [(language, " ".join(come * 20))]
    edited, fresh = corrector.changed([], new), Corrector([*ARTICLES, *new])
    assert edited.corrected(text, language) == fresh.corrected(text, language)


def test_after_an_edit_only_what_is_near_to_its_words_is_looked_up_again() -> None:
    corrector = Corrector(ARTICLES)
    corrector.corrected("insurence deductibel", "en")
    kept = corrector.changed([], [("en", "deductible")])._meant
    assert set(kept) == {("insurence", "en")}
