"""The ranker: fitted on data, the same every time, and clear about being absent."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.errors import Invalid
from bot.knowledge import evidence as knowledge_evidence
from bot.knowledge import vectors
from bot.knowledge.content import Content
from bot.knowledge.evidence import Evidence
from bot.knowledge.heads import Rows
from bot.knowledge.index import build
from bot.knowledge.measuring import SHARED, asked
from bot.knowledge.ranking import NotTrained, Ranker, choose_options, rank
from bot.knowledge.standing import NAMES
from bot.knowledge.training import fingerprint, ranker_is_due, train, train_ranker
from bot.settings import Settings
from tests.starter import DATA, starter_content, starter_ranker

FEW = ("accepts-medicaid", "copay", "eob", "hours", "no-show-policy", "payment-plan", "portal")


def few_articles() -> Content:
    content = starter_content()
    return replace(content, articles=tuple(a for a in content.articles if a.slug in FEW))


def evidence(*nearest: float) -> Evidence:
    flat = np.array(nearest, dtype=np.float32)
    found = dict.fromkeys(Evidence.__slots__, flat)
    return Evidence(**found | {"words": np.array(6, dtype=np.float32)})


def test_the_same_inputs_give_the_same_ranker() -> None:
    assert train(few_articles(), DATA) == train(few_articles(), DATA)


def test_more_evidence_never_counts_against_an_article() -> None:
    assert all(
        weight >= 0
        for model in starter_ranker().models.values()
        for weight in model.article_weights
    )


def test_raising_the_cost_of_a_wrong_answer_makes_answers_rarer(tmp_path: Path) -> None:
    shutil.copytree(DATA / "training", tmp_path / "training")
    costs = (DATA / "costs.toml").read_text("utf-8")
    dear = costs.replace("nothing = 7.0", "nothing = 70.0")
    assert dear != costs
    (tmp_path / "costs.toml").write_text(dear, "utf-8")

    usual, strict = train(few_articles(), DATA), train(few_articles(), tmp_path)

    assert all(
        strict.of(language).thresholds.answer > usual.of(language).thresholds.answer
        for language in ("en", "es")
    )


def test_too_few_articles_are_refused_with_a_remedy() -> None:
    content = starter_content()

    with pytest.raises(Invalid, match="at least three articles"):
        train(replace(content, articles=content.articles[:2]), DATA)


def test_a_saved_ranker_comes_back_equal(tmp_path: Path) -> None:
    path = tmp_path / "models" / "ranker.json"
    starter_ranker().save(path)

    assert Ranker.load(path) == starter_ranker()


@pytest.mark.parametrize("text", [None, "", "{}", '{"format": 0}', "[1]"])
def test_a_missing_or_broken_ranker_says_to_train(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "ranker.json"
    if text is not None:
        path.write_text(text, "utf-8")

    with pytest.raises(NotTrained) as error:
        Ranker.load(path)
    assert "careline train" in (error.value.remedy or "")


def test_training_is_due_until_done_and_again_when_an_article_changes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name in ("training", "knowledge"):
        shutil.copytree(DATA / name, data / name)
    for path in (data / "knowledge").glob("*/*.md"):
        if path.name.split(".")[0] not in FEW:
            path.unlink()
    for name in ("costs.toml", "clinic.toml", "facts.toml"):
        shutil.copy(DATA / name, data / name)
    settings = Settings(_env_file=None, data_dir=data, model_dir=tmp_path / "models")

    assert ranker_is_due(settings)
    train_ranker(settings)
    assert not ranker_is_due(settings)
    (settings.model_dir / vectors.FILE).unlink()
    assert ranker_is_due(settings)
    train_ranker(settings)
    article = data / "knowledge" / "coverage" / "copay.en.md"
    article.write_text(article.read_text("utf-8").replace("variants:\n", "variants:\n  - copay?\n"))
    assert ranker_is_due(settings)


def test_the_fingerprint_ignores_facts_that_no_question_is_found_by() -> None:
    content = few_articles()
    other_profile = replace(content, profile=content.profile.model_copy(update={"demo": False}))

    assert fingerprint(content, DATA) == fingerprint(other_profile, DATA)


def test_articles_that_are_not_allowed_have_no_place_in_the_order() -> None:
    ranked = rank(np.ones(len(NAMES)), evidence(0.9, 0.8, 0.7), np.array([False, True, True]))

    assert list(ranked.order) == [1, 2]
    assert ranked.shares.sum() == pytest.approx(1)


def test_nothing_allowed_is_no_answer() -> None:
    ranker = starter_ranker().of("en")
    decision = ranker.decide(ranker.rank(evidence(0.9, 0.8), np.array([False, False])))

    assert (decision.verdict, decision.options) == ("no_answer", ())


def test_a_choice_is_of_two_to_four_and_leaves_the_far_fetched_out() -> None:
    clear = rank(np.ones(len(NAMES)) * 9, evidence(0.9, 0.1, 0.1, 0.1, 0.1, 0.1))
    tied = rank(np.ones(len(NAMES)), evidence(0.5, 0.5, 0.5, 0.5, 0.5, 0.5))

    assert len(choose_options(clear, 0.1)) == 2
    assert len(choose_options(tied, 0.1)) == 4


def test_many_questions_have_the_evidence_each_has_alone() -> None:
    index = build(few_articles(), SHARED)
    texts = ["what is a copay", "what is a copay", "¿a qué hora abren?", "can I pay in parts"]
    languages = ["en", "en", "es", "en"]
    questions = [asked(*pair) for pair in zip(texts, languages, strict=True)] * 100
    random = np.random.default_rng(7)
    hidden: list[Rows | None] = [
        random.choice(len(index.entries), size, replace=False)
        for size in random.integers(0, len(index.entries) // 2, len(questions))
    ]
    hidden[0] = None
    hidden[1] = np.flatnonzero(index.owner == 3)

    together = index.evidence_many(questions, hidden)

    assert together.nearest.shape == (len(questions), len(index.articles))
    for row, question in enumerate(questions):
        alone = index.evidence(question, hidden[row])
        for name in Evidence.__slots__:
            one, other = getattr(alone, name), getattr(together, name)[row]
            assert np.allclose(one, other, rtol=1e-3, atol=1e-3), (row, name)


def test_no_questions_have_no_evidence_and_each_needs_its_own_hidden_entries() -> None:
    index = build(few_articles(), SHARED)

    assert index.evidence_many([]).nearest.shape == (0, len(index.articles))
    with pytest.raises(ValueError, match="every question"):
        index.evidence_many([asked("hello", "en")], [None, None])


def test_the_evidence_is_that_of_an_index_without_the_hidden_entries() -> None:
    whole, question = build(few_articles(), SHARED), asked("do you have evening hours", "en")
    row = int(np.argmax(whole.vectors @ question.vector))
    found = whole.evidence(question, np.array([row]))

    near = np.delete(whole.vectors @ question.vector, row)
    owner = np.delete(whole.owner, row)
    for article in range(len(whole.articles)):
        best, second = np.sort(near[owner == article])[::-1][:2]
        assert found.nearest[article] == pytest.approx(best, abs=1e-5)
        assert found.second[article] == pytest.approx(second, abs=1e-5)


def test_hidden_entries_count_as_if_they_were_not_there() -> None:
    index = build(few_articles(), SHARED)
    rows = np.flatnonzero(index.owner == 2)
    whole = index.evidence(asked("anything", "en"), rows)

    assert whole.nearest[2] == -1
    assert whole.typical[2] == float("-inf")
    assert np.isfinite(np.delete(whole.typical, 2)).all()


def test_in_a_large_base_the_likely_articles_have_the_evidence_of_a_small_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index, question = build(few_articles(), SHARED), asked("what is my copay", "en")
    exact = index.evidence(question)
    monkeypatch.setattr(knowledge_evidence, "MANY", 10)
    monkeypatch.setattr(knowledge_evidence, "SHORTLIST", 2)

    found = index.evidence(question)

    listed = found.nearest > -1
    assert 2 <= listed.sum() < len(index.articles)
    assert listed[exact.nearest.argmax()]
    assert found.words == exact.words
    for name in set(Evidence.__slots__) - {"words"}:
        one, other = getattr(exact, name), getattr(found, name)
        everywhere = name in ("lexical", "typical", "learned", "covered")
        assert np.allclose(one, other, atol=1e-5) or not everywhere
        assert np.allclose(one[listed], other[listed], atol=1e-5), name
