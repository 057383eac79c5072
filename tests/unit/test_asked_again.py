"""An agent is told when a draft asks for what the case already holds, and only then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.handoff.asked_again import Again, asked_again
from bot.handoff.held import Item, held

SET = Path(__file__).parents[1] / "evaluation" / "drafts.jsonl"
FOUND = 0.9
FALSE = 0.05


def drafts() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SET.read_text("utf-8").splitlines()]


def found_in(row: dict[str, Any]) -> set[str]:
    known = held(row["packet"], row["lines"], row["language"], lambda _: ())
    return {one.item.value for one in asked_again(row["draft"], known)}


def test_nine_in_ten_drafts_that_ask_again_are_found() -> None:
    asking = [row for row in drafts() if row["again"]]
    found = [row for row in asking if set(row["again"]) <= found_in(row)]
    assert len(asking) >= 30
    assert len(found) >= FOUND * len(asking)


def test_hardly_any_other_draft_is_warned_of() -> None:
    calm = [row for row in drafts() if not row["again"]]
    warned = [row["id"] for row in calm if found_in(row)]
    assert len(calm) >= 30
    assert len(warned) <= FALSE * len(calm), warned


def test_the_set_is_in_both_languages_and_about_many_things() -> None:
    rows = drafts()
    assert sum(row["language"] == "es" for row in rows) >= 0.4 * len(rows)
    assert len({item for row in rows for item in row["again"]}) >= 10


@pytest.mark.parametrize(
    "draft",
    [
        "What is your date of birth?",
        "Your date of birth, please?",
        "¿Me da su fecha de nacimiento?",
    ],
)
def test_only_what_is_held_is_asked_again(draft: str) -> None:
    known = {Item.BIRTH_DATE: "3/14/1981"}
    assert asked_again(draft, known) == [Again(Item.BIRTH_DATE, "3/14/1981")]
    assert asked_again(draft, {Item.PAYER: "Aetna"}) == []


@pytest.mark.parametrize(
    "draft",
    [
        "You told us that your plan is Aetna.",
        "You have Aetna, is that right?",
        "No necesita decirme su seguro.",
        "Is it Aetna that you have?",
    ],
)
def test_saying_or_checking_what_is_known_asks_for_nothing(draft: str) -> None:
    assert asked_again(draft, {Item.PAYER: "Aetna"}) == []


def test_one_draft_may_ask_for_two_things() -> None:
    known = {Item.NAME: "Rosa Fuentes", Item.BIRTH_DATE: "4/9/1975"}
    again = asked_again("¿Me da su nombre y su fecha de nacimiento?", known)
    assert [one.item for one in again] == [Item.NAME, Item.BIRTH_DATE]


def test_the_packet_and_the_patients_lines_are_both_read_the_latest_value_last() -> None:
    lines = ["my phone is 217-555-0188", "sorry, my phone is 217-555-0199. I have Aetna"]
    packet = {"question": "Do you take my plan?", "details": {"visit_type": "physical"}}
    known = held(packet, lines, "en", lambda line: [("payer", "Aetna")] if "Aetna" in line else [])
    assert known == {
        Item.PHONE: "217-555-0199",
        Item.PAYER: "Aetna",
        Item.VISIT_TYPE: "physical",
        Item.QUESTION: "Do you take my plan?",
    }


def test_an_empty_case_holds_nothing() -> None:
    assert held({}, ["thank you"], "en", lambda _: ()) == {}
