"""What the checks find is said in English and in Spanish, from the catalogue and from the traps."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain

import pytest

from bot import texts
from bot.knowledge import glossary, markdown
from bot.knowledge.checks.findings import PLACES, Both, Finding, quoting
from bot.knowledge.gate import key_of, loss_finding
from bot.knowledge.golden import Found, Golden, Reach, losses
from bot.knowledge.proposal import short_hash
from tests.unit.test_knowledge_checks import BASE_FAULTS, TEXT_FAULTS, base_findings, found

ENGLISH = re.compile(
    r"\b(?:the|is|are|of|and|not|that|has|have|with|it|to|for|say|add|write|this|your)\b", re.I
)
MORE_FAULTS = [
    *("# A heading", "![x](https://a.example/x.png)", "<b>x</b>", "`x`", "> x", "---"),
    *("[x](/y)", "we promise", "Part B starts on July 1."),
]


def catalogue(language: str) -> dict[str, str]:
    return {
        key.removeprefix("findings."): text
        for key, text in texts.catalogue(language).items()
        if key.startswith("findings.")
    }


@cache
def of_all_faults() -> tuple[Finding, ...]:
    """Everything that is found in the texts and the bases that the tests of the checks break."""
    by_text = (found(language, **changes) for _, language, _, changes in TEXT_FAULTS)
    by_markup = (found(lead=lead) for lead in MORE_FAULTS)
    by_base = (base_findings(broken()) for *_, broken in BASE_FAULTS)
    return tuple(dict.fromkeys(chain(*by_text, *by_markup, *by_base)))


def test_every_text_is_there_in_both_languages_with_its_remedy_and_takes_the_same_values() -> None:
    english, spanish = catalogue("en"), catalogue("es")
    ids = {key for key in english if not key.endswith("_remedy")}

    assert english.keys() == spanish.keys() == ids | {f"{key}_remedy" for key in ids}
    assert {key: texts.fields(text) for key, text in english.items()} == {
        key: texts.fields(text) for key, text in spanish.items()
    }


def test_no_spanish_text_has_english_words_in_it() -> None:
    # What stands in backquotes is typed as it is.
    own = {key: re.sub(r"`[^`]*`|\{\w+\}", "", text) for key, text in catalogue("es").items()}

    assert {key: text for key, text in own.items() if ENGLISH.search(text)} == {}


def test_every_trap_says_why_and_what_to_do_in_spanish() -> None:
    traps = glossary.standard().traps
    every = [*traps.stale.values(), *traps.promise.values(), *traps.informal.values()]

    said = [words for trap in every for words in (trap.why_es, trap.remedy_es)]
    assert said
    assert [words for words in said if ENGLISH.search(words)] == []


def test_what_the_checks_find_is_said_in_the_readers_language() -> None:
    places = re.compile("|".join(map(re.escape, PLACES.values())))
    assert {one.rule for one in of_all_faults()} >= {rule for rule, *_ in TEXT_FAULTS}
    for one in of_all_faults():
        english, spanish = one.said("en"), one.said("es")
        assert (one.message, one.remedy) == english
        for there, here in zip(english, spanish, strict=True):
            assert there != here
            quoted = [value for _, value in one.values if isinstance(value, str)]
            for value in sorted(quoted, key=len, reverse=True):
                here = here.replace(value, "")
            assert not re.search(r"[{}]", places.sub("", here)), one
            assert not ENGLISH.search(re.sub(r"`[^`]*`", "", here)), one


def test_every_kind_of_markup_has_a_text_for_articles_and_one_for_notices() -> None:
    outside = {kind for lead in MORE_FAULTS for kind, _ in markdown.outside_subset(lead)}

    assert outside == {"heading", "image", "html", "code", "quotation", "line", "link"}
    for kind in (*outside, "table"):
        assert f"markup_{kind}" in catalogue("es")
        assert f"notices.finding_outside_{kind}" in texts.catalogue("es")


def test_equal_findings_are_one_and_what_is_hashed_is_the_english_message() -> None:
    values = quoting(said="now", why=Both("Why.", "Por qué."), remedy=Both("Do.", "Haga."))
    one, same = (Finding("promise", "eob", "lead", "trap", values) for _ in range(2))

    assert list(dict.fromkeys([one, same])) == [one]
    assert key_of(one) == short_hash("promise", "eob", "lead", "“now”: Why.")


def test_a_finding_is_english_as_json_and_says_how_another_language_is_made_of_it() -> None:
    values = quoting(said="now", why=Both("Why.", "Por qué."), remedy=Both("Do.", "Haga."))

    assert Finding("promise", "eob", "lead", "trap", values).as_words() == {
        "message": "“now”: Why.",
        "remedy": "Do.",
        "text": "trap",
        "values": {
            "said": "now",
            "why": {"en": "Why.", "es": "Por qué."},
            "remedy": {"en": "Do.", "es": "Haga."},
        },
    }


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (Found(Reach.LOST, "copay"), "La pregunta de prueba «one» de eob encontraría copay."),
        (Found(Reach.LOST, None), "La pregunta de prueba «one» de eob no encontraría nada."),
        (Found(Reach.UNSURE, "eob"), "«one» de eob ya no se respondería de inmediato."),
    ],
)
def test_what_a_neighbour_would_lose_is_said_in_spanish(after: Found, told: str) -> None:
    one = Golden("eob", "en", "one")
    (lost,) = losses({one: Found(Reach.ANSWERED, "eob")}, {one: after})

    assert loss_finding(lost).said("es")[0] == told
