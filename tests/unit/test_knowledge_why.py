"""Why an article won or lost: the numbers of the decision itself, and the texts behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from bot.errors import Invalid, NotFound
from bot.knowledge.content import Content, Published
from bot.knowledge.costs import Costs
from bot.knowledge.decide import Desk, served
from bot.knowledge.index import build
from bot.knowledge.measuring import SHARED
from bot.knowledge.outcomes import Context
from bot.knowledge.plans import PlanNames
from bot.knowledge.ranking import LanguageRanker, Ranker, Thresholds
from bot.knowledge.standing import NAMES, Bar
from bot.knowledge.why import Why
from tests.starter import DATA, NOW, starter_content

FEW = ("accepts-medicaid", "copay", "eob", "hours", "no-show-policy", "payment-plan", "portal")
DAY = date(2026, 11, 21)
COSTS = Costs.read(DATA / "costs.toml")
COPAY = "what is a copay?"
# Sure by the share of the first article alone.
MODEL = LanguageRanker(
    article_weights=(3.0, 7.0, 7.0, 0.1, 0.5, 3.0),
    offset=(0.0,) * 15,
    scale=(1.0,) * 15,
    outcome_weights=((-1.0, *(0.0,) * 14), (0.0,) * 15, (1.0, *(0.0,) * 14)),
    outcome_bias=(0.0, 0.0, 0.0),
    thresholds=Thresholds(answer=0.7, clarify=0.4, option=0.05),
)


def few_articles() -> Content:
    content = starter_content()
    return replace(content, articles=tuple(a for a in content.articles if a.slug in FEW))


def desk_of(content: Content, *, unreviewed: bool = True) -> Desk:
    shown = served(content, DAY, unreviewed=unreviewed)
    ranker = Ranker({"en": MODEL, "es": MODEL}, "none")
    plans = PlanNames.of(content.profile)
    return Desk(build(content, SHARED), shown, ranker, plans, NOW)


@cache
def desk() -> Desk:
    return desk_of(few_articles())


def why(
    question: str,
    slug: str | None = None,
    *,
    at: Desk | None = None,
    context: Context | None = None,
) -> Why:
    return (at or desk()).explain(question, context or Context("en"), COSTS, slug)


def edited(slug: str, change: Callable[[Published], Published]) -> Content:
    content = few_articles()
    articles = tuple(
        replace(a, versions={name: change(own) for name, own in a.versions.items()})
        if a.slug == slug
        else a
        for a in content.articles
    )
    return replace(content, articles=articles)


def test_the_decision_explained_is_the_decision_taken() -> None:
    for question in (COPAY, "when are you open", "do you sell tyres", "money"):
        explained, taken = why(question), desk().decide(question, Context("en"))

        assert (explained.verdict, explained.first) == (taken.verdict, taken.probability)
        assert explained.best[0].slug == desk().index.articles[taken.options[0]].slug


def test_the_answer_or_the_choices_are_marked_and_nothing_else() -> None:
    offered = {
        question: [one.place for one in why(question).best if one.offered]
        for question in (COPAY, "plan", "tyres")
    }

    assert {why(question).verdict for question in offered} == {"answer", "clarify", "no_answer"}
    for question, places in offered.items():
        verdict, options = why(question).verdict, desk().decide(question, Context("en")).options
        wanted = {"answer": 1, "clarify": len(options), "no_answer": 0}[verdict]
        assert len(places) == wanted


def test_the_points_of_the_pieces_add_up_to_the_score() -> None:
    for one in why(COPAY).best:
        assert tuple(piece.name for piece in one.pieces) == NAMES
        assert sum(piece.points for piece in one.pieces) == pytest.approx(one.score)
        assert all(piece.points <= 1e-6 for piece in one.pieces)


def test_the_best_stand_in_order_and_share_what_there_is() -> None:
    best = why(COPAY).best

    assert [one.place for one in best] == [1, 2, 3, 4, 5]
    assert best[0].slug == "copay"
    assert [one.share for one in best] == sorted((one.share for one in best), reverse=True)
    assert sum(one.share for one in best) <= 1 + 1e-9


def test_the_text_that_is_most_alike_is_shown_with_where_it_stands() -> None:
    words = desk().index.articles[1].versions["en"].words
    variant = max(words.variants, key=len)
    pieces = {piece.name: piece for piece in why(variant).best[0].pieces}

    for name in ("nearest", "native", "lexical"):
        match = pieces[name].match
        assert match is not None
        assert (match.text, match.language, match.source) == (variant, "en", "variant")
        assert pieces[name].measured == pytest.approx(1, abs=1e-3)
    assert pieces["typical"].match is None


def test_an_article_that_lost_is_shown_with_its_place_behind_the_winner() -> None:
    lost = why(COPAY, "portal").article

    assert lost is not None
    assert lost.slug == "portal"
    assert lost.served
    assert lost.place > 1
    assert lost.score < why(COPAY).best[0].score


@pytest.mark.parametrize(("name", "near"), [("copays", "copay"), ("medicaid", "accepts-medicaid")])
def test_an_unknown_article_is_refused_with_names_that_are_near(name: str, near: str) -> None:
    with pytest.raises(NotFound, match=f"no article is called {name}") as refused:
        why(COPAY, name)
    assert near in (refused.value.remedy or "")


def test_a_name_like_no_other_is_refused_without_a_guess() -> None:
    with pytest.raises(NotFound) as refused:
        why(COPAY, "zzzzzz")
    assert "Did you mean" not in (refused.value.remedy or "")


def test_an_expired_article_has_no_share_and_says_so() -> None:
    content = edited(
        "copay", lambda own: replace(own, words=replace(own.words, expires_on=date(2026, 1, 1)))
    )
    explained = why(COPAY, "copay", at=desk_of(content))

    assert explained.best[0].slug != "copay"
    assert explained.article is not None
    assert (explained.article.served, explained.article.share) == (False, 0)
    assert explained.article.place == 1
    assert explained.article.bars == (Bar("expired", "en"), Bar("expired", "es"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda own: replace(own, stale=True), "stale"),
        (
            lambda own: replace(own, words=replace(own.words, effective_from=date(2027, 1, 1))),
            "not_yet",
        ),
    ],
)
def test_a_version_that_is_held_back_says_why(
    change: Callable[[Published], Published], reason: str
) -> None:
    article = why(COPAY, "copay", at=desk_of(edited("copay", change))).article

    assert article is not None
    assert {bar.reason for bar in article.bars} == {reason}


def test_where_only_reviewed_text_is_served_the_rest_says_that_it_is_not() -> None:
    article = why(COPAY, "copay", at=desk_of(few_articles(), unreviewed=False)).article

    assert article is not None
    assert article.bars == (Bar("unreviewed", "en"), Bar("unreviewed", "es"))


def test_what_the_conversation_has_done_with_is_ruled_out() -> None:
    context = Context("en", exclude=("copay", "no-such-article"))
    explained = why(COPAY, "copay", context=context)

    assert "copay" not in [one.slug for one in explained.best]
    assert explained.article is not None
    assert explained.article.bars == (Bar("ruled_out"),)


def test_with_nothing_to_serve_there_is_no_answer_and_no_best() -> None:
    for content in (few_articles(), replace(few_articles(), articles=())):
        explained = why(COPAY, at=desk_of(content, unreviewed=False))

        assert (explained.verdict, explained.best, explained.first) == ("no_answer", (), 0)
        assert explained.costs["no_answer"] == 0


def test_a_question_read_with_the_last_answer_says_what_was_looked_up() -> None:
    context = Context("en", last_article="hours")
    question = "and that?"
    explained = why(question, context=context)

    assert explained.question == question
    assert explained.asked.endswith(f": {question}")
    assert explained.best[0].slug == "hours"


def test_a_follow_up_is_explained_as_it_is_asked_in_full() -> None:
    context = Context("en", last_article="accepts-medicaid", last_question="do you take Aetna?")

    assert why("what about Cigna", context=context).asked == "do you take Cigna?"


def test_each_verdict_is_priced_by_what_is_probable() -> None:
    costs = Costs(
        answer={"beside": 4, "nothing": 5},
        clarify={"right": 1, "nothing": 2, "extra_option": 0.5},
        no_answer={"exists": 3, "nothing": 0},
    )
    found = costs.expected(first=0.5, among=0.8, options=3)

    assert found["answer"] == pytest.approx(0.3 * 4 + 0.2 * 5)
    assert found["clarify"] == pytest.approx(0.8 * 1 + 0.2 * 2 + 0.5)
    assert found["no_answer"] == pytest.approx(0.8 * 3)
    assert "clarify" not in costs.expected(0.5, 0.8, options=1)


@pytest.mark.parametrize("text", ["", "[answer]\nbeside = 1\n", "[answer", None])
def test_costs_that_say_too_little_are_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "costs.toml").write_text(text, "utf-8")

    with pytest.raises(Invalid, match=r"costs\.toml"):
        Costs.read(tmp_path / "costs.toml")
