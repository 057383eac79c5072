"""Snippets are in both languages, easy to read, and never hide what they lack."""

from __future__ import annotations

import pytest

from bot.handoff.cases import Agent
from bot.handoff.mentions import named_in
from bot.handoff.snippets import FILE, PLACE, Snippet, fill, load, places
from bot.knowledge.markdown import blocks, outside_subset
from bot.knowledge.profile import load as load_profile
from bot.knowledge.readability import flesch_kincaid
from tests.starter import DATA

SNIPPETS = load(DATA / FILE).snippets


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    assert len(SNIPPETS) >= 25
    assert len({one.id for one in SNIPPETS}) == len(SNIPPETS)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda one: one.id)
def test_a_snippet_is_plain_light_markdown_with_the_same_places_in_both_languages(
    snippet: Snippet,
) -> None:
    assert flesch_kincaid(snippet.en) <= 6
    assert sorted(PLACE.findall(snippet.en)) == sorted(PLACE.findall(snippet.es))
    assert outside_subset(snippet.en) == outside_subset(snippet.es) == []
    assert not places(PLACE.sub("", snippet.en + snippet.es))


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_demo_clinic_fills_every_place_of_its_own(language: str) -> None:
    clinic = load_profile(DATA / "clinic.toml")
    keys = {
        match["key"]
        for one in SNIPPETS
        for match in PLACE.finditer(one.text(language))
        if match["kind"] == "clinic"
    }
    assert keys
    assert [key for key in keys if not clinic.display(key, language)] == []


def test_what_is_known_is_filled_in_and_the_rest_is_named_once() -> None:
    text = "{{ agent.name }}: {{packet.date}} or {{ packet.date }} at {{ clinic.name }}"
    filled = fill(text, lambda kind, key: "Ana" if kind == "agent" else None)
    assert filled.text == "Ana: {{packet.date}} or {{ packet.date }} at {{ clinic.name }}"
    assert filled.missing == ("packet.date", "clinic.name")


def test_a_place_that_nothing_fills_is_found_and_plain_braces_are_not() -> None:
    assert list(places("On {{ packet.date }}")) == ["{{ packet.date }}"]
    assert not places("{not a place}")


def test_lines_of_an_agent_end_where_they_were_typed_and_an_articles_do_not() -> None:
    kinds = [piece["type"] for piece in blocks("one\ntwo", breaks=True)[0]["children"]]
    assert kinds == ["text", "break", "text"]
    assert [piece["type"] for piece in blocks("one\ntwo")[0]["children"]] == ["text"]
    (listed,) = blocks("- one\n- two", breaks=True)
    assert len(listed["items"]) == 2


BEN, BENNY, OTHER_BEN = Agent("1", "Ben Ray"), Agent("2", "Ben Ray Diaz"), Agent("3", "Ben Ray")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("@Ben Ray please", ["1", "3"]),
        ("please, @ben ray diaz!", ["2"]),
        ("@Ben Ray and @Ben Ray Diaz", ["1", "3", "2"]),
        ("mail ben@Ben Ray", []),
        ("@Ben Raymond", []),
        ("Ben Ray", []),
    ],
)
def test_a_note_names_whoever_stands_after_the_sign(words: str, named: list[str]) -> None:
    assert [one.id for one in named_in(words, [BEN, BENNY, OTHER_BEN])] == named
