"""Facts go into their places, and nothing ever leaves a hole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.render import MissingClinicFact, malformed, placeholders, render, sentences


class Facts:
    """Knows a phone and one figure; everything named `old` has expired."""

    def clinic(self, key: str) -> str | None:
        return {"phone": "217-555-0142", "hours": "- one\n- two"}.get(key)

    def figure(self, key: str) -> str | None:
        return None if key.startswith("old") else "$5"

    def lookup(self, key: str) -> str | None:
        return "Yes, we do." if key == "plan" else None


FACTS = Facts()


def test_a_stated_fact_stands_in_its_place() -> None:
    assert render("Call {{ clinic.phone }} today.", FACTS) == "Call 217-555-0142 today."


def test_a_missing_clinic_fact_stops_the_text_and_names_the_fact() -> None:
    with pytest.raises(MissingClinicFact) as missing:
        render("Fax us at {{ clinic.fax }}.", FACTS)

    assert missing.value.key == "fax"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("First. In 2026 it is {{ fact.old }}. Last.", "First. Last."),
        ("Primero. En 2026 es {{ fact.old }}. ¿Y después? Último.", "Primero. ¿Y después? Último."),
        ("It is {{ fact.old }}.", ""),
        ("**Note.** It is {{ fact.old }}. **Next** one.", "**Note.** **Next** one."),
        ("It costs $1.50 at 5 p. m. on {{ fact.old }}. Rest.", "Rest."),
        (
            "{{ lookup.nothing }} Here are our hours:\n\n{{ clinic.hours }}",
            "Here are our hours:\n\n- one\n- two",
        ),
    ],
)
def test_an_expired_figure_takes_its_sentence_away_and_no_other(text: str, left: str) -> None:
    assert render(text, FACTS) == left


def test_a_figure_in_force_keeps_its_sentence() -> None:
    assert render("In 2026 it is {{ fact.new }}. Last.", FACTS) == "In 2026 it is $5. Last."


def test_marks_that_span_sentences_leave_together() -> None:
    assert render("**Long ago. It was {{ fact.old }}.** Now.", FACTS) == "Now."


def test_an_emptied_list_item_goes_and_the_others_stay() -> None:
    text = "Caps:\n\n- {{ fact.old }} alone\n  - its child\n- {{ fact.new }} together"

    assert render(text, FACTS) == "Caps:\n\n- $5 together"


def test_the_line_that_announced_a_list_goes_with_its_last_item() -> None:
    text = "Intro. The caps are:\n\n- {{ fact.old }} one\n- {{ fact.old2 }} two\n\nRest."

    assert render(text, FACTS) == "Intro.\n\nRest."


def test_a_question_for_the_profile_is_answered_in_its_place() -> None:
    assert render("{{ lookup.plan }} Bring your card.", FACTS) == "Yes, we do. Bring your card."


def test_abbreviations_do_not_end_a_sentence() -> None:
    assert sentences("See Dr. Lee at 5 p. m. Monday. Then rest.") == [
        "See Dr. Lee at 5 p. m. Monday.",
        "Then rest.",
    ]


def test_braces_that_name_no_fact_are_found() -> None:
    text = "{{ clinic.phone }} {{ phone }} {{clinic.fax}} {{ other.x }}"

    assert malformed(text) == ["{{ phone }}", "{{ other.x }}"]
    assert placeholders(text) == [("clinic", "phone"), ("clinic", "fax")]


PIECES = st.sampled_from(
    [
        *("{{ clinic.phone }}", "{{ clinic.fax }}", "{{ fact.old }}", "{{ fact.new }}"),
        *("{{ lookup.plan }}", "{{ lookup.nothing }}", "{{ wrong }}", "{{clinic.", "}}", "{{"),
        *("Words. ", "¿Más? ", "**bold** ", "(a. B) ", "[x](https://a.example) ", "\n", "\n\n"),
        *("- ", "  - ", "1. ", ": ", "A.", " "),
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_text_whatever_comes_out_with_an_open_place(text: str) -> None:
    try:
        shown = render(text, FACTS)
    except MissingClinicFact:
        return

    assert "{{" not in shown
    assert not re.search(r"(?:clinic|fact|lookup)\.[a-z]", shown) or "{{" not in text
