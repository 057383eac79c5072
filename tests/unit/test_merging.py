"""Two people at one text: what each did stays, and what both did is for a person to choose."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.merging import merge, pieces

BASE: dict[str, Any] = {
    "title": "What an EOB is",
    "lead": "An EOB is a letter. It is not a bill.",
    "more": "Keep it.\n\n- Compare it\n- Call us",
    "variants": ["what is an eob", "eob meaning"],
    "golden": [],
    "sources": [{"title": "CMS", "url": "https://cms.gov"}],
    "verified_on": "2026-11-01",
    "expires_on": None,
}


def merged(theirs: dict[str, Any], mine: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["field"]: one for one in merge(BASE, {**BASE, **theirs}, {**BASE, **mine})}


def joined(field: dict[str, Any], choose: str = "mine") -> str:
    return "".join(part.get("text", part.get(choose)) for part in field["parts"])


def test_nothing_is_shown_where_nobody_changed_anything() -> None:
    assert merge(BASE, dict(BASE), dict(BASE)) == []


def test_different_sentences_of_one_text_come_together() -> None:
    found = merged(
        {"lead": "An EOB is a letter from your plan. It is not a bill."},
        {"lead": "An EOB is a letter. It is never a bill."},
    )
    assert not found["lead"]["conflict"]
    assert found["lead"]["by"] == ["theirs", "mine"]
    assert joined(found["lead"]) == "An EOB is a letter from your plan. It is never a bill."


def test_the_same_sentence_changed_twice_keeps_both_and_what_stood_there() -> None:
    found = merged({"lead": "A letter. It is not a bill."}, {"lead": "A form. It is not a bill."})
    (part,) = [one for one in found["lead"]["parts"] if one["kind"] == "conflict"]
    assert (part["base"], part["theirs"], part["mine"]) == (
        "An EOB is a letter.",
        "A letter.",
        "A form.",
    )
    assert joined(found["lead"], "theirs") == "A letter. It is not a bill."


def test_a_line_one_took_out_and_a_line_another_added_both_count() -> None:
    found = merged({"more": "Keep it.\n\n- Call us"}, {"more": f"{BASE['more']}\n- Ask for help"})
    assert joined(found["more"]) == "Keep it.\n\n- Call us\n- Ask for help"


def test_lists_are_merged_as_sets_and_say_who_did_what() -> None:
    found = merged(
        {"variants": ["what is an eob", "eob meaning", "que es eob"]},
        {"variants": ["what is an eob", "explain my eob"]},
    )["variants"]
    assert found["merged"] == ["what is an eob", "explain my eob", "que es eob"]
    assert found["removed"] == {"theirs": [], "mine": ["eob meaning"]}
    assert not found["conflict"]


@pytest.mark.parametrize(
    ("theirs", "mine", "result", "conflict"),
    [
        ("2026-11-20", "2026-11-01", "2026-11-20", False),
        ("2026-11-01", "2026-11-21", "2026-11-21", False),
        ("2026-11-20", "2026-11-20", "2026-11-20", False),
        ("2026-11-20", "2026-11-21", "2026-11-21", True),
    ],
)
def test_a_date_is_a_conflict_only_when_both_set_another(
    theirs: str, mine: str, result: str, conflict: bool
) -> None:
    found = merged({"verified_on": theirs}, {"verified_on": mine})["verified_on"]
    assert (found["merged"], found["conflict"]) == (result, conflict)


texts = st.text(alphabet="ab. !\n*", max_size=40)


@given(texts)
def test_the_pieces_of_a_text_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


@given(texts, texts, texts)
def test_every_piece_that_somebody_typed_can_still_be_chosen(
    base: str, theirs: str, mine: str
) -> None:
    found = merge({"lead": base}, {"lead": theirs}, {"lead": mine})
    shown = "".join(
        str(part.get(name, "")) for one in found for part in one["parts"] for name in part
    )
    for side in (theirs, mine):
        new = [one for one in pieces(side) if one not in pieces(base)]
        assert all(one in shown for one in new)
