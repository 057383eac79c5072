"""The pattern language and the normal form, and that no text can upset or slow the gate."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.safety import Assessment, Tier, assess, load
from bot.safety.grammar import Parser, PatternError
from bot.safety.normalise import Normaliser
from bot.safety.pattern import Node, Tape, spans
from bot.safety.phrases import DATA, read_book, typos
from tests.steps import steps

NORMALISER = Normaliser({"cant": "can not", "dont": "do not"})
PARSER = Parser(NORMALISER.words, {"kin": "mom|dad|older (brother|sister)"})


def matches(pattern: str, text: str) -> bool:
    tape = Tape(NORMALISER.words(text))
    return bool(PARSER.parse(pattern).step(tape.everywhere, tape))


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("can't breathe", "I cannot, can’t breathe", "can she breathe"),
        ("bleed*", "it is bleeding", "the blend"),
        ("(arm|left leg) hurts", "my left leg hurts", "my leg hurts"),
        ("(very)? bad pain", "bad pain", "very pain"),
        ("took .. pills", "took all of my pills", "took one and then two of my pills"),
        ("took ..1 pills", "took my pills", "took all my pills"),
        ("<kin> fell", "my older sister fell", "my sister fell"),
        ("fever 10#", "a fever, 102", "fever 99"),
        ("##", "at 35", "at 350"),
        ("^ stroke $", "Stroke!", "stroke rehab"),
        ("baby ..2 breathing", "Baby. Not breathing!", "baby"),
    ],
)
def test_a_pattern_matches_what_it_says(pattern: str, yes: str, no: str) -> None:
    assert matches(pattern, yes)
    assert not matches(pattern, no)


def test_a_gap_stays_within_its_sentence() -> None:
    long = "we talked about it for quite a while today"
    assert matches("took .. pills", "I took these pills")
    assert not matches("took .. pills", f"{long} and that is all I took. Pills {long}")


@pytest.mark.parametrize(
    "broken", ["(a", "a)", "<nobody>", "a | | b", "", "?", "()", "a ? ?", "!!", "<kin"]
)
def test_a_broken_pattern_is_refused(broken: str) -> None:
    with pytest.raises(PatternError):
        PARSER.parse(broken)


def test_a_span_reaches_from_a_begin_to_the_nearest_end() -> None:
    tape = Tape(["it", "hits", "me", "and", "me"], loose=False)
    assert spans(PARSER.parse("hits .. me"), tape) == 0b00110


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I CAN'T breeeathe", ["i", "can", "not", "breathe"]),
        ("no puedo MÁS", ["no", "puedo", "mas"]),
        ("k1ll", ["kil"]),
        ("\u200bhe\u00adlp\u0000me", ["help", "me"]),
        ("s u i c i d e", ["suicide"]),
        ("off of it", ["off", "of", "it"]),
        ("102.5, 1,200", ["102", ",", "1200"]),
        ("34wks", ["34", "wks"]),
        ("don t", ["do", "not"]),
    ],
)
def test_the_normal_form_of_a_text(text: str, words: list[str]) -> None:
    assert NORMALISER.words(text) == words


def test_typos_keep_the_first_letter() -> None:
    found = set(typos("suicide"))
    assert {"suicde", "sucide", "siucide"} <= found
    assert all(one.startswith("s") for one in found)


@settings(max_examples=400, deadline=None)
@given(st.text(st.characters(), max_size=3000), st.lists(st.text(max_size=200), max_size=4))
def test_no_text_makes_the_gate_raise(text: str, previous: list[str]) -> None:
    assert isinstance(assess(text, previous), Assessment)


WORDS = st.sampled_from(sorted({word for rule in load()[0].rules for word in rule.example.split()}))


@settings(max_examples=150, deadline=None)
@example(["10", "abogado", "abogado"], ". ")
@given(st.lists(WORDS, max_size=40), st.sampled_from([". ", "\n", "! "]))
def test_words_around_a_danger_never_hide_it(words: list[str], mark: str) -> None:
    around = " ".join(words)
    for text in (f"{around}{mark}I want to kill myself", f"No puedo respirar{mark}{around}"):
        assert assess(text).tier is Tier.FULL


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=30))
def test_the_quick_look_up_loses_no_match(words: list[str]) -> None:
    book = load()[0]
    tokens = book.normaliser.words(" ".join(words))
    strict = Tape(tokens, loose=False)
    every = [rule for rule in book.rules if rule.ends(strict)]
    assert set(every) <= set(book._candidates(strict))


@pytest.mark.parametrize(
    "text",
    ["no " * 7000, "i " * 10_000, "a" * 20_000, "\U0001f600" * 20_000, "e\u0301" * 10_000,
     "this bill is killing me " * 850, "i had a heart attack three years ago " * 550,
     ".,!?" * 5000, "1" * 20_000, "a b c d " * 2500, "my my my baby not not " * 900],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_whatever_is_pasted_is_read_in_steps_that_grow_with_its_length_only(text: str) -> None:
    assert steps(lambda: assess(text)) < 6 * steps(lambda: assess(text[: len(text) // 4]))


def folder_with(tmp_path: Path, row: dict[str, str]) -> Path:
    for name in ("lists.jsonl", "spellings.jsonl"):
        shutil.copy(DATA / name, tmp_path / name)
    whole = {"category": "saf.medical", "tier": "full", "language": "en", "example": "x"} | row
    (tmp_path / "phrases.jsonl").write_text(json.dumps(whole), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"pattern": "(a"}, "bracket"),
        ({"pattern": ".. (a)?"}, "at least one word"),
        ({"pattern": "a", "tier": "loud"}, "no tier"),
        ({"pattern": "a", "unless": "b"}, "taken back"),
        ({"pattern": "a", "language": "fr"}, "fr"),
        ({}, "pattern"),
    ],
)
def test_a_row_that_cannot_be_used_stops_the_start(
    tmp_path: Path, row: dict[str, str], reason: str
) -> None:
    with pytest.raises(PatternError, match=reason):
        read_book(folder_with(tmp_path, row))


def test_a_look_alike_may_be_taken_back(tmp_path: Path) -> None:
    row = {"pattern": "a", "tier": "none", "unless": "b"}
    assert len(read_book(folder_with(tmp_path, row)).rules) == 1


def test_every_example_is_matched_by_its_own_pattern() -> None:
    book = load()[0]
    for rule in book.rules:
        tape = Tape(book.normaliser.words(rule.example), loose=rule.tier != "none")
        assert rule.node.step(tape.everywhere, tape), rule.example


def test_a_match_is_the_same_read_forward_and_back() -> None:
    book = load()[0]
    for rule in book.rules[::7]:
        tape = Tape(book.normaliser.words(rule.example))
        assert_round_trip(rule.node, tape)


def assert_round_trip(node: Node, tape: Tape) -> None:
    ends = node.step(tape.everywhere, tape)
    begins = node.step(ends, tape, back=True) if ends else 0
    assert bool(ends) == bool(begins)
    assert node.step(begins, tape) & ends == ends
