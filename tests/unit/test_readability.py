"""Reading level: easy text scores easy, hard text scores hard, markup does not count."""

from __future__ import annotations

import pytest

from bot.knowledge import readability

EASY = "The cat sat on the mat. It was a big cat. It had a red hat."
HARD = (
    "Notwithstanding the aforementioned contractual obligations, participating organizations "
    "retain discretionary authority regarding reimbursement determinations."
)
FACIL = "El gato come pan. La niña ve el sol. Mi casa es azul."
DIFICIL = (
    "Sin perjuicio de las obligaciones contractuales anteriormente mencionadas, las "
    "organizaciones participantes conservan la autoridad discrecional correspondiente."
)


def test_english_is_graded() -> None:
    assert readability.flesch_kincaid(EASY) < 2
    assert readability.flesch_kincaid(HARD) > 16


def test_spanish_is_graded() -> None:
    assert readability.inflesz(FACIL) > 80
    assert readability.inflesz(DIFICIL) < 40


def test_markup_and_placeholders_do_not_count() -> None:
    marked = "**Call** us at [{{ clinic.phone }}](tel:{{ clinic.phone }})."
    assert readability.plain(marked) == "Call us at X."


def test_a_list_item_is_a_sentence() -> None:
    assert readability.sentences(readability.plain("Bring:\n\n- a card\n- a photo ID")) == [
        "Bring:",
        "a card",
        "a photo ID",
    ]


def test_decimal_points_do_not_end_a_sentence() -> None:
    assert len(readability.sentences("It costs $12.50 today. Pay at HealthCare.gov now.")) == 2


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="words"):
        readability.flesch_kincaid("---")
