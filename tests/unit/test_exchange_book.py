"""The book of all answers: complete, filled in, harmless, and open about what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise

from bs4 import BeautifulSoup

from bot.effects import Reason
from bot.knowledge.content import Article, Content, Published, Source, Words
from bot.knowledge.exchange.book import book
from tests.starter import NOW, starter_content

WORDS = Words(
    title="What is it?",
    lead="It is this.",
    more=None,
    variants=("what",),
    golden=("why",),
    sources=(Source("A page", "https://a.example/?a=1&b=2"),),
    verified_on=date(2026, 11, 1),
    expires_on=date(2027, 11, 1),
)


@cache
def starter_page(language: str = "") -> BeautifulSoup:
    languages = (language,) if language else ("en", "es")
    return BeautifulSoup(book(starter_content(), NOW, languages), "html.parser")


def one(words: Words, *, stale: bool = False, **article: object) -> BeautifulSoup:
    """The book of one answer."""
    version = Published(1, "en", words, stale)
    made = Article("it", "billing", ("x",), versions={"en": version}, **article)  # type: ignore[arg-type]
    content: Content = replace(starter_content(), articles=(made,))
    return BeautifulSoup(book(content, NOW, ["en"]), "html.parser")


def words_of(page: BeautifulSoup) -> str:
    return " ".join(page.select_one("main").get_text(" ").split())  # type: ignore[union-attr]


def test_every_answer_stands_in_the_book_once_in_each_language() -> None:
    page = starter_page()
    shown = [article["id"] for article in page.find_all("article")]
    wanted = {
        f"{language}-{article.slug}"
        for article in starter_content().articles
        for language in article.versions
    }
    assert len(shown) == len(set(shown))
    assert set(shown) == wanted


def test_the_contents_lead_to_every_answer_and_no_link_leads_nowhere() -> None:
    page = starter_page()
    places = {tag["id"] for tag in page.find_all(id=True)}
    links = {str(a["href"])[1:] for a in page.find_all("a") if str(a["href"])[0] == "#"}
    assert links <= places
    assert {article["id"] for article in page.find_all("article")} <= links


def test_no_place_for_a_fact_is_left_open() -> None:
    text = str(starter_page())
    assert "{{" not in text
    assert "clinic.phone" not in text
    assert starter_content().profile.contacts.phone in text


def test_the_starter_answers_state_every_fact() -> None:
    assert [mark for mark in ("⟨", "⟩") if mark in str(starter_page())] == []


def test_only_the_language_that_is_asked_for_is_shown() -> None:
    page = starter_page("es")
    assert page.html is not None
    assert page.html["lang"] == "es"
    assert {part["lang"] for part in page.select("section.part")} == {"es"}
    assert "Libro de respuestas" in page.get_text()


def test_a_sentence_whose_figure_has_expired_is_gone() -> None:
    figures = starter_content().figures
    name = next(iter(figures.root))
    words = replace(WORDS, lead="It stays. It costs {{ fact." + name + " }} now.")
    version = Article("it", "billing", ("x",), versions={"en": Published(1, "en", words)})
    content = replace(starter_content(), articles=(version,))
    later = datetime(2099, 1, 1, tzinfo=UTC)
    assert "It costs" in book(content, NOW, ["en"])
    page = book(content, later, ["en"])
    assert "It costs" not in page
    assert "It stays." in page


def test_dates_sources_and_the_missing_review_are_said() -> None:
    text = words_of(one(WORDS))
    assert "Checked on November 1, 2026; valid until November 1, 2027" in text
    assert "reviewed by nobody yet" in text
    link = one(WORDS).select_one("footer a")
    assert link is not None
    assert link["href"] == "https://a.example/?a=1&b=2"


def test_a_review_names_who_and_when() -> None:
    reviewed = replace(WORDS, reviewed_by="Rita Rey", reviewed_on=date(2026, 11, 5))
    page = one(reviewed)
    assert "reviewed by Rita Rey on November 5, 2026" in words_of(page)
    assert "Answers: 1. Reviewed by somebody qualified: 1." in page.get_text()


def test_a_handoff_is_said_in_words() -> None:
    text = words_of(one(WORDS, handoff=Reason.ESTIMATE))
    assert "a person takes over: Wants an estimate." in text


def test_what_patients_do_not_see_is_marked() -> None:
    assert "Expired on" in words_of(one(replace(WORDS, expires_on=date(2026, 11, 2))))
    assert "has changed since this translation" in words_of(one(WORDS, stale=True))
    missing = words_of(one(replace(WORDS, lead="Call {{ clinic.no_such_fact }} now.")))
    assert "does not state: no_such_fact" in missing
    assert "Call ⟨no_such_fact⟩ now." in missing


def test_a_place_that_only_a_question_fills_says_so() -> None:
    text = words_of(one(replace(WORDS, lead="{{ lookup.plan }} Bring your card.")))
    assert "the plan the patient names" in text
    assert "Bring your card." in text


def test_an_answer_that_lacks_a_language_is_listed_there() -> None:
    version = Article("it", "billing", ("x",), versions={"en": Published(1, "en", WORDS)})
    content = replace(starter_content(), articles=(version,))
    page = BeautifulSoup(book(content, NOW), "html.parser")
    listed = page.select_one("#part-es ul")
    assert listed is not None
    assert listed.get_text(strip=True) == "What is it?"


def test_hostile_words_stay_words() -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'></style>"
    page = one(
        replace(
            WORDS,
            title=attack,
            lead=f'{attack} [x](javascript:alert(1)) [y](https://a.example/"onclick=alert(1))',
            more=attack,
            sources=(Source(attack, "javascript:alert(1)"), Source(attack, f"https://a/{attack}")),
            reviewed_by=attack,
            reviewed_on=date(2026, 11, 5),
        )
    )
    assert page.find_all(["script", "img"]) == []
    assert len(page.find_all("style")) == 1
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert not str(tag.get("href", "")).lower().startswith("javascript")


def test_the_file_asks_nobody_for_anything() -> None:
    page = starter_page()
    assert page.find_all(["script", "link", "img", "iframe"]) == []
    assert "url(" not in str(page.style)
    assert "@import" not in str(page.style)
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy is not None
    assert "default-src 'none'" in str(policy["content"])


def test_headings_are_in_steps() -> None:
    levels = [int(tag.name[1]) for tag in starter_page().find_all(["h1", "h2", "h3", "h4", "h5"])]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []
