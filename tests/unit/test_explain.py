"""`careline ask --why`: what it prints of a question, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from bot.assistant.turn import Guess
from bot.cli import main
from bot.evaluation import explain_tables
from bot.evaluation.explain import Explained
from bot.knowledge.standing import Bar
from bot.language.entities import Entity
from bot.language.identify import read
from bot.safety.reasons import reasons
from bot.safety.second import second_opinion
from tests.unit.test_knowledge_why import COPAY, why

END: dict[str, Any] = {"outcome": "answer", "article": "copay", "handoff": None}


def explained(question: str = COPAY, slug: str | None = None, **changes: Any) -> Explained:
    found = Explained(
        question=question,
        language=read(question),
        safety=reasons(question),
        guesses=(Guess("ask_coverage", 0.9), Guess("ask_billing", 0.08)),
        entities=(Entity("payer", "Aetna", "aetna", 0, 5),),
        why=why(question, slug),
        end=END,
    )
    return replace(found, **changes)


def shown(found: Explained) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        for part in explain_tables.of(found):
            console.print(part)
    return captured.get()


def asked(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["ask", *words])
    return result.exit_code, result.output


def test_everything_that_was_made_of_a_question_is_printed() -> None:
    found = explained()
    output = shown(found)

    for said in ("en: by its words", "ask_coverage 0.90", "payer Aetna", "answer; copay"):
        assert said in output
    for one in found.why.best:
        assert one.slug in output
        for piece in one.pieces:
            assert f"{piece.measured:.2f} ({piece.points:+.2f})" in output


def test_every_verdict_is_printed_with_its_cost_and_the_one_taken_is_marked() -> None:
    found = explained()
    lines = shown(found).splitlines()

    for verdict, cost in found.why.costs.items():
        mark = "*" if verdict == found.why.verdict else " "
        assert any(f" {verdict}{mark}" in line and f"{cost:.2f}" in line for line in lines)


def test_a_lone_article_cannot_be_clarified() -> None:
    found = explained()
    alone = replace(found.why, costs={"answer": 0.1, "no_answer": 3.0})

    assert "one choice only" in shown(replace(found, why=alone))


def test_an_article_that_lost_stands_beside_the_winner() -> None:
    found = explained(slug="portal")
    assert found.why.article is not None
    output = shown(found)
    difference = found.why.article.score - found.why.best[0].score

    assert f"place {found.why.article.place}" in output
    assert f"{difference:+.2f}" in output
    assert "most of the difference" in output


def test_what_spoke_for_a_loser_is_not_named_as_the_reason_of_its_loss() -> None:
    found = explained(slug="portal")
    lost, first = found.why.article, found.why.best[0]
    assert lost is not None
    ahead = replace(lost.pieces[0], points=lost.pieces[0].points + 100)
    behind = replace(lost.pieces[2], points=first.pieces[2].points - 90)
    pieces = (ahead, lost.pieces[1], behind, *lost.pieces[3:])
    told = replace(lost, pieces=pieces, score=first.score - 1)

    output = shown(replace(found, why=replace(found.why, article=told)))

    assert "most of the difference: letters" in output


def test_the_winner_stands_beside_the_second() -> None:
    found = explained(slug="copay")
    difference = found.why.best[0].score - found.why.best[1].score

    assert f"{difference:+.2f}" in shown(found)


def test_an_article_that_may_not_be_served_says_so() -> None:
    found = explained(slug="portal")
    assert found.why.article is not None
    barred = replace(found.why.article, served=False, bars=(Bar("expired", "es"),))

    assert "es: has expired" in shown(replace(found, why=replace(found.why, article=barred)))


def test_brackets_in_a_question_are_printed_as_they_are() -> None:
    assert "what is a copay [bold]" in shown(explained("what is a copay [bold]"))


def test_danger_shows_its_pattern_and_that_the_classifier_was_not_asked() -> None:
    output = shown(explained("I can't breathe"))

    assert "full saf." in output
    assert "pattern: full" in output
    assert "safety came first" in output


def test_a_harmless_question_shows_no_pattern() -> None:
    assert "pattern:" not in shown(explained())


def test_a_second_opinion_needs_more_than_a_word_or_two() -> None:
    assert reasons("hours?").opinion is None
    found = reasons("what does the plan pay for a checkup")
    assert found.opinion is not None
    assert found.opinion.tier is None


def test_the_opinion_that_is_shown_is_the_one_the_gate_decided_on() -> None:
    text = "my dad died last year, how do I close his account"
    found, whole = reasons(text), second_opinion(text)
    assert found.read != text
    assert found.opinion == whole, "the lesser danger: not that of the words that are left"


def test_the_same_is_there_for_a_machine() -> None:
    data = json.loads(json.dumps(explained(slug="portal").as_json()))

    assert data["safety"]["assessment"]["tier"] == "none"
    assert data["why"]["best"][0]["slug"] == "copay"
    assert data["why"]["article"]["pieces"][0]["name"] == "nearest"


def test_an_unknown_article_is_refused_before_anything_is_loaded() -> None:
    status, output = asked("--why", COPAY, "--article", "copays")

    assert status == 1
    assert "no article is called copays" in output
    assert "Did you mean: copay" in output


@pytest.mark.parametrize(
    "words", [(COPAY, "--article", "copay"), ("--why",), ("--why", "--language", "fr", COPAY)]
)
def test_options_that_do_not_go_together_are_refused(words: tuple[str, ...]) -> None:
    assert asked(*words)[0] == 2
