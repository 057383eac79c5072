"""Each measure on outcomes made by hand: what counts, what does not, what it is not about."""

from __future__ import annotations

from typing import Any

import pytest

from bot.evaluation import results
from bot.evaluation.ends import Ended
from bot.evaluation.measures import MEASURES, Measure, find
from bot.evaluation.results import Measured
from bot.evaluation.sets import Row, Turn
from bot.intervals import Share
from bot.knowledge.topics import Topics

TOPICS = Topics.model_validate(
    {
        "a.one": {"ends": "article", "en": "One", "es": "Uno"},
        "a.two": {"ends": "article", "en": "Two", "es": "Dos"},
        "a.then": {"ends": "article", "person": True, "en": "Then", "es": "Luego"},
        "a.human": {"ends": "person", "by": "x", "en": "Human", "es": "Persona"},
        "a.hello": {"ends": "reply", "by": "x", "en": "Hello", "es": "Hola"},
        "a.nurse": {"ends": "clinical", "by": "x", "en": "Nurse", "es": "Enfermera"},
        "a.danger": {"ends": "safety", "by": "x", "en": "Danger", "es": "Peligro"},
    }
)


def line(outcome: str = "no_answer", **values: Any) -> dict[str, Any]:
    ended: dict[str, Any] = {
        "safety": {"tier": "none", "category": None},
        "article": None,
        "topics": [],
        "options": [],
        "handoff": None,
        "locale": "en",
    }
    return {"outcome": outcome, **ended, **values}


def article(*topics: str, **values: Any) -> dict[str, Any]:
    return line("answer", article="slug", topics=list(topics), **values)


def offered(*options: str) -> dict[str, Any]:
    return line("clarify", options=[[one] for one in options])


def person(reason: str, **values: Any) -> dict[str, Any]:
    return line(**{"outcome": "handoff", "handoff": {"reason": reason}, **values})


CLINICAL = person("clinical", outcome="clinical")
FULL = person("emergency", outcome="safety", safety={"tier": "full", "category": "saf.x"})
SOFT = line("no_answer", safety={"tier": "soft", "category": "saf.x"})
SEEN_LATE = person("emergency")


def ended(
    reported: dict[str, Any],
    *topics: str,
    name: str = "questions",
    kind: str = "plain",
    expect: str | None = None,
    fixed: tuple[str, ...] = (),
    **values: Any,
) -> Ended:
    turn = Turn("text", topics, expect)
    fields = {"language": "en", **values}
    return Ended(Row(name, "1", turns=(turn,), kind=kind, **fields), turn, reported, fixed, TOPICS)


def of(reported: dict[str, Any], name: str, kind: str = "", **values: Any) -> Ended:
    return ended(reported, name=name, kind=kind, **values)


CASES: dict[str, list[tuple[Ended, bool | None]]] = {
    "topic_right": [
        (ended(article("a.one"), "a.one"), True),
        (ended(article("a.one", "a.two"), "a.two", "a.then", kind="several"), True),
        (ended(article("a.one", handoff={"reason": "account"}), "a.one"), True),
        (ended(article("a.one"), "a.two"), False),
        (ended(offered("a.one"), "a.one"), None),
        (ended(FULL, "a.one"), None),
        (ended(article("a.one"), kind="near_miss"), None),
    ],
    "answered_right": [
        (ended(article("a.one"), "a.one"), True),
        (ended(article("a.two"), "a.one"), False),
        (ended(offered("a.one"), "a.one"), False),
        (ended(person("account"), "a.then"), False),
        (ended(line(), "a.human"), None),
        (ended(article("a.one"), "a.one", kind="out_of_scope"), None),
    ],
    "reached": [
        (ended(article("a.one"), "a.one"), True),
        (ended(offered("a.two", "a.one"), "a.one"), True),
        (ended(offered("a.two", "a.then"), "a.one"), False),
        (ended(line(), "a.one"), False),
        (ended(line(), "a.hello"), None),
    ],
    "topic_first": [
        (ended(article("a.one"), "a.one"), True),
        (ended(offered("a.one", "a.two"), "a.one"), True),
        (ended(offered("a.two", "a.one"), "a.one"), False),
        (ended(line(), "a.one"), False),
        (ended(line(), "a.human"), None),
    ],
    "answered_anyway": [
        (ended(article("a.one"), kind="near_miss"), True),
        (ended(article("a.one"), "a.one", kind="out_of_scope"), True),
        (ended(offered("a.one", "a.two"), kind="near_miss"), False),
        (ended(FULL, kind="near_miss"), False),
        (ended(article("a.one"), "a.one"), None),
    ],
    "answered_near_miss": [
        (ended(article("a.one"), kind="near_miss"), True),
        (ended(line(), kind="near_miss"), False),
        (ended(article("a.one"), kind="out_of_scope"), None),
    ],
    "answered_out_of_scope": [
        (ended(article("a.one"), kind="out_of_scope"), True),
        (ended(line("decline"), kind="out_of_scope"), False),
        (ended(article("a.one"), kind="near_miss"), None),
    ],
    "needless_person": [
        (ended(person("asked"), "a.one"), True),
        (ended(article("a.two", handoff={"reason": "account"}), "a.one"), True),
        (ended(person("missing_fact", topics=["a.two"]), "a.one"), True),
        (ended(person("missing_fact", topics=["a.one"]), "a.one"), False),
        (ended(person("account"), "a.then"), False),
        (ended(person("asked"), "a.human"), False),
        (ended(CLINICAL, "a.one"), False),
        (ended(FULL, "a.one"), False),
        (ended(article("a.one"), "a.one"), False),
        (ended(person("asked"), kind="near_miss"), None),
    ],
    "needless_soft": [
        (ended(SOFT, "a.one"), True),
        (ended(SOFT, "a.danger"), False),
        (ended(FULL, "a.one"), False),
        (ended(SOFT, kind="near_miss"), None),
    ],
    "needless_clinical": [
        (ended(CLINICAL, "a.one"), True),
        (ended(CLINICAL, "a.nurse"), False),
        (ended(person("asked"), "a.one"), False),
        (ended(CLINICAL, kind="near_miss"), None),
    ],
    "direct_missed": [
        (of(line(), "safety_direct", "full"), True),
        (of(SOFT, "safety_direct", "full"), True),
        (of(SEEN_LATE, "safety_direct", "full"), True),
        (of(FULL, "safety_direct", "full"), False),
        (of(SOFT, "safety_direct", "graded"), False),
        (of(line(), "safety_direct", "graded"), True),
        (of(line(), "safety_direct", "none"), None),
        (of(line(), "safety_indirect", "full"), None),
    ],
    "indirect_missed": [
        (of(line(), "safety_indirect", "full", part="fresh"), True),
        (of(FULL, "safety_indirect", "full", part="held_out"), False),
        (of(line(), "safety_indirect", "full", part="dev"), None),
        (of(line(), "safety_direct", "full"), None),
    ],
    "indirect_silent": [
        (of(line(), "safety_indirect", "full", part="fresh"), True),
        (of(SOFT, "safety_indirect", "full", part="fresh"), False),
        (of(CLINICAL, "safety_indirect", "full", part="fresh"), False),
        (of(FULL, "safety_indirect", "full", part="fresh"), False),
        (of(line(), "safety_indirect", "full", part="dev"), None),
    ],
    "lookalike_interrupted": [
        (of(FULL, "lookalikes"), True),
        (of(SEEN_LATE, "lookalikes"), True),
        (of(SOFT, "lookalikes"), False),
        (of(FULL, "safety_direct", "none"), True),
        (of(line(), "safety_indirect", "none", part="fresh"), False),
        (of(FULL, "safety_indirect", "none", part="dev"), None),
        (of(FULL, "safety_direct", "full"), None),
    ],
    "ordinary_interrupted": [
        (ended(FULL, "a.one"), True),
        (ended(FULL, kind="near_miss"), True),
        (ended(FULL, "a.danger"), False),
        (ended(SOFT, "a.one"), False),
        (of(FULL, "lookalikes"), None),
    ],
    "clinical_routed": [
        (of(CLINICAL, "clinical"), True),
        (of(FULL, "clinical"), True),
        (of(person("asked"), "clinical"), False),
        (of(article("a.one", handoff={"reason": "clinical"}), "clinical"), False),
        (ended(CLINICAL, "a.nurse"), None),
    ],
    "clinical_answered": [
        (of(article("a.one"), "clinical"), True),
        (of(article("a.one", handoff={"reason": "clinical"}), "clinical"), True),
        (of(offered("a.one"), "clinical"), False),
        (of(CLINICAL, "clinical"), False),
        (ended(article("a.one"), "a.one"), None),
    ],
    "ambiguous_clarified": [
        (ended(offered("a.two", "a.one"), "a.one", name="ambiguous", kind=""), True),
        (ended(offered("a.two"), "a.one", name="ambiguous", kind=""), False),
        (ended(article("a.one"), "a.one", name="ambiguous", kind=""), False),
        (ended(offered("a.one"), "a.one"), None),
    ],
    "handed_over": [
        (of(person("complaint"), "handoff", reason="asked"), True),
        (of(article("a.then", handoff={"reason": "account"}), "handoff", reason="asked"), True),
        (of(article("a.one"), "handoff", reason="asked"), False),
        (ended(person("asked"), "a.human"), None),
    ],
    "handoff_reason": [
        (of(person("asked"), "handoff", reason="asked"), True),
        (of(person("complaint"), "handoff", reason="asked"), False),
        (of(line(), "handoff", reason="asked"), None),
    ],
    "conversation_turns": [
        (ended(person("asked"), name="conversations", kind="", expect="handoff"), True),
        (ended(line(), name="conversations", kind="", expect="handoff"), False),
        (ended(article("a.one"), "a.one", name="conversations", kind=""), True),
        (ended(offered("a.one"), "a.one", name="conversations", kind=""), True),
        (ended(article("a.two"), "a.one", name="conversations", kind=""), False),
        (ended(line(), name="conversations", kind=""), None),
        (ended(article("a.one"), "a.one"), None),
    ],
    "reply_language": [
        (ended(article("a.one"), "a.one"), True),
        (ended(article("a.one"), "a.one", language="es"), False),
        (of(line(), "clinical", language="es"), None),
    ],
}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda one: one.name)
def test_a_measure_counts_what_its_definition_says(measure: Measure) -> None:
    cases = CASES[measure.name]

    assert [measure.judge(one) for one, _ in cases] == [expected for _, expected in cases]
    assert {True, False} <= {expected for _, expected in cases}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda one: one.name)
def test_every_measure_is_defined_in_words(measure: Measure) -> None:
    assert measure.definition.endswith(".")


def test_a_turn_about_a_subject_without_an_article_ends_as_the_map_says() -> None:
    assert ended(person("asked"), "a.human").as_expected
    assert ended(line("chitchat"), "a.hello").as_expected
    assert ended(CLINICAL, "a.nurse").as_expected
    assert not ended(article("a.one"), "a.hello").as_expected


@pytest.mark.parametrize(
    ("expect", "fits", "fails"),
    [
        ("safety", FULL, SOFT),
        ("clinical", CLINICAL, person("asked")),
        ("clarify", offered("a.one"), article("a.one")),
        ("courtesy", line("chitchat"), line("no_answer")),
    ],
)
def test_a_turn_of_a_conversation_ends_as_it_says(
    expect: str, fits: dict[str, Any], fails: dict[str, Any]
) -> None:
    assert ended(fits, expect=expect).as_expected
    assert not ended(fails, expect=expect).as_expected


def test_an_apology_is_known_by_the_text_that_was_said() -> None:
    assert ended(article("a.one"), expect="apology", fixed=("assistant.sorry_wrong",)).as_expected
    assert not ended(article("a.one"), expect="apology", fixed=("assistant.greet",)).as_expected


def test_a_choice_that_is_asked_for_has_to_hold_the_topic_where_one_is_named() -> None:
    assert ended(offered("a.one"), "a.one", expect="clarify").as_expected
    assert not ended(offered("a.two"), "a.one", expect="clarify").as_expected


def measured(name: str, every: list[Ended], *present: str) -> Measured:
    found = results.measure(every, present or ("questions",))
    return next(one for one in found if one.name == name)


def test_a_value_is_the_share_among_those_the_measure_is_about() -> None:
    every = [
        ended(article("a.one"), "a.one"),
        ended(article("a.two"), "a.one", language="es"),
        ended(offered("a.one"), "a.one"),
    ]
    found = measured("topic_right", every)

    assert found.share == Share(1, 2)
    assert found.languages == (("en", Share(1, 1)), ("es", Share(0, 1)))


def test_a_measure_without_its_set_is_missing() -> None:
    found = measured("clinical_routed", [])

    assert (found.value, found.missing) == (None, ("clinical",))


def test_spanish_is_compared_with_english() -> None:
    english = [ended(article("a.one"), "a.one")] * 4
    spanish = [ended(article(topic), "a.one", language="es") for topic in ("a.one", "a.two")]

    behind = measured(results.SPANISH_BEHIND, english + spanish)
    assert behind.value == 0.5
    assert behind.at_most
    assert measured(results.SPANISH_BEHIND, english).value is None


def test_misses_are_what_speaks_against_the_product() -> None:
    right, wrong = ended(article("a.one"), "a.one"), ended(article("a.two"), "a.one")
    needless = ended(person("asked"), "a.one")
    good, bad = find("topic_right"), find("needless_person")

    assert good and good.misses([right, wrong, needless]) == [wrong]
    assert bad and bad.misses([right, wrong, needless]) == [needless]
    assert find("nothing") is None
