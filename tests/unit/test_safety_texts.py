"""The safety texts themselves: the right lines, said first, in both languages."""

import re
from pathlib import Path

import frontmatter
import pytest

from bot.safety.gate import RANK
from bot.safety.phrases import DATA, LANGUAGES
from bot.safety.texts import TextError, phone_link, read_texts

FILES = sorted(DATA.glob("*.md"))
BOOK = read_texts()
FULL_IDS = sorted(set(BOOK.ids.values()))


def body(text_id: str, language: str) -> str:
    return BOOK.get(text_id, language).text


def test_every_danger_has_a_text() -> None:
    assert {name for name in RANK if name.startswith("saf.")} == set(BOOK.ids)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text_id", FULL_IDS)
def test_the_first_sentence_gives_a_line_and_asks_nothing(text_id: str, language: str) -> None:
    first = body(text_id, language).split("\n\n")[0]
    assert re.search(r"\[(911|988)\]\(tel:(911|988)\)", first)
    assert "?" not in body(text_id, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text_id", FULL_IDS)
def test_a_text_names_911_the_relay_and_that_no_reply_is_to_be_waited_for(
    text_id: str, language: str
) -> None:
    text = body(text_id, language)
    wait = {"en": "do not wait for a reply here", "es": "no espere una respuesta aquí"}
    assert "(tel:911)" in text
    assert "(tel:711)" in text
    assert wait[language] in text.lower()


@pytest.mark.parametrize(
    ("category", "number"),
    [
        ("saf.suicide", "988"),
        ("saf.other_suicide", "988"),
        ("saf.psychosis", "988"),
        ("saf.violence", "988"),
        ("saf.poison_overdose", "18002221222"),
        ("saf.domestic", "18007997233"),
        ("saf.sexual_assault", "18006564673"),
        ("saf.abuse", "18883737888"),
    ],
)
def test_each_danger_names_its_own_line(category: str, number: str) -> None:
    for language in LANGUAGES:
        assert f"(tel:{number})" in body(BOOK.ids[category], language)


def test_spanish_texts_say_how_to_reach_988_in_spanish() -> None:
    for text_id in FULL_IDS:
        text = body(text_id, "es")
        assert "(tel:988)" not in text or "oprima 2" in text, text_id


def test_veterans_are_told_their_option() -> None:
    for language, word in (("en", "Veterans, press 1"), ("es", "veterano, oprima 1")):
        assert word in body("safety.suicide", language)


def test_a_written_number_and_its_link_are_the_same() -> None:
    for path in FILES:
        for shown, dialled in re.findall(r"\[([\d-]+)\]\(tel:(\d+)\)", path.read_text("utf-8")):
            assert shown.replace("-", "") == dialled, path.name


def test_texts_promise_no_person_and_give_no_verdict() -> None:
    for path in FILES:
        text = path.read_text("utf-8").lower()
        for never in ("will reply soon", "right away", "has been alerted", "you are fine",
                      "don't worry", "no se preocupe", "le responderá pronto"):  # fmt: skip
            assert never not in text, (path.name, never)


def test_texts_stay_in_the_markdown_subset() -> None:
    for path in FILES:
        content = frontmatter.load(str(path)).content
        assert not re.search(r"^#|!\[|<[a-z]|^\|", content, re.MULTILINE), path.name


def test_every_text_says_where_it_comes_from_and_when_it_was_checked() -> None:
    for path in FILES:
        meta = frontmatter.load(str(path)).metadata
        assert meta["sources"], path.name
        assert meta["verified_on"], path.name
        assert "reviewed_by" in meta, path.name


def test_both_languages_name_the_same_numbers() -> None:
    for text_id in FULL_IDS:
        english, spanish = (
            set(re.findall(r"tel:(\d+)", body(text_id, language))) for language in LANGUAGES
        )
        assert english == spanish, text_id


def test_an_unknown_language_reads_english_and_a_region_its_language() -> None:
    assert BOOK.get("safety.soft", "vi").language == "en"
    assert BOOK.get("safety.soft", "es-MX").language == "es"


def test_a_text_that_lacks_a_language_stops_the_start(tmp_path: Path) -> None:
    for path in FILES:
        if path.name != "suicide.es.md":
            (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    with pytest.raises(TextError, match=r"no text 'safety\.suicide' in 'es'"):
        read_texts(tmp_path)


def test_a_text_under_the_wrong_name_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "soft.es.md").write_text((DATA / "soft.en.md").read_text("utf-8"), "utf-8")
    with pytest.raises(TextError, match="names another text or language"):
        read_texts(tmp_path)


def test_only_a_plain_number_becomes_a_link() -> None:
    assert phone_link("+1 555 010-0199") == "[+1 555 010-0199](tel:+15550100199)"
    assert phone_link("[555](tel:555)") == "[555](tel:555)"
