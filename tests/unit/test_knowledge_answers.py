"""A question ends in exactly one of five ways."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.effects import Reason
from bot.errors import NotReady
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.content import Article, Content, Published, Words
from bot.knowledge.outcomes import Answer, Clarify, Context, NeedsFact, NeedsPerson, NoAnswer
from bot.settings import Settings
from tests.starter import NOW, starter_content, starter_knowledge, starter_ranker

ENGLISH, SPANISH = Context("en"), Context("es")
EOB = "how do I read my EOB?"


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return starter_knowledge()


def changed(slug: str, language: str, change: Callable[[Published], Published]) -> Content:
    """The starter content with one version changed."""

    def new(article: Article) -> Article:
        if article.slug != slug:
            return article
        versions = {**article.versions, language: change(article.versions[language])}
        return replace(article, versions=versions)

    content = starter_content()
    return replace(content, articles=tuple(new(article) for article in content.articles))


def worded(**words: Any) -> Callable[[Published], Published]:
    return lambda version: replace(version, words=replace(version.words, **words))


def test_a_known_question_is_answered_in_its_language(knowledge: KnowledgeBase) -> None:
    english = knowledge.answer(EOB, ENGLISH)
    spanish = knowledge.answer("¿aceptan Medicaid?", SPANISH)

    assert isinstance(english, Answer)
    assert (english.article.slug, english.article.language) == ("eob", "en")
    assert not english.other_language
    assert isinstance(spanish, Answer)
    assert (spanish.article.slug, spanish.article.language) == ("accepts-medicaid", "es")


def test_facts_of_the_clinic_stand_in_the_answer(knowledge: KnowledgeBase) -> None:
    outcome = knowledge.answer("what happens if I miss my appointment?", ENGLISH)

    assert isinstance(outcome, Answer)
    assert "$30" in outcome.lead
    assert "{{" not in outcome.lead + (outcome.more or "")


def test_a_question_from_elsewhere_finds_nothing(knowledge: KnowledgeBase) -> None:
    assert knowledge.answer("what is the capital of France?", ENGLISH) == NoAnswer()
    assert knowledge.answer("¿quién ganó la carrera de bicicletas?", SPANISH) == NoAnswer()


def test_an_unclear_question_gets_choices_and_only_when_they_may_be_offered(
    knowledge: KnowledgeBase,
) -> None:
    outcome = knowledge.answer("my bill", ENGLISH)

    assert isinstance(outcome, Clarify)
    assert 2 <= len(outcome.options) <= 4
    assert len({option.slug for option in outcome.options}) == len(outcome.options)
    assert knowledge.answer("my bill", replace(ENGLISH, may_clarify=False)) == NoAnswer()


def test_an_article_that_ends_with_a_person_says_its_rule_first(knowledge: KnowledgeBase) -> None:
    outcome = knowledge.answer("Can I get an estimate before my appointment?", ENGLISH)

    assert isinstance(outcome, NeedsPerson)
    assert outcome.reason is Reason.ESTIMATE
    assert outcome.lead
    assert outcome.article


def test_a_missing_clinic_fact_is_named_instead_of_leaving_a_hole() -> None:
    content = starter_content()
    silent = replace(content, profile=content.profile.model_copy(update={"no_show": None}))

    outcome = starter_knowledge(silent).article("no-show-policy", ENGLISH)

    assert isinstance(outcome, NeedsFact)
    assert outcome.key.startswith("no_show")
    assert outcome.article.slug == "no-show-policy"


def test_an_expired_version_stops_being_served_at_midnight_without_any_edit() -> None:
    clock = [NOW]
    until = starter_content().profile.zone
    today = NOW.astimezone(until).date()
    content = changed("eob", "en", worded(expires_on=today))
    content = replace(
        content,
        articles=tuple(
            replace(one, versions={"en": one.versions["en"]}) if one.slug == "eob" else one
            for one in content.articles
        ),
    )
    settings = Settings(_env_file=None)
    knowledge = KnowledgeBase(settings, clock=lambda: clock[0], ranker=starter_ranker())
    knowledge.load(content)

    assert isinstance(knowledge.article("eob", ENGLISH), Answer)
    clock[0] = NOW + timedelta(days=1)
    assert knowledge.article("eob", ENGLISH) == NoAnswer()
    later = knowledge.answer(EOB, ENGLISH)
    assert not isinstance(later, Answer) or later.article.slug != "eob"


def test_an_expired_figure_takes_its_sentence_away_but_not_the_article() -> None:
    new_year = datetime(2027, 1, 2, 18, 0, tzinfo=UTC)

    before = starter_knowledge().article("out-of-pocket-max", ENGLISH)
    after = starter_knowledge(now=new_year).article("out-of-pocket-max", ENGLISH)

    assert isinstance(before, Answer)
    assert isinstance(after, Answer)
    assert "$10,600" in (before.more or "")
    assert "$10,600" not in (after.more or "")
    assert "$12,000" in (after.more or "")


def test_a_stale_translation_is_not_served_silently() -> None:
    content = changed("eob", "es", lambda version: replace(version, stale=True))

    outcome = starter_knowledge(content).answer("¿qué es la explicación de beneficios?", SPANISH)

    assert isinstance(outcome, Answer)
    assert (outcome.article.slug, outcome.article.language) == ("eob", "en")
    assert outcome.other_language


def test_a_version_is_not_served_before_it_takes_effect() -> None:
    content = changed("eob", "en", worded(effective_from=date(2026, 12, 1)))

    outcome = starter_knowledge(content).article("eob", ENGLISH)

    assert isinstance(outcome, Answer)
    assert outcome.other_language


def test_unreviewed_words_are_for_the_demo_clinic_in_development_only() -> None:
    content = starter_content()
    real = replace(content, profile=content.profile.model_copy(update={"demo": False}))
    production = KnowledgeBase(
        Settings(_env_file=None, mode="production"), clock=lambda: NOW, ranker=starter_ranker()
    )
    production.load(content)

    assert isinstance(starter_knowledge().article("eob", ENGLISH), Answer)
    assert starter_knowledge(real).article("eob", ENGLISH) == NoAnswer()
    assert production.article("eob", ENGLISH) == NoAnswer()


def test_reviewed_words_are_served_by_any_clinic() -> None:
    content = changed("eob", "en", worded(reviewed_by="Dr. Lee", reviewed_on=date(2026, 11, 20)))
    real = replace(content, profile=content.profile.model_copy(update={"demo": False}))
    knowledge = starter_knowledge(real)

    outcome = knowledge.answer(EOB, ENGLISH)

    assert isinstance(outcome, Answer)
    version = knowledge.version(outcome.article.version_id)
    assert version is not None
    assert version.reviewed
    assert version.sources


def test_an_excluded_article_is_not_given_again(knowledge: KnowledgeBase) -> None:
    again = knowledge.answer(EOB, replace(ENGLISH, exclude=("eob",)))

    slugs = (
        [again.article.slug]
        if isinstance(again, Answer)
        else [option.slug for option in again.options]
        if isinstance(again, Clarify)
        else []
    )
    assert "eob" not in slugs


@pytest.mark.parametrize(
    ("last", "question", "language", "slug"),
    [
        ("no-show-policy", "and how much is it?", "en", "no-show-policy"),
        ("no-show-policy", "¿y cuánto es?", "es", "no-show-policy"),
        ("records-request", "and how long does it take", "en", "records-request"),
        ("deductible", "and what about coinsurance?", "en", "coinsurance"),
        ("accepts-medicare", "what about cigna", "en", "accepts-plan"),
    ],
)
def test_a_short_question_leans_on_the_last_answer_unless_it_names_another_subject(
    knowledge: KnowledgeBase, last: str, question: str, language: str, slug: str
) -> None:
    outcome = knowledge.answer(question, Context(language, last_article=last))

    assert isinstance(outcome, Answer)
    assert outcome.article.slug == slug


def test_a_follow_up_on_another_subject_never_gets_the_last_answer_again(
    knowledge: KnowledgeBase,
) -> None:
    outcome = knowledge.answer("¿y el copago?", Context("es", last_article="deductible"))

    assert isinstance(outcome, Answer | Clarify)
    slugs = (
        [outcome.article.slug]
        if isinstance(outcome, Answer)
        else [option.slug for option in outcome.options]
    )
    assert slugs[0] == "copay"


def test_a_chosen_article_is_said_and_an_unknown_one_is_not(knowledge: KnowledgeBase) -> None:
    assert isinstance(knowledge.article("copay", SPANISH), Answer)
    assert knowledge.article("no-such-article", SPANISH) == NoAnswer()
    assert knowledge.topics("copay") == ["cov.copay"]
    assert knowledge.topics("no-such-article") == []


def test_knowledge_that_was_never_loaded_says_so() -> None:
    empty = KnowledgeBase(Settings(_env_file=None), ranker=starter_ranker())

    assert empty.revision == 0
    with pytest.raises(NotReady):
        empty.answer(EOB, ENGLISH)


def test_threads_share_one_knowledge_base_while_it_is_swapped(knowledge: KnowledgeBase) -> None:
    outcomes: list[object] = []

    def ask() -> None:
        outcomes.extend(knowledge.answer(EOB, ENGLISH) for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    knowledge.load(starter_content())
    for thread in threads:
        thread.join()

    assert len(outcomes) == 80
    assert all(isinstance(one, Answer) and one.article.slug == "eob" for one in outcomes)


def test_an_empty_knowledge_base_answers_nothing() -> None:
    nothing = replace(starter_content(), articles=())

    assert starter_knowledge(nothing).answer(EOB, ENGLISH) == NoAnswer()


def test_words_with_equal_content_have_equal_hashes_and_others_do_not() -> None:
    words = starter_content().articles[0].versions["en"].words
    same = Words(**{name: getattr(words, name) for name in Words.__dataclass_fields__})

    assert same.hash == words.hash
    assert replace(words, lead=words.lead + " More.").hash != words.hash


@pytest.mark.parametrize("question", ["how do i read my eob", "HOW DO I READ MY EOB?!", "¿eob?"])
def test_capitals_and_marks_do_not_change_the_answer(
    knowledge: KnowledgeBase, question: str
) -> None:
    plain = question.lower().strip("¿?!")

    assert knowledge.answer(question, ENGLISH) == knowledge.answer(plain, ENGLISH)
